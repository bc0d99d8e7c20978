import {
  MisbehavingServer,
  Misbehaviour,
} from '@envmatrix/backstage-plugin-environments-node/testUtils';
import {
  basic,
  digestOf,
  PASSWORD,
  REPOSITORY,
  SHA,
  TestRegistry,
  TOKEN,
} from '../__testUtils__/TestRegistry';
import { Registry } from '../readRegistries';
import { RegistryTroubleError } from './errors';
import { RegistryClient } from './RegistryClient';

/** A registry that answers has all the time that a busy machine takes. */
const PATIENT = {
  silenceMs: 30_000,
  wholeMs: 60_000,
  maxBytes: 1024 * 1024,
};

/** For one that hangs: so that it is not waited for long. */
const HASTY = { ...PATIENT, silenceMs: 1_000, wholeMs: 5_000 };

const REVISION = 'org.opencontainers.image.revision';
const SOURCE = 'org.opencontainers.image.source';
const LABELS = {
  [REVISION]: SHA,
  [SOURCE]: 'https://git.test/acme/checkout',
  'org.opencontainers.image.version': '1.4.2',
  'org.opencontainers.image.created': '2026-11-23T08:00:00Z',
  maintainer: 'nobody',
};
const ROBOT: Registry['credentials'] = {
  kind: 'basic',
  username: 'robot',
  password: PASSWORD,
};
const never = new AbortController().signal;

describe('RegistryClient', () => {
  const ends: (() => Promise<void>)[] = [];
  let registry: TestRegistry;

  beforeEach(async () => {
    registry = await TestRegistry.start();
    ends.push(() => registry.server.close());
  });

  afterEach(async () => {
    await Promise.all(ends.splice(0).map(end => end()));
  });

  const clientOf = (
    changes: Partial<Registry> = {},
    options: Partial<ConstructorParameters<typeof RegistryClient>[0]> = {},
  ) =>
    new RegistryClient({
      registry: registry.registry(changes),
      limits: PATIENT,
      ...options,
    });

  const read = (digest: string, client: RegistryClient = clientOf()) =>
    client.readImage({ repository: registry.repository, digest }, never);

  const failure = async (work: Promise<unknown>): Promise<Error> =>
    await work.then(
      () => {
        throw new Error('It did not fail');
      },
      error => error,
    );

  describe('what an image says of itself', () => {
    it('is read from the labels of its configuration', async () => {
      const digest = registry.putImage(LABELS);

      expect(await read(digest)).toEqual({
        repository: registry.repository,
        digest,
        revision: SHA,
        source: 'https://git.test/acme/checkout',
        version: '1.4.2',
        created: '2026-11-23T08:00:00Z',
      });
      const [manifest, blob] = registry.server.requests;
      expect(manifest.url).toBe(
        `/v2/${REPOSITORY}/manifests/${encodeURIComponent(digest)}`,
      );
      expect(manifest.headers.accept?.split(', ')).toEqual([
        'application/vnd.oci.image.index.v1+json',
        'application/vnd.oci.image.manifest.v1+json',
        'application/vnd.docker.distribution.manifest.list.v2+json',
        'application/vnd.docker.distribution.manifest.v2+json',
      ]);
      expect(blob.url).toMatch(`/v2/${REPOSITORY}/blobs/sha256%3A`);
    });

    it.each<[string, (of: TestRegistry) => string, string | undefined, number]>(
      [
        [
          "Docker's manifest of the second schema",
          of => of.putImage(LABELS, { family: 'docker' }),
          SHA,
          2,
        ],
        [
          'annotations of the manifest, which need no configuration',
          of => of.putImage(null, { annotations: LABELS }),
          SHA,
          1,
        ],
        [
          'annotations before labels, which may be inherited',
          of =>
            of.putImage(
              { ...LABELS, [REVISION]: 'abcdef0' },
              { annotations: { [REVISION]: SHA } },
            ),
          SHA,
          2,
        ],
        [
          'annotations of the index, which need nothing else',
          of => of.putIndex([], LABELS),
          SHA,
          1,
        ],
        [
          'the platform that most clusters run, and no attestation',
          of =>
            of.putIndex([
              {
                digest: of.putImage({ [REVISION]: 'aaaaaaa' }),
                platform: 'unknown/unknown',
                attests: true,
              },
              {
                digest: of.putImage({ [REVISION]: 'bbbbbbb' }),
                platform: 'linux/arm64',
              },
              { digest: of.putImage(LABELS), platform: 'linux/amd64' },
            ]),
          SHA,
          3,
        ],
        [
          'the only platform there is',
          of =>
            of.putIndex([
              { digest: of.putImage(LABELS), platform: 'windows/amd64' },
            ]),
          SHA,
          3,
        ],
        [
          'an index within an index',
          of =>
            of.putIndex([
              {
                digest: of.putIndex([
                  { digest: of.putImage(LABELS), platform: 'linux/amd64' },
                ]),
                platform: 'linux/amd64',
              },
            ]),
          SHA,
          4,
        ],
        ['no labels', of => of.putImage(null), undefined, 2],
        [
          'a branch in place of a commit',
          of => of.putImage({ [REVISION]: 'main' }),
          undefined,
          2,
        ],
        [
          'something else than an image',
          of =>
            of.put({
              schemaVersion: 2,
              config: {
                mediaType: 'application/vnd.cncf.helm.config.v1+json',
                digest: 'sha256:none',
              },
            }),
          undefined,
          1,
        ],
      ],
    )('%s', async (_, put, revision, requests) => {
      expect((await read(put(registry))).revision).toBe(revision);
      expect(registry.asked()).toHaveLength(requests);
    });

    it.each<[string, (of: TestRegistry) => string, RegExp]>([
      [
        'is of a format before the second schema',
        of => of.put({ schemaVersion: 1, fsLayers: [] }),
        /in a format that is not understood/,
      ],
      [
        'is not there',
        () => digestOf('nothing'),
        /has no such manifests of acme\/checkout: HTTP 404 MANIFEST_UNKNOWN/,
      ],
      ['has no digest', () => 'latest', /is not a digest that can be checked/],
      [
        'has a digest of a way that nobody can check',
        () => 'md5:abc',
        /is not a digest that can be checked/,
      ],
    ])('cannot be read where the image %s', async (_, put, message) => {
      const error = await failure(read(put(registry)));
      expect(error).toMatchObject({ name: 'ImageUnreadableError' });
      expect(error.message).toMatch(message);
    });

    it.each(['../../token', 'Acme/Checkout', '', 'a//b', 'a/../b', 'a%2f..'])(
      'is not asked for under a name that is none: %s',
      async name => {
        const error = await failure(
          clientOf().readImage(
            {
              repository: `${registry.host}/${name}`,
              digest: digestOf(''),
            },
            never,
          ),
        );
        expect(error.message).toContain('is not the name of a repository');
        expect(registry.asked()).toEqual([]);
      },
    );

    it('is not believed where it is not what the digest names', async () => {
      const digest = registry.putImage(LABELS);
      registry.server.misbehave(
        { status: 200, body: JSON.stringify({ config: { digest } }) },
        { url: /manifests/ },
      );

      expect((await failure(read(digest))).message).toContain(
        'answers for acme/checkout@sha256:',
      );
    });
  });

  describe('who asks', () => {
    it('is nobody, by a token for reading one repository, until it ends', async () => {
      registry.access = 'bearer';
      let now = 1_000_000;
      const client = clientOf({}, { now: () => now });
      const digest = registry.putImage(LABELS);

      expect((await read(digest, client)).revision).toBe(SHA);
      const token = `GET /token?service=${encodeURIComponent(
        registry.host,
      )}&scope=repository%3Aacme%2Fcheckout%3Apull`;
      expect(registry.asked()[1]).toBe(token);
      expect(registry.asked()).toHaveLength(4);
      expect(registry.credentialsSeen()).toEqual([
        `Bearer ${TOKEN}-1`,
        `Bearer ${TOKEN}-1`,
      ]);

      now += 100_000;
      await read(digest, client);
      now += 300_000;
      await read(digest, client);
      expect(registry.asked().filter(line => line === token)).toHaveLength(2);
    });

    it('is nobody, also by a token that lives for a moment', async () => {
      registry.access = 'bearer';
      registry.tokenSeconds = 1;

      expect((await read(registry.putImage(LABELS))).revision).toBe(SHA);
    });

    it('is a robot, whose password is for those alone who make tokens', async () => {
      registry.access = 'bearer';
      registry.isPublic = false;
      const digest = registry.putImage(LABELS);

      const denied = await failure(read(digest));
      expect(denied).toMatchObject({ name: 'ImageUnreadableError' });
      expect(denied.message).toContain('HTTP 403 DENIED');

      registry.server.requests.length = 0;
      const client = clientOf({ credentials: ROBOT });
      expect((await read(digest, client)).revision).toBe(SHA);
      expect(
        registry.server.requests.map(({ url, headers }) => [
          url.split('/')[1].split('?')[0],
          headers.authorization?.split(' ')[0],
        ]),
      ).toEqual([
        ['v2', undefined],
        ['token', 'Basic'],
        ['v2', 'Bearer'],
        ['v2', 'Bearer'],
      ]);
    });

    it('is a robot by its password, once the registry asks', async () => {
      registry.access = 'basic';
      const digest = registry.putImage(LABELS);
      const client = clientOf({ credentials: ROBOT });

      expect((await read(digest, client)).revision).toBe(SHA);
      expect(registry.credentialsSeen()).toEqual([basic(), basic()]);
      await read(digest, client);
      expect(registry.asked()).toHaveLength(5);
    });

    it('is a bearer of a token that is configured', async () => {
      registry.access = 'token';
      const digest = registry.putImage(LABELS);
      const token = (value: string) =>
        clientOf({ credentials: { kind: 'token', token: value } });

      expect((await read(digest, token(PASSWORD))).revision).toBe(SHA);
      expect(await failure(read(digest, token('revoked')))).toMatchObject({
        message: expect.stringContaining('HTTP 401 UNAUTHORIZED'),
      });
    });

    it.each(['bearer', 'basic'] as const)(
      'is refused as a whole with a wrong password, and told nowhere: %s',
      async access => {
        registry.access = access;
        const digest = registry.putImage(LABELS);
        const error = await failure(
          read(
            digest,
            clientOf({
              credentials: {
                kind: 'basic',
                username: 'robot',
                password: 'wrong-password',
              },
            }),
          ),
        );

        expect(error).toMatchObject({
          name: 'RegistryTroubleError',
          status: 'forbidden',
          message: expect.stringContaining(
            "does not accept the portal's credentials",
          ),
        });
        expect(JSON.stringify(error)).not.toContain('wrong-password');
        expect(error.message).not.toContain(
          Buffer.from('robot:wrong-password').toString('base64'),
        );
      },
    );

    it('is not told to whom the registry would have make tokens, unless the adopter has named it', async () => {
      const thief = await TestRegistry.start();
      ends.push(() => thief.server.close());
      registry.access = 'bearer';
      registry.realm = `${thief.server.url}/token`;
      const digest = registry.putImage(LABELS);

      const error = await failure(
        read(digest, clientOf({ credentials: ROBOT })),
      );
      expect(error).toMatchObject({ status: 'forbidden' });
      expect(error.message).toContain(
        `has its tokens made by ${thief.host}; if that is right, add it`,
      );
      expect(thief.asked()).toEqual([]);

      await failure(
        read(digest, clientOf({ credentials: ROBOT, hosts: [thief.host] })),
      );
      expect(thief.credentialsSeen()).toEqual([basic()]);
    });
  });

  describe('where blobs are', () => {
    let store: TestRegistry;
    let digest: string;

    beforeEach(async () => {
      store = await TestRegistry.start();
      ends.push(() => store.server.close());
      digest = registry.putImage(LABELS);
      store.putImage(LABELS);
      registry.store = store.server.url;
      registry.access = 'basic';
    });

    it('is another host, that the adopter named and that learns no credentials', async () => {
      const client = clientOf({ credentials: ROBOT, hosts: [store.host] });

      expect((await read(digest, client)).revision).toBe(SHA);
      expect(registry.credentialsSeen()).not.toEqual([]);
      expect(store.asked()).toHaveLength(1);
      expect(store.credentialsSeen()).toEqual([]);
    });

    it.each([
      ['by its name', (url: string) => url],
      [
        'by its address',
        (url: string) => url.replace('localhost', '127.0.0.1'),
      ],
      [
        'by its other address',
        (url: string) => url.replace('localhost', '[::1]'),
      ],
      [
        'where clouds keep their secrets',
        () => 'http://169.254.169.254/latest/meta-data',
      ],
      ['as a file', () => 'file:///etc'],
      [
        'with a name and a password',
        (url: string) => url.replace('//', '//a:b@'),
      ],
    ])('is no inner host that nobody named: %s', async (_, address) => {
      registry.store = address(store.server.url);

      const error = await failure(
        read(digest, clientOf({ credentials: ROBOT })),
      );
      expect(error).toMatchObject({ name: 'ImageUnreadableError' });
      expect(error.message).toContain('which is no public address');
      expect(store.asked()).toEqual([]);
    });

    it('is not a circle', async () => {
      registry.server.misbehave(
        { status: 307, headers: { location: registry.server.url } },
        { url: /./ },
      );

      expect((await failure(read(digest))).message).toContain(
        'sends the portal on more than 3 times',
      );
      expect(registry.asked()).toHaveLength(4);
    });
  });

  describe('a registry that misbehaves', () => {
    it.each<[Misbehaviour | 'refuse', object]>([
      ['refuse', { status: 'unreachable' }],
      ['reset', { status: 'unreachable' }],
      ['truncate', { status: 'unreachable' }],
      [
        'hang-at-headers',
        { status: 'timeout', message: /did not answer within 1 s/ },
      ],
      ['hang-mid-body', { status: 'timeout' }],
      [{ status: 500 }, { status: 'stale', message: /answers HTTP 500/ }],
      [
        { status: 429, headers: { 'retry-after': '120' } },
        {
          status: 'stale',
          retryAfterMs: 120_000,
          message: /HTTP 429: it was asked too often/,
        },
      ],
      [
        { status: 503, headers: { 'retry-after': '999999' } },
        { status: 'stale', retryAfterMs: 3_600_000 },
      ],
      [
        {
          status: 429,
          headers: {
            date: 'Mon, 23 Nov 2026 08:00:00 GMT',
            'retry-after': 'Mon, 23 Nov 2026 08:01:00 GMT',
          },
        },
        { status: 'stale', retryAfterMs: 60_000 },
      ],
    ])('is in trouble as a whole: %j', async (misbehaviour, expected) => {
      const digest = registry.putImage(LABELS);
      if (misbehaviour === 'refuse') {
        await registry.server.close();
      } else {
        registry.server.misbehave(misbehaviour);
      }

      const limits =
        'status' in expected && expected.status === 'timeout' ? HASTY : PATIENT;
      const error = await failure(read(digest, clientOf({}, { limits })));
      expect(error).toBeInstanceOf(RegistryTroubleError);
      const { message, ...rest } = { message: /./, ...expected };
      expect(error).toMatchObject(rest);
      expect(error.message).toMatch(message);
      expect(error.message).toContain(registry.host);
    });

    it.each<[Misbehaviour, RegExp]>([
      ['endless', /is larger than 1 MiB/],
      ['malformed', /with something else/],
      [
        {
          status: 403,
          body: JSON.stringify({ errors: [{ code: PASSWORD }] }),
        },
        /does not let the portal read manifests of acme\/checkout: HTTP 403$/,
      ],
    ])('keeps one image back: %j', async (misbehaviour, message) => {
      const digest = registry.putImage(LABELS);
      registry.server.misbehave(misbehaviour);

      const error = await failure(
        read(digest, clientOf({}, { limits: { maxBytes: 1024 * 1024 } })),
      );
      expect(error).toMatchObject({ name: 'ImageUnreadableError' });
      expect(error.message).toMatch(message);
      expect(error.message).not.toContain(PASSWORD);
    });

    it('stops at once when nobody wants to know any more', async () => {
      registry.server.misbehave('hang-at-headers');
      const stop = new AbortController();
      const reading = failure(
        clientOf().readImage(
          { repository: registry.repository, digest: digestOf('') },
          stop.signal,
        ),
      );
      stop.abort();

      expect(await reading).toMatchObject({ name: 'AbortError' });
    });

    it('answers also with the question who asks', async () => {
      registry.access = 'bearer';
      await clientOf().ping(never);
      expect(registry.asked()).toEqual(['GET /v2/']);

      registry.server.misbehave({ status: 502 });
      await expect(clientOf().ping(never)).rejects.toThrow('HTTP 502');
    });
  });

  it('talks to the registry of the image alone', async () => {
    const other = await MisbehavingServer.start({
      answer: () => ({ json: {} }),
    });
    ends.push(() => other.close());

    const error = await failure(
      clientOf().readImage(
        {
          repository: `${new URL(other.url).host}/${REPOSITORY}`,
          digest: digestOf(''),
        },
        never,
      ),
    );
    expect(error.message).toContain(`on ${registry.host}`);
    expect(other.requests).toEqual([]);
  });
});
