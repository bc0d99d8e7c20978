import { mockServices } from '@backstage/backend-test-utils';
import {
  TrackedEntity,
  TrackedRevision,
} from '@envmatrix/backstage-plugin-environments-node';
import {
  MisbehavingServer,
  RecordingSink,
} from '@envmatrix/backstage-plugin-environments-node/testUtils';
import { ApplicationFact } from '@envmatrix/engine';
import { trackedEntity } from '../__testUtils__/entities';
import { instanceAt } from '../__testUtils__/instance';
import { recordedApplication, recording } from '../__testUtils__/recording';
import { ArgoCdClient } from '../client/ArgoCdClient';
import { createReduce } from './readApplications';
import { Revisions } from './Revisions';

const SHA = '256186b760543e03f761a7afc3d904dd4da6e69d';
const ABSENT = '0'.repeat(40);
const REPO = 'https://git.test/acme/checkout-deploy-config';

const revision = (changes: Partial<TrackedRevision> = {}): TrackedRevision => ({
  instance: 'main',
  repoURL: REPO,
  revision: SHA,
  application: { namespace: 'argocd', name: 'checkout-dev' },
  ...changes,
});

const entityWith = (...revisions: TrackedRevision[]): TrackedEntity => ({
  ...trackedEntity({}),
  revisions,
});

describe('Revisions', () => {
  let server: MisbehavingServer;
  let sink: RecordingSink;
  let now: number;
  const logger = mockServices.logger.mock();

  beforeEach(async () => {
    jest.clearAllMocks();
    now = 1_000_000;
    sink = new RecordingSink();
    server = await MisbehavingServer.start({
      answer: ({ url }) => {
        const { response } = recording(
          url.includes(ABSENT)
            ? 'application/revision-metadata-absent'
            : 'application/revision-metadata',
        );
        return { status: response.status, json: response.body };
      },
    });
  });

  afterEach(async () => {
    await server.close();
  });

  const revisionsOf = (
    options: { application?: ApplicationFact; signal?: AbortSignal } = {},
  ) => {
    const instance = instanceAt(server.url);
    return new Revisions({
      client: new ArgoCdClient({ instance }),
      context: {
        sink,
        recall: query => sink.recall(query),
        logger,
        interest: { entities: () => [], subscribe: () => () => {} },
        signal: options.signal ?? new AbortController().signal,
      },
      instance: 'main',
      now: () => new Date(now),
      application: () => options.application,
    });
  };

  it('are explained once per repository and commit, for ever', async () => {
    const revisions = revisionsOf();
    const other = entityWith(
      revision({ application: { namespace: 'argocd', name: 'basket-dev' } }),
    );
    await Promise.all([
      revisions.explain([entityWith(revision()), other]),
      revisions.explain([other]),
    ]);

    expect(server.requests.map(({ url }) => url)).toEqual([
      expect.stringMatching(
        `^/api/v1/applications/(checkout|basket)-dev/revisions/${SHA}/metadata\\?appNamespace=argocd$`,
      ),
    ]);
    expect(sink.get('argo-revision', '', `${REPO} ${SHA}`)?.value).toEqual({
      instance: 'main',
      repoURL: REPO,
      revision: SHA,
      author: 'Ada Adams',
      at: '2026-11-23T08:10:36.000Z',
      subject: 'Reset',
    });

    await revisions.explain([entityWith(revision())]);
    await revisionsOf().explain([entityWith(revision())]);
    expect(server.requests).toHaveLength(1);

    await revisions.explain([entityWith(revision({ repoURL: 'other' }))]);
    expect(server.requests).toHaveLength(2);
  });

  it("say no more than a line, and nobody's address", async () => {
    server.misbehave({
      status: 200,
      body: JSON.stringify({
        author: 'Grace Hall <grace@example.com>',
        date: 'yesterday',
        message: `${'x'.repeat(300)}\n\nSource-Commit: 9f31c2a`,
        tags: ['v1', 'v2'],
      }),
    });
    await revisionsOf().explain([entityWith(revision())]);

    expect(sink.all('argo-revision')[0].value).toEqual({
      instance: 'main',
      repoURL: REPO,
      revision: SHA,
      author: 'Grace Hall',
      subject: 'x'.repeat(200),
      tags: ['v1', 'v2'],
    });
  });

  it('name the source of several, and the project', async () => {
    const reduce = createReduce(instanceAt(server.url));
    const application = reduce(recordedApplication('application/multi-source'));
    const withPath = application?.sources.findIndex(({ path }) => path) ?? -1;
    await revisionsOf({ application }).explain([
      entityWith(revision({ repoURL: application?.sources[withPath].repoURL })),
    ]);

    const query = new URL(server.requests[0].url, server.url).searchParams;
    expect(query.get('sourceIndex')).toBe(String(withPath));
    expect(query.get('project')).toBe(application?.project);
  });

  it('that Argo CD cannot explain are asked for seldom, and what git printed is repeated nowhere', async () => {
    const revisions = revisionsOf();
    const absent = entityWith(revision({ revision: ABSENT }));
    await revisions.explain([absent]);
    await revisions.explain([absent]);
    expect(server.requests).toHaveLength(1);
    expect(sink.all('argo-revision')).toEqual([]);
    const said = JSON.stringify(logger.debug.mock.calls);
    expect(said).toContain('does not say who made 0000000: HTTP 500');
    expect(said).not.toContain('git fetch');

    now += 600_000;
    await revisions.explain([absent]);
    now += 600_000;
    await revisions.explain([absent]);
    expect(server.requests).toHaveLength(2);
    now += 600_000;
    await revisions.explain([absent]);
    expect(server.requests).toHaveLength(3);
  });

  it('of another instance are not its business, nor any once it is to stop', async () => {
    await revisionsOf().explain([entityWith(revision({ instance: 'edge' }))]);
    const stopped = new AbortController();
    stopped.abort();
    await revisionsOf({ signal: stopped.signal }).explain([
      entityWith(revision()),
    ]);

    expect(server.requests).toEqual([]);
  });

  it('stay within their place in the address', async () => {
    await revisionsOf().explain([
      entityWith(
        revision({
          revision: '../../clusters',
          application: { namespace: 'a&b=c', name: '..' },
        }),
      ),
    ]);

    expect(server.requests).toEqual([]);
  });
});
