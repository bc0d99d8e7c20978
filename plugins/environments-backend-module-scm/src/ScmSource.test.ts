import { ConfigReader } from '@backstage/config';
import { ScmIntegrations } from '@backstage/integration';
import { mockServices } from '@backstage/backend-test-utils';
import {
  TrackedEntity,
  TrackedRelease,
} from '@envmatrix/backstage-plugin-environments-node';
import {
  Answer,
  Misbehaviour,
  MisbehavingServer,
  RecordingSink,
  SourceBench,
  until,
} from '@envmatrix/backstage-plugin-environments-node/testUtils';
import { intentSchema } from '@envmatrix/engine';
import { ScmHosts } from '@envmatrix/scm';
import { DeployConfigReader } from './DeployConfigReader';
import { ScmSource } from './ScmSource';

const ENTITY = 'component:default/checkout';

/** Commits of the source repository, by tag; and how many lie between two of them. */
const TAGS: Record<string, string> = {
  '1.2.0': 'c2',
  '1.1.0': 'c1',
  '1.0.0': 'c0',
  hotfix: 'cf',
};
const BETWEEN: Record<string, number> = {
  'c1...c2': 3,
  'c2...c1': 0,
  'c0...c1': 1,
  'c1...c0': 0,
  'c0...c2': 4,
  'c2...c0': 0,
  'cf...c2': 2,
  'c2...cf': 1,
  'c1...beef001': 7,
  'beef001...c1': 0,
};

/** A commit that an image or a trailer names. */
const NAMED = 'beef001';

/** The commits of the deploy-config repository, with the version that each brought to prod. */
interface Brought {
  readonly sha: string;
  readonly version: string;
  readonly message: string;
}

const commit = (sha: string, message: string = `Change ${sha}`) => ({
  sha,
  created: '2026-11-23T08:42:29Z',
  html_url: `https://git.example.com/acme/checkout/commit/${sha}`,
  commit: {
    message,
    author: {
      name: 'Ada Adams',
      email: 'ada@example.com',
      date: '2026-11-23T08:42:29Z',
    },
  },
});

const intentOf = (host: string, title: string) => `
apiVersion: environments.envmatrix.dev/v1alpha1
kind: Environments
metadata: { name: checkout, title: ${title}, owner: group:default/payments }
isolation: shared-nonprod
clusters:
  - { name: one, environments: [dev, prod] }
environments:
  - { name: dev, level: 1, kind: non-production, cluster: one, namespace: checkout-dev, delivery: { sync: automatic } }
  - { name: prod, level: 10, kind: production, cluster: one, namespace: checkout-prod, delivery: { sync: manual, from: dev } }
repositories:
  deployConfig: http://${host}/acme/checkout-deploy-config
  source: http://${host}/acme/checkout
`;

describe('ScmSource', () => {
  const ends: (() => Promise<void>)[] = [];

  async function start(
    versions: readonly string[] = [],
    options: {
      releases?: readonly TrackedRelease[];
      brought?: readonly Brought[];
      sink?: RecordingSink;
      /** How long between two looks that nobody asks for. */
      intervalMs?: number;
    } = {},
  ) {
    let head = 'd1';
    const { brought = [] } = options;
    const commits: Record<string, string> = { ...TAGS, [NAMED]: NAMED };
    let text = (host: string) => intentOf(host, 'first');
    const answer = (url: string): Answer => {
      const path = url.split('?')[0].replace('/api/v1/repos/acme/', '');
      const [repository, ...rest] = path.split('/');
      if (rest.length === 0) {
        return {
          json: {
            default_branch: 'main',
            empty: false,
            html_url: 'x',
            clone_url: 'x',
            private: false,
          },
        };
      }
      if (rest[0] === 'compare') {
        return {
          json: {
            total_commits: BETWEEN[decodeURIComponent(rest[1])],
            commits: [commit('c2')],
          },
        };
      }
      const query = new URLSearchParams(url.split('?')[1]);
      if (rest[0] === 'commits') {
        const isProd = query.get('path')?.endsWith('prod');
        return {
          json:
            isProd && brought.length > 0
              ? brought.map(({ sha, message }) => commit(sha, message))
              : [commit(head)],
        };
      }
      if (rest[0] === 'contents') {
        const at = brought.find(({ sha }) => sha === query.get('ref'));
        return at
          ? {
              json: {
                type: 'file',
                encoding: 'base64',
                content: Buffer.from(
                  `images: [{ name: checkout, newTag: '${at.version}' }]`,
                ).toString('base64'),
              },
            }
          : { status: 404, json: { message: 'not found' } };
      }
      const ref = rest.at(-1) ?? '';
      const sha = repository === 'checkout' ? commits[ref] : head;
      return sha
        ? { json: commit(sha) }
        : { status: 404, json: { message: 'not found' } };
    };
    const server = await MisbehavingServer.start({
      answer: ({ url }) => answer(url),
    });
    const { host } = new URL(server.url);
    const hosts = new ScmHosts(
      ScmIntegrations.fromConfig(
        new ConfigReader({
          integrations: { gitea: [{ host, baseUrl: server.url }] },
        }),
      ),
    );
    const readTree = jest.fn(async () => ({
      files: async () => [
        {
          path: 'environments.yaml',
          content: async () => Buffer.from(text(host)),
        },
      ],
      archive: async () => {
        throw new Error('Nobody asks for an archive');
      },
      dir: async () => {
        throw new Error('Nobody asks for a folder');
      },
      etag: head,
    }));
    const source = new ScmSource({
      host,
      hosts,
      reader: new DeployConfigReader({
        hosts,
        urlReader: mockServices.urlReader.mock({ readTree }),
      }),
      intervalMs: options.intervalMs ?? 50,
    });
    const entity: TrackedEntity = {
      entityRef: ENTITY,
      entity: {
        apiVersion: 'backstage.io/v1alpha1',
        kind: 'Component',
        metadata: {
          name: 'checkout',
          annotations: {
            'environments.envmatrix.dev/intent': `url:${server.url}/acme/checkout-deploy-config/src/branch/main/environments.yaml`,
          },
        },
      },
      versions,
      ...(options.releases ? { releases: options.releases } : {}),
    };
    const bench = new SourceBench(source, {
      logger: mockServices.logger.mock(),
      entities: [entity],
      sink: options.sink,
    });
    ends.push(async () => {
      await bench.stop();
      await server.close();
    });
    await until(() => bench.sink.status === 'observed');
    return {
      server,
      bench,
      readTree,
      entity,
      commits,
      move: (next: string, content: (at: string) => string) => {
        head = next;
        text = content;
      },
    };
  }

  const intentIn = (bench: SourceBench) =>
    bench.sink.get('intent', ENTITY, '')?.value;

  /** As the portal knows it once the intent was read. */
  const known = (
    bench: SourceBench,
    entity: TrackedEntity,
    versions: readonly string[],
  ): TrackedEntity => ({
    ...entity,
    intent: intentSchema.parse(intentIn(bench)),
    versions,
  });

  const comparisonsTo = (server: MisbehavingServer) =>
    server.requests.filter(({ url }) => url.includes('/compare/')).length;

  afterEach(async () => {
    await Promise.all(ends.splice(0).map(end => end()));
  });

  it('reads the repository again when its head moved, and only then', async () => {
    const { server, bench, readTree, move } = await start();
    expect(intentIn(bench)).toMatchObject({ metadata: { title: 'first' } });
    const looks = server.requests.length;
    await until(() => server.requests.length > looks + 3);
    expect(readTree).toHaveBeenCalledTimes(1);

    move('d2', host => intentOf(host, 'second'));

    await until(() => JSON.stringify(intentIn(bench)).includes('second'));
    expect(readTree).toHaveBeenCalledTimes(2);
  });

  it('counts what it asks the host, trees among it', async () => {
    const { server, bench, readTree } = await start();
    await until(() => server.requests.length > 3);
    // One may be on its way between the two.
    const sent = () => server.requests.length + readTree.mock.calls.length;
    await until(() => bench.counted.requests === sent());
    expect(readTree).toHaveBeenCalledTimes(1);
  });

  it('looks at once when somebody asks, as a webhook does', async () => {
    const { bench, move } = await start();
    move('d2', host => intentOf(host, 'second'));

    await bench.refresh([ENTITY]);

    expect(intentIn(bench)).toMatchObject({ metadata: { title: 'second' } });
  });

  it('keeps the last intent that was right, and says what is wrong with the new one', async () => {
    const { bench, move } = await start();

    move('d2', () => 'kind: Environments\nenvironments: 3\n');

    await until(
      () => bench.sink.get('intent', ENTITY, 'problem') !== undefined,
    );
    expect(intentIn(bench)).toMatchObject({ metadata: { title: 'first' } });
    expect(bench.sink.get('intent', ENTITY, 'problem')?.value).toMatchObject({
      problem: expect.stringContaining('environments.yaml'),
      revision: 'd2',
    });

    move('d3', host => intentOf(host, 'third'));
    await until(() => JSON.stringify(intentIn(bench)).includes('third'));
    expect(bench.sink.get('intent', ENTITY, 'problem')).toBeUndefined();
  });

  it('counts commits between versions once per pair of commits, for ever', async () => {
    const versions = ['1.2.0', '1.1.0', '1.0.0'];
    const { server, bench, entity } = await start(versions);
    const stored = (name: string) =>
      bench.sink.get('comparison', ENTITY, name)?.value;

    await until(() => stored('c1...c0') !== undefined);
    expect(stored('c2...c1')).toMatchObject({
      from: '1.2.0',
      to: '1.1.0',
      fromSha: 'c2',
      toSha: 'c1',
      status: 'behind',
      behindBy: 3,
      aheadBy: 0,
      since: '2026-11-23T08:42:29.000Z',
      commits: [{ sha: 'c2' }],
    });
    expect(bench.sink.get('commit', ENTITY, '1.2.0')?.value).toEqual({
      version: '1.2.0',
      sha: 'c2',
      link: expect.stringContaining('/commit/c2'),
      origin: {
        kind: 'tag',
        source: `scm/${new URL(server.url).host}`,
        text: 'tag 1.2.0',
      },
    });
    const asked = comparisonsTo(server);
    expect(asked).toBe(4);

    bench.setEntities([known(bench, entity, ['1.2.0', '1.0.0'])]);
    await until(() => !JSON.stringify(stored('c1...c0')).includes('commits'));
    expect(stored('c1...c0')).toMatchObject({ status: 'behind', behindBy: 1 });
    bench.setEntities([known(bench, entity, versions)]);
    await until(() => JSON.stringify(stored('c1...c0')).includes('commits'));
    expect(comparisonsTo(server)).toBe(asked + 2);

    await bench.stop();
    const { server: another, bench: restarted } = await start(versions, {
      sink: bench.sink,
    });
    await until(() => restarted.sink.calls.includes('replace commit 3'));
    await restarted.refresh([ENTITY]);
    expect(comparisonsTo(another)).toBe(0);
  });

  it('looks at nobody else because one entity runs something new', async () => {
    const { server, bench, entity } = await start(['1.2.0'], {
      intervalMs: 600_000,
    });
    const other = { ...entity, entityRef: 'component:default/other' };
    bench.setEntities([known(bench, entity, ['1.2.0']), other]);
    await until(
      () => bench.sink.get('commit', other.entityRef, '1.2.0') !== undefined,
    );
    const commitOf = (version: string) =>
      bench.sink.get('commit', ENTITY, version);

    const branches = () =>
      server.requestsTo(
        '/api/v1/repos/acme/checkout-deploy-config/git/commits/main',
      ).length;
    const before = branches();
    bench.setEntities([known(bench, entity, ['1.1.0']), other]);
    await until(() => commitOf('1.1.0') !== undefined);
    expect(branches() - before).toBe(1);
  });

  it('tells diverged from behind, and says of which version it knows no commit', async () => {
    const { bench, entity } = await start(['1.2.0', 'hotfix']);
    const comparison = (name: string) =>
      bench.sink.get('comparison', ENTITY, name)?.value;
    await until(() => comparison('c2...cf') !== undefined);

    expect(comparison('c2...cf')).toMatchObject({
      status: 'diverged',
      behindBy: 2,
      aheadBy: 1,
    });

    bench.setEntities([known(bench, entity, ['1.2.0', 'nightly'])]);
    await until(() => comparison('1.2.0...nightly') !== undefined);
    expect(comparison('1.2.0...nightly')).toMatchObject({
      status: 'unknown',
      reason: "acme/checkout has no tag or commit 'nightly'",
    });
  });

  describe('of what really runs', () => {
    const digest = (name: string) =>
      `sha256:${Buffer.from(name).toString('hex').padEnd(64, '0')}`;
    const running = (
      environment: string,
      version: string,
      more: Partial<TrackedRelease> = {},
    ): TrackedRelease => ({
      environment,
      version,
      image: 'ghcr.io/acme/checkout',
      digest: digest(version),
      ...more,
    });
    const commitOf = (bench: SourceBench, name: string) =>
      bench.sink.get('commit', ENTITY, name)?.value;
    const requestsFor = (server: MisbehavingServer, ref: string) =>
      server.requestsTo(`/api/v1/repos/acme/checkout/git/commits/${ref}`)
        .length;

    it('looks up the commit that an image names, and compares by it and not by the tag', async () => {
      const { bench } = await start(['1.2.0', '1.1.0'], {
        releases: [
          running('dev', '1.2.0', { revision: NAMED, commit: NAMED }),
          running('prod', '1.1.0'),
        ],
      });

      await until(
        () =>
          bench.sink.get('comparison', ENTITY, `${NAMED}...c1`) !== undefined,
      );
      expect(commitOf(bench, NAMED)).toEqual({
        version: NAMED,
        sha: NAMED,
        link: expect.stringContaining(`/commit/${NAMED}`),
      });
      expect(commitOf(bench, '1.2.0')).toMatchObject({ sha: 'c2' });
      expect(
        bench.sink.get('comparison', ENTITY, `${NAMED}...c1`)?.value,
      ).toMatchObject({ status: 'behind', behindBy: 7 });
      expect(bench.sink.all('comparison')).toHaveLength(1);
    });

    it('says that the source repository does not have it: the label may be of another image', async () => {
      const { bench } = await start(['1.2.0'], {
        releases: [running('dev', '1.2.0', { revision: 'abcdef0' })],
      });

      await until(() => commitOf(bench, 'abcdef0') !== undefined);
      expect(commitOf(bench, 'abcdef0')).toEqual({
        version: 'abcdef0',
        unknown: "acme/checkout has no tag or commit 'abcdef0'",
        isMissing: true,
      });
    });

    it('does not say so of a repository that it may not read', async () => {
      const { server, bench, entity } = await start();
      server.misbehave(
        { status: 404, body: '{"message":"not found"}' },
        { url: /acme\/checkout(\/|$)/ },
      );
      bench.setEntities([
        {
          ...known(bench, entity, ['1.2.0']),
          releases: [running('dev', '1.2.0', { revision: 'abcdef0' })],
        },
      ]);

      await until(() => commitOf(bench, 'abcdef0') !== undefined);
      expect(commitOf(bench, 'abcdef0')).toEqual({
        version: 'abcdef0',
        unknown: expect.stringContaining('or the portal may not read it'),
      });
    });

    it('looks up a tag anew once another image runs under it, and asks seldom for one that is not there', async () => {
      const { server, bench, entity, commits } = await start(
        ['1.2.0', 'nightly'],
        {
          releases: [running('dev', '1.2.0'), running('prod', 'nightly')],
        },
      );
      await until(() => commitOf(bench, 'nightly') !== undefined);
      const looks = server.requests.length;
      await until(() => server.requests.length > looks + 5);
      expect(requestsFor(server, 'nightly')).toBe(1);
      expect(requestsFor(server, '1.2.0')).toBe(1);

      commits['1.2.0'] = 'c9';
      bench.setEntities([
        {
          ...known(bench, entity, ['1.2.0']),
          releases: [running('dev', '1.2.0', { digest: digest('moved') })],
        },
      ]);
      await until(() =>
        JSON.stringify(commitOf(bench, '1.2.0')).includes('"c9"'),
      );

      commits.nightly = 'c8';
      bench.setEntities([
        {
          ...known(bench, entity, ['nightly']),
          releases: [running('dev', 'nightly')],
        },
      ]);
      await bench.refresh([ENTITY]);
      expect(commitOf(bench, 'nightly')).toMatchObject({ sha: 'c8' });
    });

    it('asks again for whoever asks, also while it is being missed', async () => {
      const releases = [running('prod', 'nightly')];
      const { server, bench, entity } = await start(['nightly'], {
        releases,
        intervalMs: 600_000,
      });
      await until(() => commitOf(bench, 'nightly') !== undefined);
      expect(requestsFor(server, 'nightly')).toBe(1);
      bench.setEntities([{ ...known(bench, entity, ['nightly']), releases }]);

      await Promise.all([bench.refresh([ENTITY]), bench.refresh([ENTITY])]);

      expect(requestsFor(server, 'nightly')).toBe(3);
    });

    const trailer = (sha: string) => `Release\n\nSource-Commit: ${sha}`;

    it.each<[string, string, readonly Brought[], object]>([
      [
        'the commit that brought the version names it',
        'build-7',
        [{ sha: 'd7', version: 'build-7', message: trailer(NAMED) }],
        {
          sha: NAMED,
          origin: {
            kind: 'trailer',
            text: 'trailer of commit d7 in acme/checkout-deploy-config',
          },
        },
      ],
      [
        'something else was changed, and another version brought and taken back, since',
        'build-7',
        [
          { sha: 'd9', version: 'build-7', message: 'More replicas' },
          { sha: 'd8', version: 'build-8', message: trailer('c2') },
          { sha: 'd7', version: 'build-7', message: trailer(NAMED) },
        ],
        { sha: NAMED },
      ],
      [
        'it comes before the tag',
        '1.2.0',
        [{ sha: 'd7', version: '1.2.0', message: trailer(NAMED) }],
        { sha: NAMED, origin: { kind: 'trailer' } },
      ],
      [
        'it names what the source repository does not have',
        '1.2.0',
        [{ sha: 'd7', version: '1.2.0', message: trailer('abcdef0') }],
        {
          sha: 'c2',
          origin: { kind: 'tag' },
          conflict:
            'acme/checkout-deploy-config names abcdef0 where it brought 1.2.0, which is no commit of acme/checkout',
        },
      ],
      [
        'it is of another version',
        '1.2.0',
        [{ sha: 'd7', version: '1.1.0', message: trailer(NAMED) }],
        { sha: 'c2', origin: { kind: 'tag' } },
      ],
      [
        'it is no commit',
        '1.2.0',
        [{ sha: 'd7', version: '1.2.0', message: trailer('main') }],
        { sha: 'c2', origin: { kind: 'tag' } },
      ],
    ])('reads the trailer: %s', async (_, version, brought, expected) => {
      const { bench } = await start([version], {
        releases: [running('prod', version)],
        brought,
      });

      await until(() => commitOf(bench, version) !== undefined);
      expect(commitOf(bench, version)).toMatchObject(expected);
    });

    it('reads a file at a commit once', async () => {
      const { server, bench } = await start(['build-7'], {
        releases: [running('prod', 'build-7')],
        brought: [{ sha: 'd7', version: 'build-7', message: trailer(NAMED) }],
      });
      await until(() => commitOf(bench, 'build-7') !== undefined);
      const looks = server.requests.length;
      await until(() => server.requests.length > looks + 3);

      expect(
        server.requests.filter(({ url }) => url.includes('/contents/')),
      ).toHaveLength(1);
    });
  });

  it.each<[Misbehaviour | 'refuse', string]>([
    ['refuse', 'unreachable'],
    ['reset', 'unreachable'],
    [{ status: 401, body: '{"message":"token is revoked"}' }, 'forbidden'],
  ])(
    'keeps what it read while the host does this, and heals: %j',
    async (misbehaviour, status) => {
      const { server, bench } = await start();
      if (misbehaviour === 'refuse') {
        await server.close();
      } else {
        server.misbehave(misbehaviour);
      }

      await until(() => bench.sink.status === status);
      expect(intentIn(bench)).toMatchObject({ metadata: { title: 'first' } });

      if (misbehaviour === 'refuse') {
        await server.listen();
      } else {
        server.behave();
      }
      await until(() => bench.sink.status === 'observed');
    },
  );

  it('says it where people look when one repository is gone', async () => {
    const { server, bench } = await start();
    server.misbehave(
      { status: 404, body: '{"message":"not found"}' },
      { url: /deploy-config/ },
    );

    await until(
      () => bench.sink.get('intent', ENTITY, 'problem') !== undefined,
    );

    expect(bench.sink.status).toBe('observed');
    expect(bench.sink.get('intent', ENTITY, 'problem')?.value).toMatchObject({
      problem: expect.stringContaining("has no branch 'main'"),
    });
  });
});
