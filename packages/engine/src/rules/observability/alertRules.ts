import {
  JsonObject,
  isObject,
  objectAt,
  objectsAt,
  stringAt,
} from '../../model/json';
import { locationAt } from '../../model/canonical';
import { yamlFiles } from '../repository/files';
import { isOwnName } from '../releases';
import {
  PlacedChange,
  Rule,
  RuleContext,
  Verdict,
  notApplicable,
} from '../rule';
import { describe, kindSubjects } from '../subjects';
import { objectsOfKind, rolesOf } from '../view';

const PROMETHEUS = 'monitoring.coreos.com/Prometheus';
const PROMETHEUS_RULE = 'monitoring.coreos.com/PrometheusRule';

export const sameAlertRules: Rule = {
  id: 'OBS-01',
  kind: 'must match',
  title: 'Staging has the alert and recording rules of production',
  guideStep: 22,
  sources: ['manifests'],
  semantics:
    'The groups of every PrometheusRule are the same in staging and production: an alert that was never seen in staging is first seen at night. Dev may have fewer.',
  remedy:
    'Keep the rules in the base, and let labels tell the environments apart.',
  appliesTo: context =>
    kindSubjects(PROMETHEUS_RULE)(context).length > 0
      ? { applies: true }
      : notApplicable('There is no PrometheusRule in the manifests'),
  subjects: kindSubjects(PROMETHEUS_RULE),
  claims: [
    {
      at: ['/spec/groups'],
      kinds: [PROMETHEUS_RULE],
      judge: (change, pair) => {
        if (isOwnName(change, pair)) {
          return undefined;
        }
        if (isSaidOtherwise(change)) {
          return {
            class: 'expected',
            reason: 'The rule is the same, written in another way',
          };
        }
        return pair.strict
          ? {
              class: 'violation',
              reason: describe(change, pair, ruleOf(change)),
            }
          : {
              class: 'expected',
              reason: `${pair.from.name} may have fewer rules`,
            };
      },
    },
  ],
};

/** An expression with other white space, or a duration in other units. */
function isSaidOtherwise({ path, before, after }: PlacedChange): boolean {
  const [a, b] = [before, after].map(node =>
    node?.type === 'leaf' && typeof node.value === 'string'
      ? meaningOf(path.at(-1) ?? '', node.value)
      : undefined,
  );
  return a !== undefined && a === b;
}

/** Fields of rules and groups that are durations. */
const DURATIONS = new Set(['for', 'keep_firing_for', 'interval']);

function meaningOf(field: string, text: string): string | number | undefined {
  if (DURATIONS.has(field)) {
    return daysOf(text);
  }
  if (field !== 'expr') {
    return undefined;
  }
  // White space in a text of PromQL is part of it.
  return text
    .split(/("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')/)
    .map((part, index) =>
      index % 2 === 1
        ? part
        : part
            .replace(/\s+/g, ' ')
            .replace(/ ?([-+*/%^(){}\[\],=<>!~]) ?/g, '$1'),
    )
    .join('')
    .trim();
}

/** In words: `for of rule HighLatency in group checkout`. */
function ruleOf({ path }: PlacedChange): string {
  const [, , group, , rule, ...field] = path;
  return [
    ...(field.length > 0 ? [`${field.join(' ')} of`] : []),
    ...(rule === undefined ? [] : [`rule ${rule} in`]),
    group === undefined ? 'rule groups' : `group ${group}`,
  ].join(' ');
}

/** The groups of the rules that watch production: in its manifests, and in files of the repository. */
function groupsOf(context: RuleContext): JsonObject[] {
  const inManifests = context.environments
    .filter(({ role }) => role === 'prod')
    .flatMap(environment =>
      objectsOfKind(environment, PROMETHEUS_RULE).flatMap(({ source }) =>
        objectsAt(source.value, 'spec', 'groups'),
      ),
    );
  const inFiles = yamlFiles(context, /\.ya?ml$/, 'groups:').flatMap(
    ({ value }) => [
      ...objectsAt(value, 'groups'),
      ...(value.kind === 'PrometheusRule'
        ? objectsAt(value, 'spec', 'groups')
        : []),
    ],
  );
  return [...inManifests, ...inFiles].filter(
    group => objectsAt(group, 'rules').length > 0,
  );
}

export const burnRates: Rule = {
  id: 'OBS-09',
  kind: 'absolute',
  title: 'Alerts tell how fast the error budget burns',
  guideStep: 23,
  sources: ['manifests', 'repository'],
  semantics:
    'At least two alerts of production compare a long and a short window at once, a fast one and a slow one, as multi-window multi-burn-rate alerts do; they do not page for staging.',
  remedy:
    'Add the pair of alerts for a fast and a slow burn of the error budget.',
  appliesTo: context =>
    groupsOf(context).length > 0
      ? { applies: true }
      : notApplicable('There are no rules of Prometheus for production'),
  evaluate: context => {
    const alerts = groupsOf(context)
      .flatMap(group => objectsAt(group, 'rules'))
      .filter(rule => stringAt(rule, 'alert') !== undefined);
    const pairs = alerts.filter(rule => {
      const expression = stringAt(rule, 'expr') ?? '';
      const windows = new Set(
        [...expression.matchAll(/\[(\d+[smhdw])\]|rate(\d+[smhdw])\b/g)].map(
          match => match[1] ?? match[2],
        ),
      );
      return /\band\b/.test(expression) && windows.size >= 2;
    });
    const verdict: Verdict = {
      outcome: pairs.length >= 2 ? 'pass' : 'warn',
      environments: [...rolesOf(context.intent)]
        .filter(([, role]) => role === 'prod')
        .map(([name]) => name),
      subject: context.service,
      ...(pairs.length >= 2
        ? {}
        : {
            reason:
              'No pair of alerts compares two windows at once, so a slow loss and a sudden one look alike',
          }),
    };
    return [verdict];
  },
};

const MINIMUM_DAYS = { dev: 7, staging: 7, prod: 30 } as const;

export const retention: Rule = {
  id: 'OBS-05',
  kind: 'ordered',
  title: 'Metrics of production are kept the longest',
  guideStep: 23,
  sources: ['intent', 'manifests'],
  semantics: `Metrics are kept for at least ${MINIMUM_DAYS.dev} days, those of production for at least ${MINIMUM_DAYS.prod}, and no environment keeps them longer than the one after it. A Prometheus in the manifests keeps them as long as the intent says.`,
  remedy:
    'Set observability.retentionDays of the environment, and spec.retention of its Prometheus.',
  appliesTo: context =>
    context.intent.environments.some(
      ({ name }) => retentionsOf(context, name).length > 0,
    )
      ? { applies: true }
      : notApplicable(
          'Neither the intent nor a Prometheus in the manifests says how long metrics are kept',
        ),
  evaluate: context => {
    const roles = rolesOf(context.intent);
    const known = context.intent.environments.flatMap(({ name }) => {
      const told = retentionsOf(context, name);
      return told.length === 0
        ? []
        : [{ name, told, days: Math.min(...told.map(({ days }) => days)) }];
    });
    return known.map(({ name, told, days }, index): Verdict => {
      const least = MINIMUM_DAYS[roles.get(name) ?? 'dev'];
      const before = known.slice(0, index).find(other => other.days > days);
      const location = told.find(
        entry => entry.days === days && entry.location !== undefined,
      )?.location;
      const base = {
        environments: [name],
        subject: context.service,
        values: { [name]: days },
        ...(location === undefined ? {} : { locations: { [name]: location } }),
      };
      const shown = Math.round(days * 10) / 10;
      if (days < least) {
        return {
          ...base,
          outcome: 'fail',
          reason: `${name} keeps metrics for ${shown} days; ${least} are the least`,
        };
      }
      if (before) {
        return {
          ...base,
          outcome: 'fail',
          reason: `${before.name} keeps metrics for ${before.days} days, ${name} only for ${shown}`,
        };
      }
      const other = told.find(entry => entry.days !== days);
      return other
        ? {
            ...base,
            outcome: 'warn',
            reason: `${name} is said to keep metrics for ${shown} days, and for ${other.days}`,
          }
        : { ...base, outcome: 'pass' };
    });
  },
};

const SECONDS_PER_DAY = 86_400;

/** Days that an environment keeps metrics for: by the intent, and by each Prometheus in its manifests. */
function retentionsOf(
  context: RuleContext,
  name: string,
): { days: number; location?: string }[] {
  const declared = context.intent.environments.find(
    environment => environment.name === name,
  )?.observability?.retentionDays;
  const own = context.environments.find(
    environment => environment.name === name,
  );
  const manifests = own ? objectsOfKind(own, PROMETHEUS) : [];
  return [
    ...(declared === undefined ? [] : [{ days: declared }]),
    ...manifests.flatMap(object => {
      const days = daysOf(stringAt(object.source.value, 'spec', 'retention'));
      return days === undefined
        ? []
        : [
            {
              days,
              location:
                locationAt(object.node, ['spec', 'retention']) ??
                object.source.location,
            },
          ];
    }),
  ];
}

const UNITS: Readonly<Record<string, number>> = {
  ms: 0.001,
  s: 1,
  m: 60,
  h: 3600,
  d: SECONDS_PER_DAY,
  w: 7 * SECONDS_PER_DAY,
  y: 365 * SECONDS_PER_DAY,
};

/** `15d`, `1y6w`, `360h`, as Prometheus writes durations; in days. */
function daysOf(text: string | undefined): number | undefined {
  if (text === undefined || !/^(\d+(ms|[smhdwy]))+$/.test(text)) {
    return undefined;
  }
  const seconds = [...text.matchAll(/(\d+)(ms|[smhdwy])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * UNITS[unit],
    0,
  );
  return seconds / SECONDS_PER_DAY;
}

const DASHBOARD_LABEL = 'grafana_dashboard';

export const sameDashboards: Rule = {
  id: 'OBS-02',
  kind: 'must match',
  title: 'Every environment is seen through the same dashboards',
  guideStep: 22,
  sources: ['manifests'],
  semantics:
    'A dashboard has the same panels and the same uid in every environment; a variable chooses the environment.',
  remedy: 'Keep one dashboard, with a variable for the environment.',
  appliesTo: context =>
    context.environments.some(environment =>
      objectsOfKind(environment, 'ConfigMap').some(isDashboard),
    )
      ? { applies: true }
      : notApplicable('There is no dashboard in the manifests'),
  subjects: context => [
    ...new Set(
      context.environments.flatMap(environment =>
        objectsOfKind(environment, 'ConfigMap')
          .filter(isDashboard)
          .map(({ subject }) => subject),
      ),
    ),
  ],
  claims: [
    {
      at: ['/data/*'],
      kinds: ['ConfigMap'],
      judge: (change, pair) => {
        const isOne = [pair.from, pair.to].some(({ objects }) => {
          const object = objects.get(change.subject);
          return object && isDashboard(object);
        });
        if (!isOne || !change.before || !change.after) {
          return undefined;
        }
        const [before, after] = [change.before, change.after].map(node =>
          node.type === 'leaf' ? dashboardOf(node.value) : undefined,
        );
        return before === undefined || before !== after
          ? {
              class: 'violation',
              reason: describe(change, pair, `dashboard ${change.place[1]}`),
            }
          : {
              class: 'expected',
              reason: 'The dashboard is the same, written in another way',
            };
      },
    },
  ],
};

/** A dashboard without what Grafana counts whenever it is saved, whatever the order of its keys; undefined for what is none. */
function dashboardOf(text: unknown): string | undefined {
  if (typeof text !== 'string') {
    return undefined;
  }
  try {
    const value: unknown = JSON.parse(text);
    if (!isObject(value)) {
      return undefined;
    }
    const {
      id: _id,
      version: _version,
      iteration: _iteration,
      ...rest
    } = value;
    return JSON.stringify(rest, (_, entry: unknown) =>
      isObject(entry)
        ? Object.fromEntries(
            Object.entries(entry).sort(([left], [right]) =>
              left < right ? -1 : 1,
            ),
          )
        : entry,
    );
  } catch {
    return undefined;
  }
}

function isDashboard({ source }: { source: { value: JsonObject } }): boolean {
  return (
    objectAt(source.value, 'metadata', 'labels')[DASHBOARD_LABEL] !== undefined
  );
}
