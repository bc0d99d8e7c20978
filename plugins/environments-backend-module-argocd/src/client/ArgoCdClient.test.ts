import { ErrorLike, isError } from '@backstage/errors';
import {
  Misbehaviour,
  MisbehavingServer,
  ReceivedRequest,
} from '@envmatrix/backstage-plugin-environments-node/testUtils';
import { z } from 'zod';
import { selfSigned } from '../__testUtils__/certificate';
import { neverAccepting } from '../__testUtils__/neverAccepting';
import { instanceAt } from '../__testUtils__/instance';
import { recording } from '../__testUtils__/recording';
import { ArgoCdInstance } from '../readInstances';
import { ArgoCdClient } from './ArgoCdClient';

/** An instance that answers has all the time that a busy machine takes. */
const PATIENT = {
  silenceMs: 30_000,
  wholeMs: 60_000,
  maxBytes: 1024 * 1024,
};

/** For one that hangs: so that it is not waited for long. */
const HASTY = { ...PATIENT, silenceMs: 300, wholeMs: 5_000 };

const APPLICATIONS = ['api', 'v1', 'applications'];

const PASSWORD = {
  kind: 'password',
  username: 'portal',
  password: 'secret',
} as const;

describe('ArgoCdClient', () => {
  const servers: MisbehavingServer[] = [];

  async function start(
    answer: (request: ReceivedRequest) => object = () => ({ items: [] }),
    tls?: { key: string; cert: string },
  ) {
    const server = await MisbehavingServer.start({
      answer: request => ({ json: answer(request) }),
      tls,
    });
    servers.push(server);
    return server;
  }

  const clientOf = (
    server: MisbehavingServer,
    changes: Partial<ArgoCdInstance> = {},
    limits = PATIENT,
  ) =>
    new ArgoCdClient({
      instance: instanceAt(server.url, changes),
      limits,
    });

  const failureOf = async (work: Promise<unknown>): Promise<ErrorLike> => {
    try {
      await work;
    } catch (error) {
      if (isError(error)) {
        return error;
      }
    }
    throw new Error('It did not fail');
  };

  afterEach(async () => {
    await Promise.all(servers.splice(0).map(server => server.close()));
  });

  it('encodes every name, and sends its token and what POST needs', async () => {
    const server = await start();
    const client = clientOf(server);

    await client.get(z.unknown(), [...APPLICATIONS, '../../session?x=1#y'], {
      query: { appNamespace: 'a&b=c', project: 'p/q' },
    });
    await client.post(z.unknown(), [...APPLICATIONS, 'a', 'sync']);

    expect(server.requests).toMatchObject([
      {
        method: 'GET',
        url: '/api/v1/applications/..%2F..%2Fsession%3Fx%3D1%23y?appNamespace=a%26b%3Dc&project=p%2Fq',
        headers: { authorization: 'Bearer the-token' },
      },
      {
        method: 'POST',
        url: '/api/v1/applications/a/sync',
        body: '{}',
        headers: { 'content-type': 'application/json' },
      },
    ]);
  });

  it.each(['', '.', '..'])(
    "does not take '%s' for a name, which would lead elsewhere",
    async name => {
      const server = await start();

      const error = await failureOf(
        clientOf(server).get(z.unknown(), [...APPLICATIONS, name]),
      );

      expect(error.name).toBe('InputError');
      expect(server.requests).toEqual([]);
    },
  );

  it('gives its token to nobody whom the instance sends it to', async () => {
    const [server, other] = [await start(), await start()];
    server.misbehave({
      status: 307,
      headers: { location: `${other.url}/api/v1/applications` },
    });

    await failureOf(clientOf(server).get(z.unknown(), APPLICATIONS));

    expect(other.requests).toEqual([]);
  });

  it.each<[string, Misbehaviour, string, RegExp]>([
    [
      'hangs before headers',
      'hang-at-headers',
      'ArgoCdTimeoutError',
      /^Argo CD main did not answer within 0.3 s$/,
    ],
    [
      'hangs in the middle of an answer',
      'hang-mid-body',
      'ArgoCdTimeoutError',
      /did not answer within/,
    ],
    [
      'cuts an answer off',
      'truncate',
      'ServiceUnavailableError',
      /^Argo CD main cannot be reached: /,
    ],
    [
      'cuts the connection',
      'reset',
      'ServiceUnavailableError',
      /cannot be reached/,
    ],
    [
      'answers with a page in place of JSON',
      'malformed',
      'ArgoCdAnswerError',
      /\/api\/v1\/applications: the answer is not JSON/,
    ],
    [
      'answers without an end',
      'endless',
      'ArgoCdAnswerError',
      /larger than 1 MiB/,
    ],
    [
      'refuses the token',
      {
        status: 401,
        body: JSON.stringify(recording('error/401-bad-token').response.body),
      },
      'AuthenticationError',
      /does not accept the portal's credentials: no session information/,
    ],
    [
      'forbids',
      {
        status: 403,
        body: JSON.stringify(
          recording('error/403-absent-application').response.body,
        ),
      },
      'NotAllowedError',
      /permission denied/,
    ],
    [
      'knows nothing of it',
      {
        status: 404,
        body: JSON.stringify(
          recording('error/404-wrong-project').response.body,
        ),
      },
      'NotFoundError',
      /Argo CD main, \/api\/v1\/applications: /,
    ],
    [
      'has an operation under way',
      {
        status: 400,
        body: JSON.stringify(
          recording('error/while-operation-in-progress').response.body,
        ),
      },
      'ConflictError',
      /another operation is already in progress/,
    ],
    [
      'is troubled, at length',
      {
        status: 500,
        body: JSON.stringify({ message: `git failed\nwith a lot of output` }),
      },
      'ArgoCdStatusError',
      /: git failed$/,
    ],
    [
      'is behind a gateway that is not',
      { status: 502, body: '<html>Bad Gateway</html>' },
      'ArgoCdStatusError',
      /Bad Gateway/,
    ],
    [
      'redirects to a sign-in page',
      { status: 302, headers: { location: 'https://sso.example.com' } },
      'ArgoCdStatusError',
      /it sends the portal on to https:\/\/sso.example.com; if it has moved, put its new address/,
    ],
  ])('says so when the instance %s', async (_, misbehaviour, name, message) => {
    const server = await start();
    server.misbehave(misbehaviour);
    const limits = name === 'ArgoCdTimeoutError' ? HASTY : PATIENT;

    const error = await failureOf(
      clientOf(server, {}, limits).get(z.unknown(), APPLICATIONS),
    );

    expect(error.name).toBe(name);
    expect(error.message).toMatch(message);
  });

  it('says so when nobody listens, and reaches the instance again where it was', async () => {
    const server = await start();
    const client = clientOf(server);
    await server.close();

    const error = await failureOf(client.get(z.unknown(), APPLICATIONS));
    expect(error.name).toBe('ServiceUnavailableError');
    expect(error.message).toContain('ECONNREFUSED');

    await server.listen();
    await expect(client.get(z.unknown(), APPLICATIONS)).resolves.toEqual({
      items: [],
    });
  });

  it('says so when nobody even accepts the connection', async () => {
    const { url, close } = await neverAccepting();
    const client = new ArgoCdClient({
      instance: instanceAt(url),
      limits: HASTY,
    });

    const error = await failureOf(client.get(z.unknown(), APPLICATIONS));
    await close();

    expect(error.name).toBe('ArgoCdTimeoutError');
    expect(error.message).toBe('Argo CD main did not answer within 0.3 s');
  });

  it('tells how long it is to wait', async () => {
    const server = await start();
    server.misbehave({ status: 429, headers: { 'retry-after': '7' } });

    expect(
      await failureOf(clientOf(server).get(z.unknown(), APPLICATIONS)),
    ).toMatchObject({ status: 429, retryAfterMs: 7_000 });
  });

  it.each([
    // Its clock is a day behind, and it means ten seconds.
    ['Mon, 23 Nov 2026 08:00:10 GMT', 'Mon, 23 Nov 2026 08:00:00 GMT', 10_000],
    ['99999999', undefined, 300_000],
    ['Fri, 31 Dec 9999 00:00:00 GMT', undefined, 300_000],
    ['soon', undefined, undefined],
  ])('understands %s as %s', async (retryAfter, date, retryAfterMs) => {
    const server = await start();
    server.misbehave({
      status: 503,
      headers: { 'retry-after': retryAfter, ...(date ? { date } : {}) },
    });

    expect(
      await failureOf(clientOf(server).get(z.unknown(), APPLICATIONS)),
    ).toMatchObject({ status: 503, retryAfterMs });
  });

  it('does not wait longer than its caller', async () => {
    const server = await start();
    server.misbehave('hang-at-headers');
    const abort = new AbortController();

    const asked = clientOf(server).get(z.unknown(), APPLICATIONS, {
      signal: abort.signal,
    });
    abort.abort();

    expect((await failureOf(asked)).name).toBe('AbortError');
  });

  it('refuses an answer of another shape', async () => {
    const server = await start(() => ({ items: 'none' }));

    const error = await failureOf(
      clientOf(server).get(
        z.object({ items: z.array(z.unknown()) }),
        APPLICATIONS,
      ),
    );

    expect(error.message).toMatch(/the answer is not understood: .*array/s);
  });

  it('signs in once for all, and again when the session has ended', async () => {
    let tokens = 0;
    const server = await start(({ url }) =>
      url === '/api/v1/session' ? { token: `token-${++tokens}` } : {},
    );
    const client = clientOf(server, { credentials: PASSWORD });

    await Promise.all([
      client.get(z.unknown(), APPLICATIONS),
      client.get(z.unknown(), APPLICATIONS),
    ]);
    server.misbehave({ status: 401 }, { url: /applications/, times: 2 });
    await Promise.all([
      client.get(z.unknown(), APPLICATIONS),
      client.get(z.unknown(), APPLICATIONS),
    ]);

    const signIns = server.requestsTo('/api/v1/session');
    expect(signIns.map(({ body }) => JSON.parse(body))).toEqual([
      { username: 'portal', password: 'secret' },
      { username: 'portal', password: 'secret' },
    ]);
    expect(
      server
        .requestsTo('/api/v1/applications')
        .map(({ headers }) => headers.authorization)
        .slice(-2),
    ).toEqual(['Bearer token-2', 'Bearer token-2']);
  });

  it.each<[string, ArgoCdInstance['credentials'], string]>([
    ['nothing', { kind: 'none' }, 'Nothing is configured to sign in with: '],
    [
      'what is not supported',
      { kind: 'none', unsupported: "'argocd.oidcConfig' is not supported" },
      "'argocd.oidcConfig' is not supported: ",
    ],
  ])(
    'says what to configure where %s is there to sign in with',
    async (_, credentials, beginning) => {
      const server = await start();
      server.misbehave({
        status: 401,
        body: '{"message":"no session information"}',
      });

      const error = await failureOf(
        clientOf(server, { credentials }).get(z.unknown(), APPLICATIONS),
      );

      expect(error.name).toBe('AuthenticationError');
      expect(error.message).toBe(
        `Argo CD main wants the portal to sign in (no session information). ${beginning}give instance 'main' in 'argocd.appLocatorMethods' a 'token', or a 'username' and 'password', of an account for the portal`,
      );
    },
  );

  it('does not try a wrong password until the account is locked', async () => {
    const server = await start();
    const { body } = recording('session/create-wrong-password').response;
    server.misbehave({ status: 401, body: JSON.stringify(body) });
    const client = clientOf(server, { credentials: PASSWORD });

    for (let attempt = 0; attempt < 6; attempt++) {
      const error = await failureOf(client.get(z.unknown(), APPLICATIONS));
      expect(error.message).toContain(
        'does not accept the user and password that are configured',
      );
    }

    expect(server.requests).toHaveLength(1);
  });

  it('trusts a certificate by its authority, or when it is told to, of this instance alone', async () => {
    const { cert, key } = await selfSigned();
    const server = await start(undefined, { cert, key });
    const ask = async (tls: ArgoCdInstance['tls']) =>
      await clientOf(server, { tls }).get(z.unknown(), APPLICATIONS);

    const error = await failureOf(ask({ rejectUnauthorized: true }));
    expect(error.name).toBe('ServiceUnavailableError');
    expect(error.message).toMatch(/self-signed certificate/);
    await expect(
      ask({ rejectUnauthorized: true, ca: cert }),
    ).resolves.toBeDefined();
    await expect(ask({ rejectUnauthorized: false })).resolves.toBeDefined();
    expect((await failureOf(ask({ rejectUnauthorized: true }))).message).toBe(
      error.message,
    );
  });

  it('bounds the line of a stream', async () => {
    const server = await start();
    server.misbehave('endless');
    const client = new ArgoCdClient({
      instance: instanceAt(server.url),
      limits: { ...PATIENT, maxLine: 1024 },
    });
    const read = async () => {
      for await (const line of client.stream(['stream'], {
        signal: new AbortController().signal,
      })) {
        throw new Error(`A line came: ${line}`);
      }
    };

    expect((await failureOf(read())).message).toContain(
      'a line of the stream does not end',
    );
  });
});
