import { Intent } from '@envmatrix/engine';
import { EnvironmentValues } from './environments';

const HOURS: Readonly<Record<string, number>> = {
  s: 1 / 3600,
  m: 1 / 60,
  h: 1,
  d: 24,
  w: 168,
};

/**
 * Pairs of a long window, which says that it is serious, and a short one, which says that it is still so. Each stands for a share of
 * the error budget that is gone when the alert fires.
 */
const BURN_ALERTS = [
  { share: 0.02, long: '1h', short: '5m', severity: 'critical' },
  { share: 0.05, long: '6h', short: '30m', severity: 'critical' },
  { share: 0.1, long: '3d', short: '6h', severity: 'warning' },
] as const;

/** What rules, routes and dashboards need of what is promised to the users. */
export function observabilityValues(
  intent: Intent,
  environments: readonly EnvironmentValues[],
) {
  const availability = intent.slo?.availability ?? 99.9;
  const latency = (intent.slo?.latencyMs ?? 500) / 1000;
  const window = intent.slo?.window ?? '30d';
  const budget = rounded((100 - availability) / 100);
  return {
    budget,
    burn_alerts: burnAlerts(budget, hoursOf(window)),
    latency_seconds: rounded(latency),
    // For the tests of the rules: the bucket above, and half of the errors that the budget allows for.
    slow_seconds: rounded(latency * 4),
    quiet_errors: rounded(100 * budget),
    quiet_answers: rounded(200 - 100 * budget),
    slack_file: intent.alerts?.slackApiUrlRef ?? secretFile('slack-api-url'),
    pagerduty_file:
      intent.alerts?.pagerdutyServiceKeyRef ??
      secretFile('pagerduty-routing-key'),
    column_width: Math.floor(24 / environments.length),
    columns: environments.map((environment, index) => ({
      name: environment.name,
      title: environment.title,
      namespace: environment.namespace,
      datasource: `prometheus_${environment.name.replaceAll('-', '_')}`,
      x: index * Math.floor(24 / environments.length),
    })),
  };
}

function burnAlerts(budget: number, hours: number) {
  return BURN_ALERTS.map(({ share, long, short, severity }) => {
    // What burns slower than the budget allows for lasts to the end of the window, and is no reason for an alert.
    const factor = Math.max(1, (share * hours) / hoursOf(long));
    return {
      long,
      short,
      severity,
      percent: Math.round((100 * factor * hoursOf(long)) / hours),
      // Where little is promised, no error ratio would be high enough; an outage still is.
      threshold: rounded(Math.min(0.99, factor * budget)),
    };
  });
}

function hoursOf(duration: string): number {
  return Number.parseInt(duration, 10) * HOURS[duration.slice(-1)];
}

/** Ten digits: what binary fractions add beyond is noise in a file that people read. */
function rounded(value: number): number {
  return Number(value.toPrecision(10));
}

function secretFile(name: string): string {
  return `/etc/alertmanager/secrets/alertmanager/${name}`;
}
