import { ConfigReader } from '@backstage/config';
import { ScmIntegrations } from '@backstage/integration';
import { mockServices } from '@backstage/backend-test-utils';
import { TrackedEntity } from '@envmatrix/backstage-plugin-environments-node';
import {
  Answer,
  Misbehaviour,
  MisbehavingServer,
  SourceBench,
  until,
} from '@envmatrix/backstage-plugin-environments-node/testUtils';
import { intentSchema } from '@envmatrix/engine';
import { ScmHosts } from '@envmatrix/scm';
import { DeployConfigReader } from './DeployConfigReader';
import { ScmSource } from './ScmSource';

jest.setTimeout(60_000);

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
  'cf...c2': 2,
  'c2...cf': 1,
};

const commit = (sha: string) => ({
  sha,
  created: '2026-11-23T08:42:29Z',
  html_url: `https://git.example.com/acme/checkout/commit/${sha}`,
  commit: {
    message: `Change ${sha}`,
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

  async function start(versions: readonly string[] = []) {
    let head = 'd1';
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
      if (rest[0] === 'commits') {
        return { json: [commit(head)] };
      }
      const ref = rest.at(-1) ?? '';
      const sha = repository === 'checkout' ? TAGS[ref] : head;
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
      intervalMs: 50,
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
    };
    const bench = new SourceBench(source, {
      logger: mockServices.logger.mock(),
      entities: [entity],
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

  it('counts commits between versions once per pair, for ever', async () => {
    const { server, bench, entity } = await start(['1.2.0', '1.1.0', '1.0.0']);
    const stored = (name: string) =>
      bench.sink.get('comparison', ENTITY, name)?.value;

    await until(() => stored('1.1.0...1.0.0') !== undefined);
    expect(stored('1.2.0...1.1.0')).toMatchObject({
      status: 'behind',
      behindBy: 3,
      aheadBy: 0,
    });
    expect(bench.sink.get('commit', ENTITY, '1.2.0')?.value).toEqual({
      version: '1.2.0',
      sha: 'c2',
      link: expect.stringContaining('/commit/c2'),
    });
    const asked = comparisonsTo(server);
    expect(asked).toBe(4);

    const looks = server.requests.length;
    bench.setEntities([known(bench, entity, ['1.2.0', '1.1.0'])]);
    await until(() => server.requests.length > looks + 3);
    await until(() => stored('1.1.0...1.0.0') === undefined);
    bench.setEntities([known(bench, entity, entity.versions)]);
    await until(() => stored('1.1.0...1.0.0') !== undefined);
    expect(comparisonsTo(server)).toBe(asked);
  });

  it('tells diverged from behind, and says of which version it knows no commit', async () => {
    const { bench, entity } = await start(['1.2.0', 'hotfix']);
    const comparison = (name: string) =>
      bench.sink.get('comparison', ENTITY, name)?.value;
    await until(() => comparison('1.2.0...hotfix') !== undefined);

    expect(comparison('1.2.0...hotfix')).toMatchObject({
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
