import { targetsOf } from '../../intent';
import {
  JsonObject,
  isObject,
  objectAt,
  objectsAt,
  stringAt,
} from '../../model/json';
import { spellingsOf } from '../../model/tokens';
import { readYaml } from '../../model/readYaml';
import { Rule, RuleContext, Verdict, notApplicable } from '../rule';
import {
  needsRepository,
  onFile,
  RepositoryText,
  yamlFiles,
} from '../repository/files';
import { rolesOf } from '../view';
import { receiversOf, severityOf, timedOut } from './routing';

const PAGERS =
  /^(pagerduty|opsgenie|victorops|pushover|incidentio|rootly)_?configs$/i;
/** What may wake somebody, depending on who listens. */
const WEBHOOKS = /^(webhook|sns)_?configs$/i;
const ANY = /_?configs$/i;

export const alertRoutes: Rule = {
  id: 'OBS-04',
  kind: 'absolute',
  title: 'A critical alert of production wakes somebody, and no other does',
  guideStep: 23,
  sources: ['repository'],
  semantics:
    'Routes of Alertmanager, in a file of its own, in the values of a chart, in a ConfigMap or in an AlertmanagerConfig, tried with every environment and severity: critical alerts of production page, at any time; nothing of another environment does, unless the intent has it page; an alert without labels is not dropped.',
  remedy:
    'Route by the labels environment and severity, the most special route first.',
  appliesTo: context => {
    const repository = needsRepository(context);
    return repository.applies && configurations(context).length === 0
      ? notApplicable('The repository has no configuration of Alertmanager')
      : repository;
  },
  evaluate: context =>
    configurations(context).flatMap(({ file, config }) => {
      const problems = routeProblems(context, file, config);
      return problems.length > 0 ? problems : [onFile(context, file)];
    }),
};

/** How deep in the values of a chart a configuration is looked for. */
const MAX_DEPTH = 6;

function configurations(
  context: RuleContext,
): { file: RepositoryText; config: JsonObject }[] {
  return yamlFiles(context, /\.ya?ml$/, 'receivers').flatMap(
    ({ file, value }) =>
      [
        ...configurationsIn(value, 0),
        ...(value.kind === 'ConfigMap' ? inTexts(objectAt(value, 'data')) : []),
      ].map(config => ({ file, config })),
  );
}

function configurationsIn(value: unknown, depth: number): JsonObject[] {
  if (!isObject(value) || depth > MAX_DEPTH) {
    return [];
  }
  return isObject(value.route) && Array.isArray(value.receivers)
    ? [value]
    : Object.values(value).flatMap(entry => configurationsIn(entry, depth + 1));
}

/** Configurations that a ConfigMap holds as texts. */
function inTexts(data: JsonObject): JsonObject[] {
  return Object.entries(data).flatMap(([name, text]) => {
    if (typeof text !== 'string' || !/alertmanager.*\.ya?ml$/.test(name)) {
      return [];
    }
    try {
      return readYaml({ name, text }).documents.flatMap(({ value }) =>
        configurationsIn(value, 0),
      );
    } catch {
      // A template, which is a configuration only when it is filled.
      return [];
    }
  });
}

function routeProblems(
  context: RuleContext,
  file: RepositoryText,
  config: JsonObject,
): Verdict[] {
  const receivers = new Map(
    objectsAt(config, 'receivers').map(receiver => [
      stringAt(receiver, 'name') ?? '',
      receiver,
    ]),
  );
  const route = objectAt(config, 'route');
  const reached = (labels: Readonly<Record<string, string>>) =>
    receiversOf(route, { labels: { ...labels, service: context.service } });
  const has = (kind: RegExp) => (name: string) =>
    hasConfig(receivers.get(name), kind);
  const pages = has(PAGERS);
  const critical = severityOf(route);
  const problems: Verdict[] = [];
  const own = environmentOf(context, file);
  for (const [name, role] of rolesOf(context.intent)) {
    if (own !== undefined && own !== name) {
      continue;
    }
    const labels = labelsOf(context, name);
    const found = reached({ ...labels, severity: critical });
    const names = [...new Set(found.map(({ receiver }) => receiver))];
    const isPaged =
      found.some(({ receiver, isCertain }) => isCertain && pages(receiver)) ||
      names.every(pages);
    if (role === 'prod' && !isPaged && names.some(pages)) {
      problems.push(
        onFile(context, file, {
          outcome: 'unknown',
          environments: [name],
          near: 'route:',
          reason: `Whether a ${critical} alert of ${name} wakes somebody is for labels to tell that are not known here, or for a pattern that cannot be read: it goes to ${names.join(
            ' or ',
          )}`,
        }),
      );
    }
    if (role === 'prod' && !names.some(pages)) {
      const isOpen = names.some(has(WEBHOOKS));
      problems.push(
        onFile(context, file, {
          environments: [name],
          near: 'route:',
          ...(isOpen ? { outcome: 'unknown' as const } : {}),
          reason: isOpen
            ? `Whether a ${critical} alert of ${name} wakes somebody is for the webhook of ${names.join(
                ', ',
              )} to tell`
            : `A ${critical} alert of ${name} wakes nobody: it goes to ${names.join(
                ', ',
              )}`,
        }),
      );
    }
    const paging = found.filter(({ receiver }) => pages(receiver));
    if (role === 'prod' && paging.length > 0 && paging.every(timedOut)) {
      problems.push(
        onFile(context, file, {
          outcome: 'warn',
          environments: [name],
          near: paging[0].intervals[0],
          reason: `A ${critical} alert of ${name} wakes nobody at some times: ${paging[0].intervals.join(
            ', ',
          )}`,
        }),
      );
    }
    for (const severity of [critical, 'warning', 'info']) {
      const paged = reached({ ...labels, severity }).filter(({ receiver }) =>
        pages(receiver),
      );
      const woken = paged.find(({ isCertain }) => isCertain) ?? paged[0];
      const mayPage =
        severity !== 'info' && (role === 'prod' || isPaging(context, name));
      if (woken && !mayPage) {
        problems.push(
          onFile(context, file, {
            environments: [name],
            near: woken.receiver,
            ...(woken.isCertain ? {} : { outcome: 'unknown' as const }),
            reason: woken.isCertain
              ? `A ${severity} alert of ${name} wakes somebody, by ${woken.receiver}`
              : `A ${severity} alert of ${name} may wake somebody, by ${woken.receiver}: labels tell that are not known here, or a pattern that cannot be read`,
          }),
        );
      }
    }
  }
  // Of an AlertmanagerConfig the operator lets only alerts of its namespace reach it.
  const unlabelled = receiversOf(route, {
    labels: { service: context.service },
    isComplete: true,
  });
  const isTold = unlabelled.map(({ receiver }) => has(ANY)(receiver));
  if (
    !isTold.every(Boolean) &&
    !unlabelled.some(({ isCertain }, index) => isCertain && isTold[index])
  ) {
    const isOpen = isTold.some(Boolean);
    problems.push(
      onFile(context, file, {
        near: 'route:',
        ...(isOpen ? { outcome: 'unknown' as const } : {}),
        reason: isOpen
          ? 'Whether an alert without the label environment is told to anybody is for a pattern to tell that cannot be read'
          : 'An alert without the label environment is told to nobody',
      }),
    );
  }
  return problems;
}

/** The one environment whose name is in the path of a file, where an Alertmanager of its own is configured. */
function environmentOf(
  context: RuleContext,
  file: RepositoryText,
): string | undefined {
  const names = context.intent.environments.map(({ name }) => name);
  const words = file.name.split(/[/._-]/);
  const found = names.filter(name =>
    spellingsOf(name, names).some(word => words.includes(word)),
  );
  return found.length === 1 ? found[0] : undefined;
}

function isPaging(context: RuleContext, name: string): boolean {
  return context.intent.environments.some(
    environment =>
      environment.name === name && environment.observability?.paging === true,
  );
}

/** The labels that tell alerts of an environment from others, by the names that people give them. */
function labelsOf(
  context: RuleContext,
  name: string,
): Readonly<Record<string, string>> {
  const environment = context.intent.environments.find(
    entry => entry.name === name,
  );
  const [target] = environment ? targetsOf(environment) : [];
  return {
    // Routes for one alert by its name are for others.
    alertname: '',
    environment: name,
    env: name,
    stage: name,
    ...(target ? { namespace: target.namespace, cluster: target.cluster } : {}),
  };
}

function hasConfig(receiver: JsonObject | undefined, kind: RegExp): boolean {
  return Object.entries(receiver ?? {}).some(
    ([key, value]) =>
      kind.test(key) && Array.isArray(value) && value.length > 0,
  );
}
