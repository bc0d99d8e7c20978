import {
  application,
  environment,
  input,
  source,
} from './__testUtils__/builders';
import { SourceState } from '../observations';
import { computeMatrix } from './computeMatrix';
import { EnvironmentInput } from './input';
import { runningVersion, settledRelease } from './observe';

const NAMES = {
  service: 'checkout',
  selector: 'backstage.io/kubernetes-id=checkout',
};
const RECONCILED_AT = '2026-11-23T11:40:00Z';
const MISSING = "There is no cluster 'prod' in the Kubernetes configuration";

/** Production in a cluster that only Argo CD knows. */
function prod(
  images: readonly string[],
  changes: Partial<EnvironmentInput> = {},
  cluster: Partial<SourceState> = {},
  reconciledAt: string = RECONCILED_AT,
): EnvironmentInput {
  const alone = environment('prod', {
    application: application('prod', { images, reconciledAt }),
    objects: [],
    input: {
      argocdCluster: {
        observedAt: '2026-11-23T11:59:00.000Z',
        value: {
          instance: 'main',
          server: 'https://prod.example.com',
          name: 'prod',
          serverVersion: 'v1.36.1',
          connectionState: { status: 'Successful' },
        },
      },
      ...changes,
    },
  });
  return {
    ...alone,
    targets: alone.targets.map(({ clusterFact: _, ...target }) => ({
      ...target,
      source: source('kubernetes', 'prod', {
        status: 'not-configured',
        reason: MISSING,
        ...cluster,
      }),
    })),
  };
}

function cellsOf(own: EnvironmentInput) {
  const matrix = computeMatrix(
    input({
      environments: [environment('dev'), environment('staging'), own],
    }),
  );
  const rows = matrix.groups.flatMap(group => group.rows);
  return {
    summary: matrix.environments[2].summary,
    cell: (id: string) => rows.find(row => row.id === id)?.cells.prod,
  };
}

describe('an environment that only Argo CD knows', () => {
  it('shows what Argo CD can tell, as of when it looked, and says which rows need the cluster', () => {
    const own = prod([
      'ghcr.io/acme/checkout:1.0.0',
      'docker.io/istio/proxyv2:1.22.0',
    ]);
    const { summary, cell } = cellsOf(own);

    expect(summary).toMatchObject({
      version: '1.0.0',
      sync: 'Synced',
      health: 'Healthy',
      observations: {
        version: { status: 'observed' },
        health: { status: 'observed' },
        ready: { status: 'not-configured', reason: MISSING },
      },
    });
    expect(cell('release.version')).toMatchObject({
      display: '1.0.0',
      provenance: { source: 'argocd/main', observedAt: RECONCILED_AT },
    });
    expect(cell('delivery.health')?.provenance?.observedAt).toBe(RECONCILED_AT);
    expect(cell('platform.kubernetes')).toMatchObject({
      display: '1.36.1',
      provenance: { source: 'argocd/main' },
    });
    expect(cell('rollout.restarts')?.observation).toEqual({
      status: 'not-configured',
      reason: MISSING,
    });
    expect(runningVersion(own, NAMES)).toBe('1.0.0');
    expect(settledRelease(own, NAMES)).toEqual({ version: '1.0.0' });
  });

  it('takes no word of Argo CD for one from the future, whose clock is ahead', () => {
    const own = prod(
      ['ghcr.io/acme/checkout:1.0.0'],
      {},
      {},
      '2099-01-01T00:00:00Z',
    );
    const { cell } = cellsOf(own);

    for (const id of ['release.version', 'delivery.health']) {
      expect(cell(id)?.provenance?.observedAt).toBe(
        own.application?.observedAt,
      );
    }
  });

  it.each([
    { status: 'forbidden', told: { status: 'observed' } },
    {
      status: 'timeout',
      told: {
        status: 'stale',
        reason: "Argo CD's word, last known: It did not answer",
      },
    },
  ] as const)(
    "is told by Argo CD where the viewer's own token did not help: $status",
    ({ status, told }) => {
      const { summary, cell } = cellsOf(
        prod(
          ['ghcr.io/acme/checkout:1.0.0'],
          {},
          {
            status,
            reason: 'It did not answer',
            needsUserToken: { authProvider: 'oidc', tokenProvider: 'okta' },
          },
        ),
      );

      expect(summary.version).toBe('1.0.0');
      expect(summary.observations.version).toMatchObject(told);
      expect(summary.observations.ready).toMatchObject({
        status,
        reason: 'It did not answer',
      });
      expect(cell('platform.kubernetes')?.display).toBe('1.36.1');
    },
  );

  it('says that a release is on its way while pods of two run', () => {
    const own = prod([
      'ghcr.io/acme/checkout:1.0.0',
      'ghcr.io/acme/checkout:1.1.0',
    ]);

    expect(cellsOf(own).cell('release.version')).toMatchObject({
      display: '1.0.0, 1.1.0',
      state: 'progressing',
    });
    expect(settledRelease(own, NAMES)).toBeUndefined();
  });

  it('shows that a canary waits, and of which resource Argo CD says so', () => {
    const { application: seen, ...rest } = prod([
      'ghcr.io/acme/checkout:1.0.0',
      'ghcr.io/acme/checkout:1.1.0',
    ]);
    const own: EnvironmentInput = {
      ...rest,
      ...(seen
        ? {
            application: {
              ...seen,
              value: {
                ...seen.value,
                health: { status: 'Suspended' },
                unhealthyResources: [
                  {
                    kind: 'Rollout',
                    name: 'checkout',
                    status: 'Suspended',
                    message: 'CanaryPauseStep',
                  },
                ],
              },
            },
          }
        : {}),
    };
    const { cell, summary } = cellsOf(own);

    expect(summary.health).toBe('Suspended');
    expect(cell('delivery.health')).toMatchObject({
      value: 'Suspended',
      state: 'suspended',
      detail: 'Rollout checkout is suspended: CanaryPauseStep',
    });
    expect(cell('release.version')?.state).toBe('suspended');
    expect(settledRelease(own, NAMES)).toBeUndefined();
  });

  it('has no version while Argo CD sees no image of the service', () => {
    const { summary } = cellsOf(prod(['docker.io/a/b:1', 'docker.io/a/c:1']));

    expect(summary.version).toBeUndefined();
    expect(summary.observations.version).toEqual({
      status: 'not-configured',
      reason: MISSING,
    });
  });

  it('is last known when Argo CD cannot reach the cluster itself', () => {
    const known = prod(['ghcr.io/acme/checkout:1.0.0']);
    const { argocdCluster } = known;
    const { summary } = cellsOf({
      ...known,
      ...(argocdCluster && {
        argocdCluster: {
          ...argocdCluster,
          value: {
            ...argocdCluster.value,
            connectionState: { status: 'Failed', message: 'no route to host' },
          },
        },
      }),
    });

    expect(summary.health).toBe('Healthy');
    expect(summary.observations.health).toMatchObject({
      status: 'stale',
      reason:
        "Argo CD's word, last known: it cannot reach cluster prod: no route to host",
    });
  });

  it.each([
    ['a version that was read before', true, 'stale'],
    ['no version that was ever read', false, 'unknown'],
  ])(
    'says why Argo CD does not tell its clusters, with %s',
    (_, isRead, status) => {
      const { argocdCluster, ...never } = prod(
        ['ghcr.io/acme/checkout:1.0.0'],
        {
          argocdUntold: [
            {
              instance: 'main',
              part: 'clusters',
              status: 'stale',
              reason: 'Argo CD main does not tell its clusters: oops',
              since: '2026-11-23T11:50:00.000Z',
            },
          ],
        },
      );
      const { cell } = cellsOf(isRead ? { ...never, argocdCluster } : never);

      expect(cell('platform.kubernetes')).toMatchObject({
        observation: { status, reason: expect.stringContaining('oops') },
      });
    },
  );
});
