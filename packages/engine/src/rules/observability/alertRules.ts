import { JsonObject, objectAt, objectsAt, stringAt } from '../../model/json';
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

/** In words: `for of rule HighLatency in group checkout`. */
function ruleOf({ path }: PlacedChange): string {
  const [, , group, , rule, ...field] = path;
  return [
    ...(field.length > 0 ? [`${field.join(' ')} of`] : []),
    ...(rule === undefined ? [] : [`rule ${rule} in`]),
    group === undefined ? 'rule groups' : `group ${group}`,
  ].join(' ');
}

/** The groups of all rules that are known: in manifests, and in files of the repository. */
function groupsOf(context: RuleContext): JsonObject[] {
  const inManifests = context.environments.flatMap(environment =>
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
    'At least two alerts compare a long and a short window at once, a fast one and a slow one, as multi-window multi-burn-rate alerts do; they do not page for staging.',
  remedy:
    'Add the pair of alerts for a fast and a slow burn of the error budget.',
  appliesTo: context =>
    groupsOf(context).length > 0
      ? { applies: true }
      : notApplicable('There are no rules of Prometheus'),
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
  sources: ['intent'],
  semantics: `Metrics are kept for at least ${MINIMUM_DAYS.dev} days, those of production for at least ${MINIMUM_DAYS.prod}, and no environment keeps them longer than the one after it.`,
  remedy: 'Set observability.retentionDays of the environment.',
  appliesTo: context =>
    context.intent.environments.some(
      ({ observability }) => observability?.retentionDays !== undefined,
    )
      ? { applies: true }
      : notApplicable('The intent says nothing of how long metrics are kept'),
  evaluate: context => {
    const roles = rolesOf(context.intent);
    const known = context.intent.environments.flatMap(
      ({ name, observability }) =>
        observability?.retentionDays === undefined
          ? []
          : [{ name, days: observability.retentionDays }],
    );
    return known.map(({ name, days }, index): Verdict => {
      const least = MINIMUM_DAYS[roles.get(name) ?? 'dev'];
      const before = known.slice(0, index).find(other => other.days > days);
      const base = {
        environments: [name],
        subject: context.service,
        values: { [name]: days },
      };
      if (days < least) {
        return {
          ...base,
          outcome: 'fail',
          reason: `${name} keeps metrics for ${days} days; ${least} are the least`,
        };
      }
      return before
        ? {
            ...base,
            outcome: 'fail',
            reason: `${before.name} keeps metrics for ${before.days} days, ${name} only for ${days}`,
          }
        : { ...base, outcome: 'pass' };
    });
  },
};

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
        return isOne && change.before && change.after
          ? {
              class: 'violation',
              reason: describe(change, pair, `dashboard ${change.place[1]}`),
            }
          : undefined;
      },
    },
  ],
};

function isDashboard({ source }: { source: { value: JsonObject } }): boolean {
  return (
    objectAt(source.value, 'metadata', 'labels')[DASHBOARD_LABEL] !== undefined
  );
}
