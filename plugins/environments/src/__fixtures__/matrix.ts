import {
  Cell,
  EnvironmentColumn,
  Matrix,
  MatrixGroup,
  Observation,
  Row,
} from '@envmatrix/engine';

/** The clock of the fixtures. */
export const FIXTURE_NOW = '2026-03-02T10:00:00.000Z';

const OBSERVED: Observation = { status: 'observed' };

/** A matrix with every comparison and every state of knowledge in it. */
export function richMatrix(now: string = FIXTURE_NOW): Matrix {
  const ago = (seconds: number) =>
    new Date(Date.parse(now) - seconds * 1000).toISOString();
  const minutes = 60;
  const days = 24 * 60 * minutes;
  const lost: Observation = {
    status: 'unreachable',
    reason: 'Cluster prod refuses connections: connect ECONNREFUSED',
    since: ago(4 * minutes + 20),
  };
  const from = (environment: string, at = 3): Cell['provenance'] => ({
    source: `kubernetes/${environment === 'prod' ? 'prod' : 'nonprod'}`,
    observedAt: ago(environment === 'prod' ? 4 * minutes + 20 : at),
    location: `${environment}: apps/v1 Deployment checkout-${environment}/checkout`,
    link: `https://argocd.example.com/applications/argocd/checkout-${environment}`,
  });
  const cell = (
    environment: string,
    display: string,
    rest: Partial<Cell> = {},
  ): Cell => ({
    observation: OBSERVED,
    value: display,
    display,
    comparison: environment === 'dev' ? 'not-compared' : 'same',
    provenance: from(environment),
    ...rest,
  });
  const row = (
    id: string,
    title: string,
    cells: Record<string, Cell>,
    rule?: string,
  ): Row => ({ id, title, cells, ...(rule ? { rule } : {}) });
  const promotes = {
    comparison: 'lag',
    reason: '3 commits, the next promotion removes it',
  } as const;

  const groups: MatrixGroup[] = [
    {
      id: 'release',
      title: 'Release',
      rows: [
        row('release.version', 'Version', {
          dev: cell('dev', '1.5.0'),
          staging: cell('staging', '1.4.0', promotes),
          prod: cell('prod', '1.3.1', {
            comparison: 'lag',
            reason: '9 commits, the next promotion removes it',
            observation: lost,
          }),
        }),
        row('release.digest', 'Image digest', {
          dev: cell('dev', 'sha256:9b1f…'),
          staging: cell('staging', 'sha256:71aa…', promotes),
          prod: cell('prod', 'sha256:e20c…', {
            comparison: 'lag',
            reason: '9 commits, the next promotion removes it',
            detail: 'all 3 ready pods',
            observation: lost,
          }),
        }),
      ],
    },
    {
      id: 'delivery',
      title: 'Delivery',
      rows: [
        row('delivery.sync', 'Sync', {
          dev: cell('dev', 'Synced'),
          staging: cell('staging', 'Synced'),
          prod: cell('prod', 'OutOfSync', {
            comparison: 'expected',
            reason: 'Sync tells of one environment alone',
            state: 'out-of-sync',
          }),
        }),
        row('delivery.auto-sync', 'Sync policy', {
          dev: cell('dev', 'automatic'),
          staging: cell('staging', 'automatic'),
          prod: cell('prod', 'manual', {
            comparison: 'expected',
            reason: 'The intent declares it for each environment',
          }),
        }),
      ],
    },
    {
      id: 'rollout',
      title: 'Rollout',
      rows: [
        row('rollout.ready', 'Ready pods', {
          dev: cell('dev', '1/2', {
            state: 'degraded',
            detail: 'ImagePullBackOff: ghcr.io/acme/checkout:1.5.0 not found',
          }),
          staging: cell('staging', '2/2', { state: 'progressing' }),
          prod: cell('prod', '3/3', { observation: lost }),
        }),
        row('rollout.pdb', 'Disruption budget', {
          dev: cell('dev', '—', {
            value: undefined,
            observation: {
              status: 'absent',
              reason: 'There is none in checkout-dev',
            },
          }),
          staging: cell('staging', 'max 1 unavailable'),
          prod: cell('prod', 'max 1 unavailable', { observation: lost }),
        }),
      ],
    },
    {
      id: 'configuration',
      title: 'Configuration',
      rows: [
        row(
          'configuration.readiness-probe',
          'Readiness probe',
          {
            dev: cell('dev', 'GET /readyz :http'),
            staging: cell('staging', 'GET /readyz :http'),
            prod: cell('prod', 'GET /healthz :http', {
              comparison: 'violation',
              rule: 'K8S-04',
              reason:
                'Probe paths and ports say what the application is, so they match in every environment',
              remedy:
                'Remove the path from the prod patch; the base has /readyz',
              provenance: {
                source: 'scm/git.example.com',
                location: 'apps/checkout/overlays/prod/patch.yaml:18',
                link: 'https://git.example.com/acme/checkout-deploy-config/src/branch/main/apps/checkout/overlays/prod/patch.yaml#L18',
                observedAt: ago(3),
              },
            }),
          },
          'K8S-04',
        ),
        row('configuration.replicas', 'Replicas', {
          dev: cell('dev', '2'),
          staging: cell('staging', '2'),
          prod: cell('prod', '3', {
            comparison: 'expected',
            rule: 'K8S-01',
            reason: 'ordered: dev ≤ staging ≤ prod',
          }),
        }),
        row('configuration.env.LOG_LEVEL', 'LOG_LEVEL', {
          dev: cell('dev', 'debug'),
          staging: cell('staging', 'info', {
            comparison: 'expected',
            reason: 'Verbosity may differ',
          }),
          prod: cell('prod', 'warn', {
            comparison: 'expected',
            reason: 'Verbosity may differ',
          }),
        }),
        row('configuration.command', 'Command', {
          dev: cell('dev', '/app/checkout --serve'),
          staging: cell('staging', '/app/checkout --serve'),
          prod: cell('prod', '/app/checkout --serve'),
        }),
        row('configuration.annotation', 'Annotation safe-to-evict', {
          dev: cell('dev', '—', {
            value: undefined,
            observation: { status: 'absent', reason: 'Not set' },
          }),
          staging: cell('staging', '—', {
            value: undefined,
            observation: { status: 'absent', reason: 'Not set' },
          }),
          prod: cell('prod', 'false', {
            comparison: 'unclassified',
            reason: 'No rule covers this',
          }),
        }),
      ],
    },
    {
      id: 'platform',
      title: 'Platform',
      rows: [
        row('platform.kubernetes', 'Kubernetes', {
          dev: cell('dev', '1.36.1'),
          staging: cell('staging', '1.36.1'),
          prod: cell('prod', '1.36.1', { observation: lost }),
        }),
        row('platform.network-policy', 'Network policy', {
          dev: cell('dev', 'default deny'),
          staging: cell('staging', 'default deny'),
          prod: cell('prod', 'egress open', {
            comparison: 'violation',
            rule: 'K8S-16',
            reason: 'Network policies must match',
            remedy: 'Restore Egress in policyTypes of default-deny',
            observation: lost,
          }),
        }),
        row('platform.limit-range', 'Limit range', {
          dev: cell('dev', 'not permitted', {
            value: undefined,
            provenance: undefined,
            observation: {
              status: 'forbidden',
              reason: 'limitranges is forbidden in checkout-dev',
            },
          }),
          staging: cell('staging', 'no answer', {
            value: undefined,
            provenance: undefined,
            observation: {
              status: 'timeout',
              reason: 'Cluster nonprod did not answer in 15 s',
              since: ago(2 * minutes),
            },
            comparison: 'not-compared',
          }),
          prod: cell('prod', 'not configured', {
            value: undefined,
            provenance: undefined,
            observation: {
              status: 'not-configured',
              reason: 'No source is configured that could tell',
            },
            comparison: 'not-compared',
          }),
        }),
        row('platform.quota.requests.cpu', 'Quota, CPU requests', {
          dev: cell('dev', '0.2 / 2'),
          staging: cell('staging', '1 / 16', {
            comparison: 'expected',
            reason: 'Sizes differ',
            observation: {
              status: 'stale',
              reason: 'Argo CD says so of a cluster that cannot be reached',
              since: ago(9 * minutes),
            },
          }),
          prod: cell('prod', 'not known', {
            value: undefined,
            provenance: undefined,
            comparison: 'not-compared',
            observation: {
              status: 'unknown',
              reason: 'The quota has no status yet',
            },
          }),
        }),
      ],
    },
  ];

  const environments: EnvironmentColumn[] = [
    {
      name: 'dev',
      title: 'dev',
      order: 1,
      kind: 'non-production',
      cluster: 'nonprod',
      namespace: 'checkout-dev',
      summary: {
        version: '1.5.0',
        digest: 'sha256:9b1f',
        commit: '9f31c2a0d1f0a6f8',
        since: ago(12 * minutes + 20),
        by: 'Ada Adams',
        sync: 'Synced',
        health: 'Healthy',
        ready: '2/2',
        violations: 0,
        unclassified: 0,
        observation: OBSERVED,
        observations: {
          version: OBSERVED,
          sync: OBSERVED,
          health: OBSERVED,
          ready: OBSERVED,
        },
      },
      promotion: {
        to: 'staging',
        possible: true,
        blockedBy: [],
        way: 'commit',
      },
    },
    {
      name: 'staging',
      title: 'staging',
      order: 5,
      kind: 'non-production',
      cluster: 'nonprod',
      namespace: 'checkout-staging',
      summary: {
        version: '1.4.0',
        commit: '41c07be9a9d1f0a6',
        since: ago(1 * days + 20 * minutes),
        sync: 'Synced',
        health: 'Progressing',
        ready: '1/2',
        behind: { environment: 'dev', status: 'behind', commits: 3 },
        violations: 0,
        unclassified: 0,
        detail: 'ImagePullBackOff: ghcr.io/acme/checkout:1.4.0 not found',
        observation: OBSERVED,
        observations: {
          version: OBSERVED,
          sync: OBSERVED,
          health: OBSERVED,
          ready: OBSERVED,
        },
      },
      promotion: {
        to: 'prod',
        possible: false,
        blockedBy: ['staging is Progressing'],
        way: 'pull-request',
      },
    },
    {
      name: 'prod',
      title: 'prod',
      order: 10,
      kind: 'production',
      cluster: 'prod',
      namespace: 'checkout-prod',
      summary: {
        version: '1.3.1',
        commit: '77d10fe43a9d1f0a',
        since: ago(6 * days + 20 * minutes),
        by: 'release-managers',
        sync: 'OutOfSync',
        health: 'Healthy',
        ready: '3/3',
        behind: { environment: 'staging', status: 'behind', commits: 9 },
        violations: 2,
        unclassified: 1,
        observation: lost,
        observations: {
          version: lost,
          sync: OBSERVED,
          health: lost,
          ready: lost,
        },
      },
    },
  ];

  return {
    entityRef: 'component:default/checkout',
    computedAt: now,
    environments,
    groups,
    sources: [
      {
        kind: 'kubernetes',
        name: 'nonprod',
        status: 'observed',
        lastObservedAt: ago(3),
      },
      {
        kind: 'kubernetes',
        name: 'prod',
        ...lost,
        lastObservedAt: ago(4 * minutes + 20),
      },
      {
        kind: 'argocd',
        name: 'main',
        status: 'observed',
        lastObservedAt: ago(5),
      },
      {
        kind: 'scm',
        name: 'git.example.com',
        status: 'observed',
        lastObservedAt: ago(20),
      },
    ],
    score: {
      value: 92,
      parts: [
        {
          rule: 'K8S-04',
          title: 'Probes match',
          weight: 1,
          outcome: 'fail',
        },
        { rule: 'K8S-01', title: 'Replicas', weight: 1, outcome: 'pass' },
        {
          rule: 'K8S-16',
          title: 'Network policies match',
          weight: 1,
          outcome: 'unknown',
        },
      ],
    },
    updates: { channel: 'environments', key: 'key-of-checkout' },
  };
}

/** The same, with nothing lost and nothing wrong. */
export function quietMatrix(now: string = FIXTURE_NOW): Matrix {
  const rich = richMatrix(now);
  return {
    ...rich,
    environments: rich.environments.map((environment, index) => ({
      ...environment,
      summary: {
        ...environment.summary,
        version: '1.5.0',
        sync: 'Synced',
        health: 'Healthy',
        ready: '2/2',
        detail: undefined,
        behind:
          index === 0
            ? undefined
            : {
                environment: rich.environments[index - 1].name,
                status: 'identical',
                commits: 0,
              },
        violations: 0,
        unclassified: 0,
        observation: OBSERVED,
        observations: {
          version: OBSERVED,
          sync: OBSERVED,
          health: OBSERVED,
          ready: OBSERVED,
        },
      },
      ...(environment.promotion
        ? {
            promotion: {
              to: environment.promotion.to,
              possible: false,
              blockedBy: [`${environment.promotion.to} runs 1.5.0 already`],
            },
          }
        : {}),
    })),
    groups: rich.groups.map(group => ({
      ...group,
      rows: group.rows.map(row => ({
        ...row,
        cells: Object.fromEntries(
          Object.entries(row.cells).map(([name, cell]) => [
            name,
            {
              observation: OBSERVED,
              value: 'the same',
              display: 'the same',
              comparison: name === 'dev' ? 'not-compared' : 'same',
              provenance: cell.provenance,
            },
          ]),
        ),
      })),
    })),
    sources: rich.sources.map(({ kind, name }) => ({
      kind,
      name,
      status: 'observed',
      lastObservedAt: now,
    })),
    score: { value: 100, parts: [] },
  };
}
