import { EnvironmentSummary } from '@envmatrix/engine';
import {
  FleetAnswer,
  FleetRow,
} from '@envmatrix/backstage-plugin-environments-common';
import { FIXTURE_NOW } from './matrix';

/** Services of two systems: one that lags and violates, one whose prod does not answer, one that nobody has looked at. */
export function fleetFixture(now: string = FIXTURE_NOW): FleetAnswer {
  const since = (minutes: number) =>
    new Date(Date.parse(now) - minutes * 60_000).toISOString();
  const items = [
    fleetRow('checkout', {
      system: 'system:default/shop',
      summaries: {
        dev: { version: '1.5.0', since: since(10) },
        staging: {
          version: '1.4.0',
          behind: { environment: 'dev', status: 'behind', commits: 3 },
        },
        prod: {
          version: '1.3.1',
          health: 'Degraded',
          behind: { environment: 'staging', status: 'behind', commits: 9 },
          violations: 2,
        },
      },
      score: 92,
    }),
    fleetRow('tracking', {
      system: 'system:default/logistics',
      owner: 'group:default/logistics',
      summaries: {
        dev: { version: '5.2.0' },
        prod: {
          version: '5.1.9',
          observation: {
            status: 'unreachable',
            reason: 'prod refuses connections',
            since: since(4),
          },
        },
        'prod-eu': { health: undefined },
      },
    }),
    fleetRow('labels', { summaries: {}, problem: 'It is being worked out' }),
  ];
  return {
    items,
    total: items.length,
    counts: { all: 3, lagging: 1, violating: 1, unhealthy: 1, unknown: 2 },
    sources: [
      {
        kind: 'kubernetes',
        name: 'prod-eu',
        status: 'unreachable',
        reason: 'connect ECONNREFUSED',
        since: since(4),
      },
    ],
  };
}

export function fleetRow(
  name: string,
  options: {
    summaries: Record<string, Partial<EnvironmentSummary>>;
    system?: string;
    owner?: string;
    score?: number;
    problem?: string;
  },
): FleetRow {
  const { summaries, owner = 'group:default/payments', ...rest } = options;
  const environments = Object.entries(summaries).map(
    ([environment, summary]): FleetRow['environments'][number] => {
      const observation = summary.observation ?? { status: 'observed' };
      return {
        name: environment,
        title: environment,
        kind: environment.startsWith('prod') ? 'production' : 'non-production',
        summary: {
          health: 'Healthy',
          sync: 'Synced',
          violations: 0,
          unclassified: 0,
          ...summary,
          observation,
          observations: {
            version: observation,
            sync: observation,
            health: observation,
            ready: observation,
          },
        },
      };
    },
  );
  return {
    entityRef: `component:default/${name}`,
    title: name,
    owners: [owner],
    environments,
    violations: environments.reduce(
      (sum, { summary }) => sum + summary.violations,
      0,
    ),
    unclassified: 0,
    ...rest,
  };
}
