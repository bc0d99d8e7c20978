import { CommitFact, CommitOrigin } from '../observations';
import {
  application,
  digest,
  environment,
  input,
  source,
  workload,
} from './__testUtils__/builders';
import { computeMatrix } from './computeMatrix';
import { decideCommit } from './decideCommit';
import { EnvironmentInput } from './input';
import { observePromotion, runningRelease, settledRelease } from './observe';

const NAMES = {
  service: 'checkout',
  selector: 'backstage.io/kubernetes-id=checkout',
};
const REVISION = 'org.opencontainers.image.revision';
const SOURCE = 'org.opencontainers.image.source';
const SHA = '9f31c2a9f31c2a9f31c2a9f31c2a9f31c2a9f31c';
const OTHER = '0b5e17d40b5e17d40b5e17d40b5e17d40b5e17d4';

type Objects = Parameters<typeof workload>[0];

function matrixOf(...environments: EnvironmentInput[]) {
  const matrix = computeMatrix(input({ environments }));
  const rows = matrix.groups.flatMap(group => group.rows);
  return {
    summaries: matrix.environments.map(({ summary }) => summary),
    cell: (id: string, name: string) =>
      rows.find(row => row.id === id)?.cells[name],
  };
}

const withPods = (
  name: 'dev' | 'staging' | 'prod',
  options: Objects,
  more: Partial<EnvironmentInput> = {},
) => environment(name, { objects: workload(options), input: more });

describe('the image of all ready pods', () => {
  const moved = [digest('1.0.0'), digest('x'), digest('1.0.0')];
  const mixed: Objects = { version: '1.0.0', replicas: 3, digests: moved };

  it('is several images under one tag where nodes pulled it at different times: never green, and never done', () => {
    const own = withPods('dev', mixed);
    const { summaries, cell } = matrixOf(own);

    const wrong = {
      comparison: 'violation',
      state: 'degraded',
      rule: 'K8S-12',
      reason:
        'Pods run different images as 1.0.0: sha256:312e302e… in 2 pods and sha256:78000000… in 1 pod. Its tag was moved while some of them ran',
      remedy: expect.stringContaining('pin the digest'),
    };
    expect(cell('release.digest', 'dev')).toMatchObject({
      ...wrong,
      display: 'sha256:312e302e… and sha256:78000000…',
    });
    expect(cell('release.version', 'dev')).toMatchObject(wrong);
    expect(summaries[0]).toMatchObject({
      version: '1.0.0',
      health: 'Degraded',
      detail: expect.stringContaining('Pods run different images as 1.0.0'),
    });
    expect(summaries[0]).not.toHaveProperty('digest');
    expect(settledRelease(own, NAMES)).toBeUndefined();
    expect(observePromotion(own, NAMES)).toMatchObject({
      healthyAndRolledOut: false,
      trouble: expect.stringContaining('in 2 pods'),
    });
    expect(runningRelease(own, NAMES)).toEqual({
      version: '1.0.0',
      image: 'ghcr.io/acme/checkout',
    });
  });

  it('is on its way while a digest is rolled out under the same tag', () => {
    const own = withPods('dev', {
      ...mixed,
      spec: { replicas: 4 },
    });

    expect(matrixOf(own).cell('release.digest', 'dev')).toMatchObject({
      state: 'progressing',
      comparison: 'not-compared',
    });
  });

  it('says how many pods tell theirs', () => {
    const { cell } = matrixOf(
      withPods('dev', {
        version: '1.0.0',
        replicas: 3,
        digests: [digest('1.0.0'), null, digest('1.0.0')],
      }),
    );

    expect(cell('release.digest', 'dev')).toMatchObject({
      display: 'sha256:312e302e…',
      detail:
        'ghcr.io/acme/checkout, 2 of 3 ready pods, the others do not tell',
    });
  });

  it.each<[string, Objects, Partial<EnvironmentInput>, object]>([
    [
      'the same version is the same image',
      { version: '1.0.0' },
      {},
      { comparison: 'same' },
    ],
    [
      'the same version is another image',
      { version: '1.0.0', digests: [digest('x'), digest('x')] },
      {},
      {
        comparison: 'violation',
        rule: 'K8S-12',
        reason: expect.stringContaining(
          '1.0.0 is another image here than in dev',
        ),
      },
    ],
    [
      'the same version is another image of the same commit',
      { version: '1.0.0', digests: [digest('x'), digest('x')] },
      {
        comparison: {
          from: '1.0.0',
          to: '1.0.0',
          status: 'identical',
          behindBy: 0,
          aheadBy: 0,
        },
      },
      { comparison: 'violation' },
    ],
    [
      'another version is of the same commit',
      { version: '1.0.0-rc.1' },
      {
        comparison: {
          from: '1.0.0',
          to: '1.0.0-rc.1',
          status: 'identical',
          behindBy: 0,
          aheadBy: 0,
        },
      },
      {
        comparison: 'lag',
        reason: expect.stringContaining('Another image of the same commit'),
      },
    ],
    [
      'one side does not tell',
      { version: '1.0.0', digests: [null, null] },
      {},
      { comparison: 'not-compared' },
    ],
  ])('is compared with the one before it: %s', (_, options, more, expected) => {
    const { cell } = matrixOf(
      withPods('dev', { version: '1.0.0' }),
      withPods('staging', options, more),
    );

    expect(cell('release.digest', 'staging')).toMatchObject(expected);
  });

  it('is known from Argo CD alone where it is pinned', () => {
    const own = environment('prod', {
      objects: [],
      application: application('prod', {
        images: [`ghcr.io/acme/checkout:1.0.0@${digest('1.0.0')}`],
      }),
      cluster: { status: 'not-configured', reason: 'No such cluster' },
    });

    expect(runningRelease(own, NAMES)).toEqual({
      version: '1.0.0',
      image: 'ghcr.io/acme/checkout',
      digest: digest('1.0.0'),
    });
    expect(matrixOf(own).cell('release.digest', 'prod')).toMatchObject({
      value: digest('1.0.0'),
      provenance: { source: 'argocd/main' },
    });
  });
});

describe('the commit that pods are annotated with', () => {
  const annotated = { [REVISION]: SHA, [SOURCE]: 'https://git.test/a/b' };

  it.each<[string, Partial<Objects>, unknown]>([
    ['pods', { podAnnotations: annotated }, SHA],
    ['their workload', { annotations: annotated }, SHA],
    [
      'pods before their workload',
      { podAnnotations: annotated, annotations: { [REVISION]: OTHER } },
      SHA,
    ],
    ['a branch', { podAnnotations: { [REVISION]: 'main' } }, undefined],
    ['nothing', {}, undefined],
  ])('is read from %s', (_, options, expected) => {
    const own = withPods('dev', { version: '1.0.0', ...options });

    expect(runningRelease(own, NAMES)?.revision?.sha).toBe(expected);
  });

  it('is not of the old pods while the workload already names the next', () => {
    const own = withPods('dev', {
      version: '1.1.0',
      pods: ['1.0.0', '1.0.0'],
      annotations: annotated,
    });

    expect(runningRelease(own, NAMES)).toMatchObject({ version: '1.0.0' });
    expect(runningRelease(own, NAMES)).not.toHaveProperty('revision');
  });

  it('says on which object it stands', () => {
    const own = withPods('dev', {
      version: '1.0.0',
      podAnnotations: annotated,
    });

    expect(runningRelease(own, NAMES)?.revision).toEqual({
      sha: SHA,
      source: 'https://git.test/a/b',
      origin: {
        kind: 'annotation',
        source: 'kubernetes/nonprod',
        text: 'annotation of nonprod/checkout-dev/Deployment/checkout',
      },
    });
  });
});

describe('decideCommit', () => {
  const version = '1.4.2';
  const repository = 'https://git.test/acme/checkout';
  const label: CommitOrigin = {
    kind: 'label',
    source: 'registry/ghcr.io',
    text: 'OCI label of sha256:312e302e…',
  };
  const tag: CommitOrigin = {
    kind: 'tag',
    source: 'scm/git.test',
    text: 'tag 1.4.2',
  };
  const named = { sha: SHA, origin: label };
  const resolved: CommitFact = { version: SHA, sha: SHA, link: 'page' };
  const told: CommitFact = { version, sha: SHA, origin: tag, link: 'page' };
  const untold: CommitFact = { version, unknown: 'There is no tag 1.4.2' };
  const decide = (options: Partial<Parameters<typeof decideCommit>[0]>) =>
    decideCommit({ version, repository, ...options });

  it.each<[string, Partial<Parameters<typeof decideCommit>[0]>, unknown]>([
    ['nothing is known', {}, undefined],
    ['git alone tells', { told }, told],
    ['nobody tells', { told: untold }, untold],
    [
      'the image alone tells',
      { named, resolved, told: untold },
      { version, sha: SHA, link: 'page', origin: label },
    ],
    [
      'the image tells, and git has not been asked',
      { named },
      { version, sha: SHA, origin: label },
    ],
    [
      'both agree',
      { named, resolved, told },
      { version, sha: SHA, link: 'page', origin: label },
    ],
    [
      'both agree, in short',
      { named: { ...named, sha: SHA.slice(0, 7) }, told },
      { version, sha: SHA.slice(0, 7), origin: label },
    ],
    [
      'they disagree: what runs wins, and it is said',
      { named, resolved, told: { ...told, sha: OTHER } },
      {
        version,
        sha: SHA,
        link: 'page',
        origin: label,
        conflict:
          'Tag 1.4.2 is 0b5e17d, but what runs was built from 9f31c2a, says the OCI label of sha256:312e302e…',
      },
    ],
    [
      'the label is inherited from another image: its commit is not there',
      { named, resolved: { version: SHA, isMissing: true }, told },
      {
        ...told,
        conflict:
          "OCI label of sha256:312e302e… names 9f31c2a, which is no commit of this service's source repository: it may be of the image that this one was built on",
      },
    ],
    [
      'the label is inherited from another image: it says so',
      { named: { ...named, source: 'https://github.com/base/image' }, told },
      {
        ...told,
        conflict: expect.stringContaining('of https://github.com/base/image'),
      },
    ],
    [
      'the label is inherited, and git knows nothing either',
      { named, resolved: { version: SHA, isMissing: true }, told: untold },
      {
        version,
        unknown: expect.stringMatching(
          /^There is no tag 1\.4\.2\. OCI label .* names 9f31c2a/,
        ),
      },
    ],
    [
      'the label names a mirror of the repository, which has the commit',
      { named: { ...named, source: 'https://mirror.test/x/y' }, resolved },
      { version, sha: SHA, link: 'page', origin: label },
    ],
    ...[
      'https://git.test/acme/checkout.git',
      'git@git.test:acme/checkout.git',
      'https://git.test/acme/checkout/tree/main#readme',
      'HTTPS://GIT.TEST/Acme/Checkout/',
      'a word',
    ].map((address): [string, { named: typeof named }, unknown] => [
      `the repository is written as ${address}`,
      { named: { ...named, ...{ source: address } } },
      { version, sha: SHA, origin: label },
    ]),
  ])('%s', (_, options, expected) => {
    expect(decide(options)).toEqual(expected);
  });

  it('is on the page with where it comes from, and with what speaks against it', () => {
    const commit = decide({ named, resolved, told: { ...told, sha: OTHER } });
    const { summaries, cell } = matrixOf(
      withPods('dev', { version: '1.0.0' }, { ...(commit && { commit }) }),
    );

    expect(summaries[0].commit).toBe(SHA);
    expect(cell('release.commit', 'dev')).toMatchObject({
      value: SHA,
      display: '9f31c2a',
      detail: 'by the OCI label of sha256:312e302e…',
      reason: expect.stringContaining('Tag 1.4.2 is 0b5e17d'),
      provenance: {
        source: 'registry/ghcr.io',
        location: 'OCI label of sha256:312e302e…',
        link: 'page',
      },
    });
  });
});

describe('the commit that Argo CD deployed from', () => {
  const told = {
    observedAt: '2026-11-23T11:00:00.000Z',
    value: {
      instance: 'main',
      repoURL: 'https://git.test/acme/deploy',
      revision: 'c0ffee0c0ffee',
      author: 'Ada Adams',
      at: '2026-11-23T08:10:36Z',
      subject: 'Release 1.0.0',
      tags: ['v7'],
    },
  };

  it('says who brought what, when, and with which message, where git cannot be read', () => {
    const { summaries, cell } = matrixOf(
      environment('dev', {
        input: {
          desired: undefined,
          scm: source('scm', 'git.test', { status: 'not-configured' }),
          argocdRevision: told,
          argocdDeployed: told,
          arrived: { at: '2026-11-23T08:12:00Z', by: 'automated sync' },
        },
      }),
    );

    expect(summaries[0]).toMatchObject({
      by: 'Ada Adams',
      since: '2026-11-23T08:12:00Z',
    });
    expect(cell('release.deployed', 'dev')?.detail).toBe('by Ada Adams');
    expect(cell('delivery.revision', 'dev')).toMatchObject({
      display: 'c0ffee0',
      detail: 'Release 1.0.0, by Ada Adams, 2026-11-23 08:10 UTC, tags v7',
    });
  });

  it('leaves it to git where that can be read', () => {
    const { summaries, cell } = matrixOf(
      environment('dev', {
        input: {
          desired: {
            observedAt: '2026-11-23T11:00:00.000Z',
            value: {
              revision: 'c0ffee0c0ffee',
              path: 'apps/checkout/overlays/dev',
              lastChange: {
                sha: 'beef',
                subject: 'Set the release of dev',
                author: 'Grace Hall',
                at: '2026-11-23T08:00:00Z',
              },
            },
          },
          arrived: { at: '2026-11-23T08:12:00Z', by: 'Grace Hall' },
        },
      }),
    );

    expect(summaries[0].by).toBe('Grace Hall');
    expect(cell('delivery.revision', 'dev')?.detail).toBe(
      'Set the release of dev, by Grace Hall, 2026-11-23 08:00 UTC',
    );
  });
});
