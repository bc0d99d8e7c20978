import { HistoryEntry } from '@envmatrix/backstage-plugin-environments-common';
import {
  Fact,
  FactKinds,
  TrackedEntity,
} from '@envmatrix/backstage-plugin-environments-node';
import { ApplicationFact, Matrix } from '@envmatrix/engine';
import { JsonValue } from '@backstage/types';
import {
  ada,
  applicationFact,
  entity,
  ENTITY_REF,
  liveFacts,
} from './__testUtils__/facts';
import { runService } from './__testUtils__/runService';
import { startPortal, until } from './__testUtils__/startPortal';
import { TestSource } from './__testUtils__/TestSource';

const VERSIONS = { dev: '1.2.0', staging: '1.1.0', prod: '1.0.0' };
const SHA = '9f31c2a9f31c2a9f31c2a9f31c2a9f31c2a9f31c';
const TAGGED = '0b5e17d40b5e17d40b5e17d40b5e17d40b5e17d4';
const BEFORE = 'c0ffee0c0ffee0c0ffee0c0ffee0c0ffee0c0ffe';

const fact = (
  kind: string,
  scope: string,
  name: string,
  value: JsonValue,
): Fact => ({
  kind,
  scope,
  name,
  value,
  observedAt: new Date().toISOString(),
});

const commitFact = (version: string, sha: string) =>
  fact(FactKinds.commit, ENTITY_REF, version, {
    version,
    sha,
    link: `https://git.example.com/acme/checkout/commit/${sha}`,
    ...(version === sha
      ? {}
      : {
          origin: {
            kind: 'tag',
            source: 'scm/git.example.com',
            text: `tag ${version}`,
          },
        }),
  });

const comparisonFact = (fromSha: string, toSha: string, behindBy: number) =>
  fact(FactKinds.comparison, ENTITY_REF, `${fromSha}...${toSha}`, {
    from: '1.2.0',
    to: '1.1.0',
    fromSha,
    toSha,
    status: 'behind',
    behindBy,
    aheadBy: 0,
  });

const imageFact = (version: string, value: { [key: string]: string }) => {
  const image = {
    repository: 'ghcr.io/acme/checkout',
    digest: `sha256:${version}`,
  };
  return fact(
    FactKinds.image,
    ENTITY_REF,
    `${image.repository}@${image.digest}`,
    { ...image, ...value },
  );
};

const cellOf = (matrix: Matrix, row: string, environment: string) =>
  matrix.groups.flatMap(({ rows }) => rows).find(({ id }) => id === row)?.cells[
    environment
  ];

const behind = ({ environments }: Matrix) => environments[1].summary.behind;

/** The portal with a registry beside its usual sources, and the service running. */
async function start() {
  const registry = new TestSource('registry', 'ghcr.io');
  const sources = {
    nonprod: new TestSource('kubernetes', 'nonprod'),
    prod: new TestSource('kubernetes', 'prod'),
    argocd: new TestSource('argocd', 'main'),
    scm: new TestSource('scm', 'git.example.com'),
  };
  const portal = {
    ...(await startPortal({ sources: [...Object.values(sources), registry] })),
    ...sources,
  };
  await runService(portal, VERSIONS);
  const { interest } = await sources.scm.context();
  const tracked = (): TrackedEntity | undefined =>
    interest.entities().find(({ entityRef }) => entityRef === ENTITY_REF);
  return { portal, registry, tracked };
}

describe('the releases of an entity', () => {
  it('tells every source what runs, and takes the commit that the image names before the one of its tag', async () => {
    const { portal, registry, tracked } = await start();
    const [scm, images] = await Promise.all([
      portal.scm.sink(),
      registry.sink(),
    ]);
    await scm.upsert([
      commitFact('1.2.0', TAGGED),
      commitFact('1.1.0', BEFORE),
      comparisonFact(TAGGED, BEFORE, 3),
    ]);
    await portal.untilMatrix(matrix => behind(matrix)?.commits === 3);
    await until(
      () => tracked()?.releases?.[0],
      release => release?.commit === TAGGED,
    );
    expect(tracked()?.releases?.[0]).toEqual({
      environment: 'dev',
      version: '1.2.0',
      image: 'ghcr.io/acme/checkout',
      digest: 'sha256:1.2.0',
      commit: TAGGED,
    });

    await images.state({ status: 'observed' });
    await images.upsert([imageFact('1.2.0', { revision: SHA })]);
    await until(
      () => tracked()?.releases?.[0],
      release => release?.revision === SHA && release.commit === SHA,
    );
    const unknown = await portal.untilMatrix(
      matrix => behind(matrix)?.status === 'unknown',
    );
    expect(behind(unknown)).not.toHaveProperty('commits');

    await scm.upsert([commitFact(SHA, SHA), comparisonFact(SHA, BEFORE, 7)]);
    const matrix = await portal.untilMatrix(
      candidate => behind(candidate)?.commits === 7,
    );
    expect(matrix.environments[0].summary.commit).toBe(SHA);
    expect(cellOf(matrix, 'release.commit', 'dev')).toMatchObject({
      value: SHA,
      detail: 'by the OCI label of sha256:1.2.0…',
      reason: expect.stringContaining('Tag 1.2.0 is 0b5e17d'),
      provenance: {
        source: 'registry/ghcr.io',
        link: expect.stringContaining(SHA),
      },
    });
    expect(cellOf(matrix, 'release.commit', 'staging')).toMatchObject({
      detail: 'by the tag 1.1.0',
      provenance: { source: 'scm/git.example.com', location: 'tag 1.1.0' },
    });
    expect(matrix.sources).toContainEqual(
      expect.objectContaining({ kind: 'registry', name: 'ghcr.io' }),
    );
    await portal.stop();
  });

  it('notes the commit of an arrival once somebody can tell it, and leaves it at that', async () => {
    const { portal } = await start();
    const arrival = async (environment: string): Promise<HistoryEntry> => {
      const { body } = await portal.get(`/history?environment=${environment}`);
      return body.items.find(({ what }: HistoryEntry) => what === 'version');
    };
    const before = await arrival('dev');
    expect(before).toMatchObject({ to: '1.2.0' });
    expect(before).not.toHaveProperty('commit');

    const scm = await portal.scm.sink();
    await scm.upsert([commitFact('1.2.0', TAGGED)]);
    expect(
      await until(
        () => arrival('dev'),
        ({ commit }) => commit !== undefined,
      ),
    ).toEqual({ ...before, commit: TAGGED });

    await scm.upsert([commitFact('1.2.0', BEFORE)]);
    await portal.untilMatrix(
      ({ environments }) => environments[0].summary.commit === BEFORE,
    );
    // The tag was moved: what arrived then was what it named then.
    expect(await arrival('dev')).toEqual({ ...before, commit: TAGGED });
    expect(await arrival('staging')).not.toHaveProperty('commit');
    await portal.stop();
  });

  it('says why nobody knows the commit, also where the registry does not tell', async () => {
    const { portal, registry } = await start();
    await (
      await portal.scm.sink()
    ).upsert([
      fact(FactKinds.commit, ENTITY_REF, '1.2.0', {
        version: '1.2.0',
        unknown: "acme/checkout has no tag or commit '1.2.0'",
        isMissing: true,
      }),
    ]);
    await (
      await registry.sink()
    ).upsert([imageFact('1.2.0', { unknown: 'Registry ghcr.io answers 403' })]);

    const matrix = await portal.untilMatrix(candidate =>
      Boolean(
        cellOf(
          candidate,
          'release.commit',
          'dev',
        )?.observation.reason?.includes('403'),
      ),
    );
    expect(cellOf(matrix, 'release.commit', 'dev')?.observation).toEqual({
      status: 'unknown',
      reason:
        "acme/checkout has no tag or commit '1.2.0'. Registry ghcr.io answers 403",
    });
    await portal.stop();
  });

  it('does not call two images the same because they have one tag', async () => {
    const { portal } = await start();
    const sink = await portal.nonprod.sink();
    await sink.upsert(
      liveFacts('staging', '1.2.0').map(live =>
        live.name.startsWith('Pod/')
          ? {
              ...live,
              value: JSON.parse(
                JSON.stringify(live.value).replace(
                  'sha256:1.2.0',
                  'sha256:moved',
                ),
              ),
            }
          : live,
      ),
    );

    const matrix = await portal.untilMatrix(
      ({ environments }) =>
        environments[1].summary.version === '1.2.0' &&
        environments[1].summary.digest === 'sha256:moved',
    );
    expect(behind(matrix)).toMatchObject({
      status: 'unknown',
      reason: expect.stringContaining('not the same image'),
    });
    expect(cellOf(matrix, 'release.digest', 'staging')).toMatchObject({
      comparison: 'violation',
      rule: 'K8S-12',
    });
    await portal.stop();
  });

  it('lets a source read back what it has stored, and nobody else', async () => {
    const { portal, registry } = await start();
    const image = imageFact('1.2.0', { revision: SHA });
    await (await registry.sink()).upsert([image]);
    const query = { kind: FactKinds.image, names: [image.name] };

    const own = await (await registry.context()).recall?.(query);
    expect(own).toMatchObject([{ name: image.name, value: image.value }]);
    expect(await (await portal.scm.context()).recall?.(query)).toEqual([]);
    expect(
      await (await registry.context()).recall?.({ ...query, scope: 'other' }),
    ).toEqual([]);
    await portal.stop();
  });
});

describe('commits that no git host tells about', () => {
  const REPO = 'https://git.elsewhere.test/acme/deploy';
  const undeclared = {
    ...entity,
    metadata: {
      ...entity.metadata,
      annotations: {
        'argocd/app-selector': 'app.kubernetes.io/name=checkout',
        'backstage.io/kubernetes-id': 'checkout',
      },
    },
  };

  it('are asked of Argo CD, which tells who brought what', async () => {
    const portal = await startPortal({ entities: [undeclared, ada] });
    const argocd = await portal.argocd.sink();
    const revision = (letter: string) => letter.repeat(40);
    const sources: ApplicationFact['sources'] = [
      { repoURL: REPO, path: 'apps/checkout/overlays/dev' },
    ];
    await argocd.replace({ kind: FactKinds.application }, [
      applicationFact('dev', {
        sources,
        images: ['ghcr.io/acme/checkout:1.2.0'],
        sync: { status: 'Synced', revision: revision('b') },
        history: [
          {
            id: 1,
            revision: revision('a'),
            deployedAt: '2026-11-22T10:00:00Z',
            initiatedBy: 'automated sync',
          },
        ],
      }),
    ]);
    await argocd.state({ status: 'observed' });
    const { interest } = await portal.argocd.context();
    const wanted = await until(
      () => interest.entities()[0]?.revisions ?? [],
      revisions => revisions.length === 2,
    );
    expect(wanted).toEqual(
      ['b', 'a'].map(letter => ({
        instance: 'main',
        repoURL: REPO,
        revision: revision(letter),
        application: { namespace: 'argocd', name: 'checkout-dev' },
      })),
    );

    await argocd.upsert(
      ['a', 'b'].map(letter =>
        fact(FactKinds.argoRevision, '', `${REPO} ${revision(letter)}`, {
          instance: 'main',
          repoURL: REPO,
          revision: revision(letter),
          author: letter === 'a' ? 'Ada Adams' : 'Grace Hall',
          subject: letter === 'a' ? 'Release 1.2.0' : 'A note',
          at: '2026-11-22T09:58:00.000Z',
        }),
      ),
    );
    const matrix = await portal.untilMatrix(
      ({ environments }) => environments[0]?.summary.by === 'Ada Adams',
    );
    expect(matrix.environments[0].summary.since).toBe('2026-11-22T10:00:00Z');
    expect(cellOf(matrix, 'delivery.revision', 'dev')).toMatchObject({
      display: 'bbbbbbb',
      detail: 'A note, by Grace Hall, 2026-11-22 09:58 UTC',
    });
    await portal.stop();
  });

  it('are not asked for where the git host tells', async () => {
    const { portal } = await start();
    const { interest } = await portal.argocd.context();
    await until(
      () => interest.entities()[0]?.releases ?? [],
      releases => releases.length === 3,
    );
    await (
      await portal.argocd.sink()
    ).upsert([
      applicationFact('dev', {
        sync: { status: 'Synced', revision: 'd'.repeat(40) },
        sources: [{ repoURL: REPO, path: 'x' }],
      }),
    ]);
    await portal.untilMatrix(
      matrix =>
        cellOf(matrix, 'delivery.revision', 'dev')?.display === 'ddddddd',
    );

    expect(interest.entities()[0].revisions).toEqual([]);
    await portal.stop();
  });
});
