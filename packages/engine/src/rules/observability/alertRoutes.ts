import { JsonObject, isObject, objectsAt, stringAt } from '../../model/json';
import { Rule, RuleContext, Verdict, notApplicable } from '../rule';
import {
  needsRepository,
  onFile,
  RepositoryText,
  yamlFiles,
} from '../repository/files';
import { rolesOf } from '../view';

const PAGERS = /^(pagerduty|opsgenie|victorops)_configs$/;

export const alertRoutes: Rule = {
  id: 'OBS-04',
  kind: 'absolute',
  title: 'A critical alert of production wakes somebody, and no other does',
  guideStep: 23,
  sources: ['repository'],
  semantics:
    'Routes of Alertmanager, tried with every environment and severity: critical alerts of production page; nothing of another environment does, unless the intent has it page; an alert without labels is not dropped.',
  remedy:
    'Route by the labels environment and severity, the most special route first.',
  appliesTo: context => {
    const repository = needsRepository(context);
    return repository.applies && configurations(context).length === 0
      ? notApplicable('The repository has no configuration of Alertmanager')
      : repository;
  },
  evaluate: context =>
    configurations(context).flatMap(({ file, value }) => {
      const problems = routeProblems(context, file, value);
      return problems.length > 0 ? problems : [onFile(context, file)];
    }),
};

function configurations(context: RuleContext) {
  return yamlFiles(context, /\.ya?ml$/, 'receivers:').filter(
    ({ value }) => isObject(value.route) && Array.isArray(value.receivers),
  );
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
  const reached = (labels: Record<string, string>) =>
    isObject(config.route)
      ? receiversOf(config.route, { ...labels, service: context.service }, '')
      : [];
  const pages = (name: string) => hasConfig(receivers.get(name), PAGERS);
  const tells = (name: string) => hasConfig(receivers.get(name), /_configs$/);
  const wanted = (name: string) =>
    context.intent.environments.some(
      environment =>
        environment.name === name && environment.observability?.paging === true,
    );
  const problems: Verdict[] = [];
  for (const [name, role] of rolesOf(context.intent)) {
    const critical = reached({ environment: name, severity: 'critical' });
    if (role === 'prod' && !critical.some(pages)) {
      problems.push(
        onFile(context, file, {
          environments: [name],
          near: 'route:',
          reason: `A critical alert of ${name} wakes nobody: it goes to ${critical.join(
            ', ',
          )}`,
        }),
      );
    }
    for (const severity of ['critical', 'warning', 'info']) {
      const paging = reached({ environment: name, severity }).filter(pages);
      const mayPage = severity !== 'info' && (role === 'prod' || wanted(name));
      if (paging.length > 0 && !mayPage) {
        problems.push(
          onFile(context, file, {
            environments: [name],
            near: paging[0],
            reason: `A ${severity} alert of ${name} wakes somebody, by ${paging[0]}`,
          }),
        );
      }
    }
  }
  const unlabelled = reached({});
  if (!unlabelled.some(tells)) {
    problems.push(
      onFile(context, file, {
        near: 'route:',
        reason: 'An alert without the label environment is told to nobody',
      }),
    );
  }
  return problems;
}

function hasConfig(receiver: JsonObject | undefined, kind: RegExp): boolean {
  return Object.entries(receiver ?? {}).some(
    ([key, value]) =>
      kind.test(key) && Array.isArray(value) && value.length > 0,
  );
}

/** The receivers that an alert reaches: the deepest routes that match, and the next ones where a route continues. */
function receiversOf(
  route: JsonObject,
  labels: Record<string, string>,
  inherited: string,
): string[] {
  const receiver = stringAt(route, 'receiver') ?? inherited;
  const found: string[] = [];
  for (const child of objectsAt(route, 'routes')) {
    if (matches(child, labels)) {
      found.push(...receiversOf(child, labels, receiver));
      if (child.continue !== true) {
        break;
      }
    }
  }
  return found.length > 0 ? found : [receiver];
}

function matches(route: JsonObject, labels: Record<string, string>): boolean {
  const listed = Array.isArray(route.matchers) ? route.matchers : [];
  return (
    listed.every(matcher => matchesText(String(matcher), labels)) &&
    Object.entries(isObject(route.match) ? route.match : {}).every(
      ([label, value]) => (labels[label] ?? '') === String(value),
    ) &&
    Object.entries(isObject(route.match_re) ? route.match_re : {}).every(
      ([label, value]) => anchored(String(value)).test(labels[label] ?? ''),
    )
  );
}

/** `severity="critical"`, `environment=~"dev|staging"`; several stand in braces, with commas between. */
function matchesText(text: string, labels: Record<string, string>): boolean {
  return text
    .replace(/^\s*\{|\}\s*$/g, '')
    .split(/,(?=\s*[\w:"]+\s*[=!])/)
    .filter(part => part.trim() !== '')
    .every(part => {
      const parsed = /^\s*"?([\w:]+)"?\s*(=~|!~|!=|=)\s*"?(.*?)"?\s*$/.exec(
        part,
      );
      if (!parsed) {
        return false;
      }
      const [, label, operator, value] = parsed;
      const actual = labels[label] ?? '';
      switch (operator) {
        case '=':
          return actual === value;
        case '!=':
          return actual !== value;
        case '=~':
          return anchored(value).test(actual);
        default:
          return !anchored(value).test(actual);
      }
    });
}

function anchored(pattern: string): RegExp {
  try {
    return new RegExp(`^(?:${pattern})$`);
  } catch {
    return /^$/;
  }
}
