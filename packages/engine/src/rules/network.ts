import { Change } from '../differences/changes';
import { shownValue } from '../model/canonical';
import { JsonObject, objectAt, objectsAt, valueAt } from '../model/json';
import { describe } from './subjects';
import { always, EnvironmentView, Rule, Verdict } from './rule';
import { objectsOfKind } from './view';

const POLICY = 'networking.k8s.io/NetworkPolicy';

type Direction = 'Ingress' | 'Egress';

export const networkPolicies: Rule = {
  id: 'K8S-16',
  kind: 'must match',
  title: 'Network policies deny by default, and are the same everywhere',
  guideStep: 3,
  sources: ['manifests'],
  semantics:
    'Every environment denies all ingress and all egress by default and has no policy that allows everything; its other policies are those of every other environment.',
  remedy:
    'Define the policies in the base: a default-deny for all pods with both policyTypes, and one policy for each thing that is allowed.',
  appliesTo: always,
  subjects: context => [
    ...new Set(
      context.environments.flatMap(environment =>
        objectsOfKind(environment, POLICY).map(({ subject }) => subject),
      ),
    ),
  ],
  claims: [
    {
      at: ['/$', '/spec/ingress', '/spec/egress', '/spec/policyTypes'],
      kinds: [POLICY],
      judge: (change, pair) => ({
        class: 'violation',
        reason: describe(
          change,
          pair,
          change.path.length === 0
            ? `network policy ${change.subject.split(' ')[1]}`
            : change.place.slice(1).join(' '),
        ),
      }),
    },
  ],
  evaluate: context =>
    context.environments.flatMap(environment => [
      ...missingDefault(environment),
      ...allowingAll(environment),
    ]),
};

/** As the API server fills it in. */
function directionsOf(spec: JsonObject): readonly Direction[] {
  const types = valueAt(spec, 'policyTypes');
  if (Array.isArray(types) && types.length > 0) {
    return (['Ingress', 'Egress'] as const).filter(type =>
      types.includes(type),
    );
  }
  return objectsAt(spec, 'egress').length > 0
    ? ['Ingress', 'Egress']
    : ['Ingress'];
}

function rulesOf(spec: JsonObject, direction: Direction) {
  return objectsAt(spec, direction === 'Ingress' ? 'ingress' : 'egress');
}

function selectsAll(spec: JsonObject): boolean {
  const selector = objectAt(spec, 'podSelector');
  return (
    Object.keys(objectAt(selector, 'matchLabels')).length === 0 &&
    objectsAt(selector, 'matchExpressions').length === 0
  );
}

/** Whether a change takes the default away: the policy as a whole, or a direction of it. */
function isDefaultDeny({ kind, path, before, after }: Change): boolean {
  if (kind !== POLICY) {
    return false;
  }
  const node = before ?? after;
  if (path.length > 0 || !node) {
    return path.join('/') === 'spec/policyTypes';
  }
  const spec = objectAt(shownValue(node), 'spec');
  return (
    selectsAll(spec) && spec.ingress === undefined && spec.egress === undefined
  );
}

function missingDefault(environment: EnvironmentView): Verdict[] {
  const specs = objectsOfKind(environment, POLICY).map(({ source }) =>
    objectAt(source.value, 'spec'),
  );
  const open = (['Ingress', 'Egress'] as const).filter(
    direction =>
      !specs.some(
        spec =>
          selectsAll(spec) &&
          directionsOf(spec).includes(direction) &&
          // A policy that allows everything is told as such, and denied nothing before.
          (rulesOf(spec, direction).length === 0 || allowsAll(spec, direction)),
      ),
  );
  return open.length === 0
    ? []
    : [
        {
          outcome: 'fail',
          environments: [environment.name],
          subject: `environment ${environment.name}`,
          reason: `Nothing denies ${open
            .join(' and ')
            .toLowerCase()} by default`,
          explains: isDefaultDeny,
        },
      ];
}

function allowingAll(environment: EnvironmentView): Verdict[] {
  return objectsOfKind(environment, POLICY).flatMap(({ source, subject }) => {
    const spec = objectAt(source.value, 'spec');
    return directionsOf(spec).flatMap((direction): Verdict[] => {
      const field = direction === 'Ingress' ? 'ingress' : 'egress';
      return allowsAll(spec, direction)
        ? [
            {
              outcome: 'fail',
              environments: [environment.name],
              subject,
              path: ['spec', field],
              reason: `It allows all ${field}`,
              remedy: 'Name the peers and the ports that are needed.',
            },
          ]
        : [];
    });
  });
}

function allowsAll(spec: JsonObject, direction: Direction): boolean {
  const peers = direction === 'Ingress' ? 'from' : 'to';
  return rulesOf(spec, direction).some(
    rule =>
      objectsAt(rule, 'ports').length === 0 &&
      (objectsAt(rule, peers).length === 0 ||
        objectsAt(rule, peers).some(isEveryAddress)),
  );
}

function isEveryAddress(peer: JsonObject): boolean {
  const block = objectAt(peer, 'ipBlock');
  const except = valueAt(block, 'except');
  return (
    (block.cidr === '0.0.0.0/0' || block.cidr === '::/0') &&
    !(Array.isArray(except) && except.length > 0)
  );
}
