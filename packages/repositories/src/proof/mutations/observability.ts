import { Edit } from './edit';

/** One thing done wrong to what watches the service, and what has to notice. */
export interface ObservabilityMutation extends Edit {
  readonly name: string;
  readonly caught:
    | { readonly by: 'rules'; readonly says: string }
    | { readonly by: 'promtool'; readonly says: string }
    | { readonly by: 'dashboard'; readonly says: string }
    | { readonly by: 'amtool'; readonly says: string }
    | { readonly by: 'inhibition'; readonly says: string }
    | {
        readonly by: 'route';
        readonly alert: Readonly<Record<string, string>>;
        readonly receiver: string;
      };
}

const RULES = 'monitoring/rules/checkout.yaml';
const ROUTES = 'monitoring/alertmanager/alertmanager.yaml';
const DASHBOARD = 'monitoring/dashboards/checkout-environments.json';

type Shape = readonly [
  name: string,
  from: string | RegExp,
  to: string,
  says: string,
];

const inFile = (
  file: string,
  by: 'rules' | 'promtool' | 'dashboard' | 'amtool',
  shapes: readonly Shape[],
): ObservabilityMutation[] =>
  shapes.map(([name, from, to, says]) => ({
    name,
    file,
    from,
    to,
    caught: { by, says },
  }));

export const OBSERVABILITY_MUTATIONS: readonly ObservabilityMutation[] = [
  ...inFile(RULES, 'rules', [
    [
      'a recording rule that takes two services for one',
      'by (le, service, environment)',
      'by (le, environment)',
      'is grouped by le, environment',
    ],
    [
      'a recording rule over every service',
      /expr: sum by \(service, environment\) \(up\{.*\}\)/,
      'expr: sum by (service, environment) (up)',
      'takes in other services',
    ],
    [
      'an alert that no route knows',
      'severity: critical',
      'severity: urgent',
      'no severity that a route knows',
    ],
    [
      'an alert without a runbook',
      /^ +runbook_url: .*#latencyhigh\n/m,
      '',
      'LatencyHigh has no runbook_url',
    ],
    [
      'a metric that nothing gives',
      /process_cpu_seconds_total/,
      'container_cpu_total',
      'container_cpu_total, which nothing gives',
    ],
    [
      'no watchdog',
      'expr: vector(1)',
      'expr: vector(0) > 0',
      'no alert that always fires',
    ],
    [
      'a burn alert with one window',
      /\n +and\n +service_environment:http_errors:ratio_rate6h\{.*/,
      '',
      'no warning burn alert with two windows',
    ],
    ['a query that cannot be read', '[5m])', '[5m)', 'cannot be read at'],
  ]),
  ...inFile(RULES, 'promtool', [
    [
      'a duration that is none',
      'for: 15m',
      'for: 15 minutes',
      'not a valid duration string',
    ],
    [
      'an error ratio of the wrong answers',
      /code=~"5\.\."(\}\[5m\]\)\)\n +or\n +0 \* sum)/,
      'code=~"2.."$1',
      'FAILED',
    ],
    [
      'a budget of the wrong answers',
      /code=~"5\.\."(\}\[5m\]\)\)\n +or\n +0 \* service)/,
      'code=~"2.."$1',
      'FAILED',
    ],
    ['an alert that waits for a day', 'for: 2m', 'for: 1d', 'FAILED'],
    [
      'an alert that is silent where no pod is left',
      / +or\n +0 \* \(max_over_time.*\n/,
      '',
      'FAILED',
    ],
  ]),
  ...inFile(DASHBOARD, 'dashboard', [
    [
      'a query that cannot be read',
      'service_environment:http_requests:rate5m{',
      'service_environment:http_requests:rate5m{{',
      'cannot be read at',
    ],
    [
      'a query of something that is not recorded',
      'service_environment:http_requests:rate5m{',
      'service:http_requests:rate5m{',
      'which is not recorded',
    ],
    [
      'a column that asks for another environment',
      'environment=\\"staging\\"',
      'environment=\\"prod\\"',
      'asks for dev, prod, prod',
    ],
    ['a panel over another', '"x": 8, "y": 0', '"x": 4, "y": 0', 'lies over'],
    [
      'a panel that stands out',
      '"x": 16, "y": 0, "w": 8',
      '"x": 20, "y": 0, "w": 8',
      'stands out',
    ],
    [
      'a data source that is not defined',
      '"name": "prometheus_staging"',
      '"name": "staging"',
      'prometheus_staging is not defined',
    ],
    [
      'no marker of deployments',
      '"tags": ["deployment", "checkout"]',
      '"tags": ["checkout"]',
      'no marker of deployments',
    ],
    [
      'a dashboard without an id of its own',
      /"uid": "checkout-environments",/,
      '',
      'uid',
    ],
  ]),
  ...inFile(ROUTES, 'amtool', [
    [
      'a receiver that does not exist',
      'receiver: prod-pagerduty',
      'receiver: pagerduty',
      'undefined receiver "pagerduty"',
    ],
    [
      'a time that does not exist',
      'mute_time_intervals: [nights, weekends]',
      'mute_time_intervals: [holidays]',
      'undefined time interval "holidays"',
    ],
  ]),
  {
    name: 'an alert of no service that silences every other of none',
    file: ROUTES,
    from: 'source_matchers: [severity="critical", service!=""]',
    to: 'source_matchers: [severity="critical"]',
    caught: {
      by: 'inhibition',
      says: 'of no service silences severity="warning"',
    },
  },
  {
    name: 'staging that pages',
    file: ROUTES,
    from: 'receiver: staging-slack\n',
    to: 'receiver: prod-pagerduty\n',
    caught: {
      by: 'route',
      alert: { environment: 'staging', severity: 'critical' },
      receiver: 'staging-slack',
    },
  },
  {
    name: 'production that does not',
    file: ROUTES,
    from: 'matchers: [severity="critical"]',
    to: 'matchers: [severity="page"]',
    caught: {
      by: 'route',
      alert: { environment: 'prod', severity: 'critical' },
      receiver: 'prod-pagerduty',
    },
  },
  {
    name: 'an alert without labels that nobody sees',
    file: ROUTES,
    from: /receiver: prod-slack\n {2}group_by/,
    to: 'receiver: nobody\n  group_by',
    caught: {
      by: 'route',
      alert: { alertname: 'Unlabelled' },
      receiver: 'prod-slack',
    },
  },
  {
    name: 'a watchdog of production that ends nowhere',
    file: ROUTES,
    from: 'matchers: [alertname="Watchdog", environment="prod"]',
    to: 'matchers: [alertname="Watchdog", environment="production"]',
    caught: {
      by: 'route',
      alert: { alertname: 'Watchdog', environment: 'prod', severity: 'none' },
      receiver: 'watchdog',
    },
  },
];
