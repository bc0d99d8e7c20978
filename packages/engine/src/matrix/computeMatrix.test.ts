import { Difference } from '../differences/types';
import { ApplicationFact, ClusterFact, SourceState } from '../observations';
import { Finding } from '../rules/types';
import {
  application,
  digest,
  environment,
  input,
  namespaceObjects,
  source,
  workload,
} from './__testUtils__/builders';
import { computeMatrix } from './computeMatrix';
import { MatrixInput } from './input';
import { Cell, Matrix } from './types';

function cell(matrix: Matrix, row: string, name: string): Cell {
  const found = matrix.groups
    .flatMap(({ rows }) => rows)
    .find(({ id }) => id === row);
  if (!found) {
    throw new Error(`There is no row ${row}`);
  }
  return found.cells[name];
}

const column = (matrix: Matrix, name: string) => {
  const found = matrix.environments.find(entry => entry.name === name);
  if (!found) {
    throw new Error(`There is no column ${name}`);
  }
  return found;
};

function difference(changes: Partial<Difference>): Difference {
  return {
    kind: 'environment',
    from: 'staging',
    to: 'prod',
    subject: 'apps/Deployment checkout',
    pointer: '/spec/replicas',
    before: 2,
    after: 3,
    class: 'expected',
    ...changes,
  };
}

function failure(changes: Partial<Finding>): Finding {
  return {
    rule: 'K8S-04',
    outcome: 'fail',
    title: 'Probes match',
    environments: ['prod'],
    subject: 'apps/Deployment checkout',
    values: {},
    locations: {},
    ...changes,
  };
}

const DEAD: Partial<SourceState> = {
  status: 'unreachable',
  reason: 'Cluster prod refuses connections',
  since: '2026-11-23T11:56:00.000Z',
};

/** Three environments, one release apart each, that differ as they may and as they may not. */
function lagging(): MatrixInput {
  return input({
    environments: [
      environment('dev', {
        objects: [
          ...workload({
            version: '1.2.0',
            replicas: 1,
            env: { LOG_LEVEL: 'debug' },
          }),
          ...namespaceObjects({ pods: 20, used: '1' }),
        ],
        declared: '1.2.0',
        input: {
          commit: { version: '1.2.0', sha: '9f31c2a9f31c2a' },
          arrived: { at: '2026-11-23T11:48:00Z', by: 'Ada Adams' },
        },
      }),
      environment('staging', {
        objects: [
          ...workload({ version: '1.1.0', env: { LOG_LEVEL: 'info' } }),
          ...namespaceObjects({ pods: 100, used: '2' }),
        ],
        declared: '1.1.0',
        input: {
          commit: { version: '1.1.0', unknown: 'There is no tag 1.1.0' },
          comparison: {
            from: '1.2.0',
            to: '1.1.0',
            status: 'behind',
            behindBy: 3,
            aheadBy: 0,
            commits: [
              {
                sha: 'a',
                subject: 'A',
                author: 'Ada',
                at: '2026-11-23T09:00:00Z',
              },
              {
                sha: 'b',
                subject: 'B',
                author: 'Ada',
                at: '2026-11-22T09:00:00Z',
              },
            ],
          },
        },
      }),
      environment('prod', {
        objects: [
          ...workload({
            version: '1.0.0',
            replicas: 3,
            env: { LOG_LEVEL: 'info', EXTRA: 'x' },
            container: {
              readinessProbe: { httpGet: { path: '/healthz', port: 'http' } },
            },
          }),
          ...namespaceObjects({ pods: 100, used: '3' }),
        ],
        input: {
          comparison: {
            from: '1.1.0',
            to: '1.0.0',
            status: 'diverged',
            behindBy: 9,
            aheadBy: 1,
          },
        },
      }),
    ],
    sources: [source('kubernetes', 'nonprod'), source('kubernetes', 'prod')],
    findings: [
      failure({
        environments: ['staging', 'prod'],
        pointer:
          '/spec/template/spec/containers/checkout/readinessProbe/httpGet/path',
        reason: 'Probe paths must match',
        remedy: 'Give prod the path of staging',
      }),
      failure({ rule: 'K8S-01', outcome: 'pass', environments: [] }),
      failure({ rule: 'K8S-13', outcome: 'unknown', environments: ['prod'] }),
    ],
    differences: [
      difference({ from: 'dev', to: 'staging', rule: 'K8S-06' }),
      difference({ rule: 'K8S-06', reason: 'dev ≤ staging ≤ prod' }),
      difference({
        from: 'dev',
        to: 'staging',
        pointer: '/spec/template/spec/containers/checkout/env/LOG_LEVEL',
        rule: 'K8S-03',
      }),
      difference({
        pointer: '/spec/template/spec/containers/checkout/env/EXTRA',
        class: 'unclassified',
      }),
      difference({
        from: 'dev',
        to: 'staging',
        subject: 'ResourceQuota compute',
        pointer: '/spec/hard/pods',
        rule: 'K8S-15',
      }),
    ],
    updates: { channel: 'environments', key: 'opaque' },
  });
}

describe('computeMatrix', () => {
  it('shows three environments of one service', () => {
    expect(computeMatrix(lagging())).toMatchSnapshot();
  });

  it('compares every cell with the environment that it is promoted from', () => {
    const matrix = computeMatrix(lagging());
    const compared = (row: string) =>
      ['dev', 'staging', 'prod'].map(name => {
        const { display, comparison } = cell(matrix, row, name);
        return `${display}: ${comparison}`;
      });

    expect(compared('release.version')).toEqual([
      '1.2.0: not-compared',
      '1.1.0: lag',
      '1.0.0: violation',
    ]);
    expect(compared('release.behind')).toEqual([
      '—: not-compared',
      '3 commits behind dev: lag',
      'diverged from staging: violation',
    ]);
    expect(compared('release.commit')).toEqual([
      '9f31c2a: not-compared',
      'not known: not-compared',
      'not known: not-compared',
    ]);
    expect(compared('configuration.replicas')).toEqual([
      '1: not-compared',
      '2: expected',
      '3: expected',
    ]);
    expect(compared('configuration.env.LOG_LEVEL')).toEqual([
      'debug: not-compared',
      'info: expected',
      'info: same',
    ]);
    expect(compared('configuration.env.EXTRA')).toEqual([
      '—: not-compared',
      '—: same',
      'x: unclassified',
    ]);
    // The finding names both sides of the pair.
    expect(compared('configuration.readiness-probe')).toEqual([
      'GET /readyz :http: not-compared',
      'GET /readyz :http: violation',
      'GET /healthz :http: violation',
    ]);
    expect(compared('platform.quota.pods')).toEqual([
      '1 / 20: not-compared',
      '2 / 100: expected',
      '3 / 100: same',
    ]);
    expect(compared('delivery.auto-sync')).toEqual([
      'automatic: not-compared',
      'automatic: same',
      'manual: expected',
    ]);
  });

  it('counts violations where findings name them, and does not take unknown for held', () => {
    const matrix = computeMatrix(lagging());

    expect(
      matrix.environments.map(({ summary }) => [
        summary.violations,
        summary.unclassified,
      ]),
    ).toEqual([
      [0, 0],
      [1, 0],
      [1, 1],
    ]);
    expect(matrix.score).toEqual({
      value: 33,
      parts: [
        expect.objectContaining({ rule: 'K8S-01', outcome: 'pass' }),
        expect.objectContaining({ rule: 'K8S-04', outcome: 'fail' }),
        expect.objectContaining({ rule: 'K8S-13', outcome: 'unknown' }),
      ],
    });
    expect(computeMatrix(input()).score.value).toBeUndefined();
  });

  it('says that a value lives different although git declares it alike', () => {
    const drifted = (application_?: Partial<ApplicationFact>) => {
      const matrix = computeMatrix(
        input({
          environments: [
            environment('staging'),
            environment('prod', {
              objects: workload({ version: '1.0.0', replicas: 5 }),
              application: application('prod', application_),
            }),
          ],
          findings: [failure({ outcome: 'pass' })],
        }),
      );
      return cell(matrix, 'configuration.replicas', 'prod');
    };

    expect(drifted()).toMatchObject({
      comparison: 'unclassified',
      state: 'drifted',
    });
    expect(drifted({ sync: { status: 'OutOfSync' } })).toMatchObject({
      comparison: 'lag',
      state: 'out-of-sync',
    });
    // In sync with the commit that it is pinned to.
    const revision = 'c0ffee'.padEnd(40, '0');
    const sources = [
      { repoURL: 'https://git.example.com/d', targetRevision: revision },
    ];
    expect(drifted({ sources })).toEqual(
      expect.objectContaining({
        comparison: 'lag',
        reason: expect.stringContaining('prod is pinned to c0ffee0'),
      }),
    );
    expect(drifted({ sources })).not.toHaveProperty('state');
  });

  it('does not judge before what git declares has been read', () => {
    const matrix = computeMatrix(
      input({
        environments: [
          environment('dev', {
            objects: workload({ version: '1.0.0', replicas: 1 }),
          }),
          environment('staging'),
        ],
      }),
    );

    expect(cell(matrix, 'configuration.replicas', 'staging')).toMatchObject({
      comparison: 'not-compared',
      reason: expect.stringContaining('has not been read'),
    });
  });

  describe('what is not known is never green', () => {
    it('keeps value, age and comparison of a cluster that does not answer', () => {
      const known = lagging();
      const matrix = computeMatrix({
        ...known,
        environments: known.environments.map(entry =>
          entry.definition.name === 'prod'
            ? {
                ...entry,
                targets: entry.targets.map(target => ({
                  ...target,
                  source: source('kubernetes', 'prod', DEAD),
                })),
              }
            : entry,
        ),
      });

      expect(cell(matrix, 'configuration.readiness-probe', 'prod')).toEqual(
        expect.objectContaining({
          observation: DEAD,
          display: 'GET /healthz :http',
          comparison: 'violation',
        }),
      );
      const { summary } = column(matrix, 'prod');
      expect(summary).toMatchObject({
        version: '1.0.0',
        ready: '3/3',
        violations: 1,
        observation: { status: 'unreachable' },
        observations: {
          version: DEAD,
          ready: DEAD,
          // Argo CD answers, but its word about that cluster is second-hand.
          sync: { status: 'stale', since: DEAD.since },
          health: { status: 'stale', since: DEAD.since },
        },
      });
      expect(column(matrix, 'dev').summary.observation.status).toBe('observed');
    });

    it.each<[string, Partial<ApplicationFact>, string]>([
      [
        'Argo CD cannot compare',
        { sync: { status: 'Unknown' } },
        'Argo CD cannot compare git with the cluster',
      ],
      [
        'Argo CD has an error to tell',
        { conditions: [{ type: 'ComparisonError', message: 'no such path' }] },
        'ComparisonError: no such path',
      ],
    ])('does not call it Healthy when %s', (_, changes, reason) => {
      const matrix = computeMatrix(
        input({
          environments: [
            environment('dev', { application: application('dev', changes) }),
          ],
        }),
      );

      const { summary } = matrix.environments[0];
      expect(summary.health).toBeUndefined();
      expect(summary.observations.health).toMatchObject({
        status: 'unknown',
        reason,
      });
      expect(cell(matrix, 'delivery.health', 'dev').display).toBe('not known');
    });

    it('does not take a sync that succeeded for a rollout that is done', () => {
      const matrix = computeMatrix(
        input({
          environments: [
            environment('dev', {
              objects: workload({
                version: '1.1.0',
                pods: ['1.0.0', '1.0.0'],
              }),
              application: application('dev', {
                operation: { phase: 'Succeeded' },
              }),
            }),
          ],
        }),
      );

      expect(matrix.environments[0].summary).toMatchObject({
        version: '1.0.0',
        health: 'Progressing',
      });
      expect(cell(matrix, 'release.version', 'dev')).toMatchObject({
        state: 'progressing',
        detail: '1.0.0 → 1.1.0',
      });
    });

    it('shows both digests while both run, also of one tag', () => {
      const objects = workload({ version: '1.1.0', pods: ['1.1.0', '1.0.0'] });
      const matrix = computeMatrix(
        input({ environments: [environment('dev', { objects })] }),
      );

      expect(cell(matrix, 'release.digest', 'dev')).toMatchObject({
        value: `${digest('1.0.0')}, ${digest('1.1.0')}`,
        state: 'progressing',
      });
      expect(matrix.environments[0].summary.digest).toBeUndefined();
    });

    it('says which source could tell where none is configured', () => {
      const matrix = computeMatrix(
        input({
          environments: [
            environment('dev', {
              objects: [],
              application: null,
              cluster: {
                status: 'not-configured',
                reason: "There is no cluster 'nonprod'",
              },
              input: { argocd: undefined },
            }),
          ],
        }),
      );

      expect(matrix.environments[0].summary.observations).toMatchObject({
        version: {
          status: 'not-configured',
          reason: "There is no cluster 'nonprod'",
        },
        sync: { status: 'not-configured' },
        health: { status: 'not-configured' },
      });
      expect(cell(matrix, 'configuration.replicas', 'dev').display).toBe(
        'not configured',
      );
    });

    it('shows what a kind that may not be read says about itself', () => {
      const matrix = computeMatrix(
        input({
          environments: [
            environment('dev', {
              clusterFact: {
                unavailable: [
                  {
                    kind: 'ResourceQuota',
                    status: 'forbidden',
                    reason: 'The portal may not list resourcequotas',
                  },
                ],
              },
            }),
          ],
        }),
      );

      expect(cell(matrix, 'platform.quota.pods', 'dev')).toMatchObject({
        observation: { status: 'forbidden' },
        display: 'not permitted',
      });
    });

    it('holds a right that is missing in one namespace against that one alone', () => {
      const clusterFact: Partial<ClusterFact> = {
        unavailable: [
          {
            kind: 'ResourceQuota',
            namespace: 'checkout-staging',
            status: 'timeout',
            reason: 'The list of resourcequotas took too long',
          },
        ],
      };
      const objects = namespaceObjects({ pods: 10, used: '2' });
      const matrix = computeMatrix(
        input({
          environments: [
            environment('dev', { clusterFact, objects }),
            environment('staging', { clusterFact, objects }),
          ],
        }),
      );

      expect(cell(matrix, 'platform.quota.pods', 'dev').display).toBe('2 / 10');
      expect(cell(matrix, 'platform.quota.pods', 'staging')).toMatchObject({
        observation: {
          status: 'timeout',
          reason: 'The list of resourcequotas took too long',
        },
      });
    });

    it('does not say that nothing runs where the workloads may not be seen', () => {
      const matrix = computeMatrix(
        input({
          environments: [
            environment('dev', {
              objects: [],
              clusterFact: {
                unavailable: [
                  {
                    kind: 'apps/Deployment',
                    status: 'forbidden',
                    reason: 'You may not read deployments',
                  },
                ],
              },
            }),
          ],
        }),
      );

      const { version, ready } = column(matrix, 'dev').summary.observations;
      for (const observation of [version, ready]) {
        expect(observation).toEqual({
          status: 'forbidden',
          reason:
            'No workload was seen, and apps/Deployment may not be read: You may not read deployments',
        });
      }
    });

    it.each([
      { name: 'rolled out', pods: ['1.0.0', '1.0.0'], version: '1.0.0' },
      { name: 'on its way', pods: ['1.0.0', '0.9.0'], version: undefined },
    ])(
      'takes the word of a workload that is $name where its pods may not be seen',
      ({ pods, version }) => {
        const forbidden = {
          status: 'forbidden',
          reason: 'You may not read pods',
        } as const;
        const matrix = computeMatrix(
          input({
            environments: [
              environment('dev', {
                objects: workload({ version: '1.0.0', pods }).filter(
                  ({ kind }) => kind === 'Deployment',
                ),
                clusterFact: { unavailable: [{ kind: 'Pod', ...forbidden }] },
              }),
            ],
          }),
        );

        const { summary } = column(matrix, 'dev');
        expect(summary.version).toBe(version);
        expect(summary.ready).toBe('2/2');
        expect(summary.observations.version).toEqual(
          version === undefined ? forbidden : { status: 'observed' },
        );
        expect(cell(matrix, 'rollout.restarts', 'dev').observation).toEqual(
          forbidden,
        );
        expect(cell(matrix, 'configuration.replicas', 'dev').display).toBe('2');
      },
    );

    it('says that the version of a cluster is not told', () => {
      const matrix = computeMatrix(
        input({
          environments: [
            environment('dev', { clusterFact: { gitVersion: '' } }),
            environment('prod'),
          ],
        }),
      );
      expect(cell(matrix, 'platform.kubernetes', 'dev')).toMatchObject({
        observation: {
          status: 'absent',
          reason: 'Cluster nonprod does not say which version it is',
        },
      });
    });
  });

  it('reads Missing, with a reason, before the first sync', () => {
    const matrix = computeMatrix(
      input({
        environments: [
          environment('staging'),
          environment('prod', {
            objects: [],
            application: application('prod', {
              health: { status: 'Missing' },
              sync: { status: 'OutOfSync' },
              history: [],
            }),
          }),
        ],
      }),
    );

    const { summary } = column(matrix, 'prod');
    expect(summary).toMatchObject({
      health: 'Missing',
      sync: 'OutOfSync',
      behind: { status: 'unknown' },
      observations: {
        version: {
          status: 'absent',
          reason:
            'Namespace checkout-prod of cluster prod has no workload with backstage.io/kubernetes-id=checkout',
        },
        health: { status: 'observed' },
      },
    });
    expect(summary.version).toBeUndefined();
    expect(cell(matrix, 'release.version', 'prod')).toMatchObject({
      display: '—',
      detail: 'git says 1.0.0',
      comparison: 'not-compared',
    });
    expect(column(matrix, 'staging').promotion).toEqual({
      to: 'prod',
      possible: true,
      blockedBy: [],
      way: 'sync',
    });
  });

  it('says why a pod cannot start wherever one looks', () => {
    const objects = workload({
      version: '9.9.9',
      pods: ['1.0.0', '1.0.0'],
      waiting: { reason: 'ImagePullBackOff', message: 'not found' },
    });
    const matrix = computeMatrix(
      input({ environments: [environment('dev', { objects })] }),
    );

    const text =
      'ImagePullBackOff: ghcr.io/acme/checkout:9.9.9 · not found · since 2026-11-23 11:40 UTC';
    expect(matrix.environments[0].summary).toMatchObject({
      health: 'Degraded',
      detail: text,
      ready: '2/2',
    });
    for (const row of ['delivery.health', 'rollout.ready']) {
      expect(cell(matrix, row, 'dev')).toMatchObject({
        detail: text,
        state: 'degraded',
      });
    }
  });

  it('says that it is scaled to zero, rather than that nothing runs', () => {
    const objects = workload({ version: '1.0.0', replicas: 0 });
    const matrix = computeMatrix(
      input({ environments: [environment('dev', { objects })] }),
    );

    expect(matrix.environments[0].summary.observations.version).toEqual({
      status: 'absent',
      reason: 'Scaled to zero',
    });
  });
});
