import { ModelObject } from '../model/environmentModel';
import { isObject, JsonObject, objectAt, valueAt } from '../model/json';
import { isWorkload } from '../model/workloads';
import { describe } from './subjects';
import {
  always,
  EnvironmentView,
  notApplicable,
  Rule,
  RuleContext,
  Verdict,
} from './rule';
import { objectsOfKind } from './view';

/** Labels that say which environment an object is in. */
const ENVIRONMENT_LABELS = new Set([
  'environment',
  'env',
  'app.kubernetes.io/environment',
]);

const SELECTOR_PATHS = [
  ['spec', 'selector'],
  ['spec', 'podSelector'],
];

export const selectors: Rule = {
  id: 'K8S-05',
  kind: 'must match',
  title: 'Selectors are the same everywhere',
  guideStep: 11,
  sources: ['manifests'],
  semantics:
    'Selectors of workloads, Services, disruption budgets, network policies and monitors are the same in every environment, and contain no label that names the environment.',
  remedy:
    'Define the selector in the base. Add the environment as a label outside of selectors (kustomize: labels with includeSelectors: false).',
  appliesTo: always,
  subjects: context => [
    ...new Set(
      context.environments.flatMap(environment =>
        [...environment.objects.values()]
          .filter(hasSelector)
          .map(object => object.subject),
      ),
    ),
  ],
  claims: [
    {
      at: ['/spec/selector', '/spec/podSelector'],
      judge: (change, pair) => ({
        class: 'violation',
        reason: describe(
          change,
          pair,
          ['the selector', ...change.place.slice(2)].join(' '),
        ),
      }),
    },
  ],
  evaluate: context =>
    context.environments.flatMap(environment =>
      [...environment.objects.values()].flatMap(object =>
        environmentLabels(environment, object),
      ),
    ),
};

function hasSelector(object: ModelObject): boolean {
  return SELECTOR_PATHS.some(path =>
    isObject(valueAt(object.source.value, ...path)),
  );
}

function environmentLabels(
  environment: EnvironmentView,
  object: ModelObject,
): Verdict[] {
  return SELECTOR_PATHS.flatMap(path => {
    const selector = objectAt(object.source.value, ...path);
    const isFlat =
      !isWorkload(object.kind) &&
      !isObject(selector.matchLabels) &&
      !Array.isArray(selector.matchExpressions);
    const labels: JsonObject = isFlat
      ? selector
      : objectAt(selector, 'matchLabels');
    const at = isFlat ? path : [...path, 'matchLabels'];
    return Object.entries(labels)
      .filter(
        ([key, value]) =>
          ENVIRONMENT_LABELS.has(key) || value === environment.name,
      )
      .map(([key, value]) => ({
        outcome: 'fail' as const,
        environments: [environment.name],
        subject: object.subject,
        path: [...at, key],
        reason: `The selector contains the label ${key}: ${value}, which differs by environment and cannot be changed later`,
      }));
  });
}

export const servicePorts: Rule = {
  id: 'K8S-06',
  kind: 'must match',
  title: 'Services have the same ports and type everywhere',
  guideStep: 11,
  sources: ['manifests'],
  semantics:
    'Every Service has the same type and the same ports: number, name, protocol, and the container port behind it.',
  remedy: 'Define the Service in the base.',
  appliesTo: (context: RuleContext) =>
    context.environments.some(
      environment => objectsOfKind(environment, 'Service').length > 0,
    )
      ? { applies: true }
      : notApplicable('There is no Service'),
  subjects: context => [
    ...new Set(
      context.environments.flatMap(environment =>
        objectsOfKind(environment, 'Service').map(object => object.subject),
      ),
    ),
  ],
  claims: [
    {
      at: ['/spec/ports', '/spec/type', '/spec/clusterIP'],
      kinds: ['Service'],
      judge: (change, pair) => ({
        class: 'violation',
        reason: describe(
          change,
          pair,
          change.place[1] === 'ports'
            ? ['port', ...change.place.slice(2)].join(' ')
            : change.place[1],
        ),
      }),
    },
  ],
};
