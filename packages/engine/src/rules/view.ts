import { Intent } from '../intent';
import { CanonicalLeaf, CanonicalNode, nodeAt } from '../model/canonical';
import { ModelObject } from '../model/environmentModel';
import {
  JsonObject,
  numberAt,
  objectAt,
  objectsAt,
  stringAt,
} from '../model/json';
import { parseQuantity } from '../model/quantity';
import {
  lenderOf,
  podLabelsOf,
  podSpecOf,
  REPLICATED_KINDS,
  ROLLOUT,
  SCALED_OBJECT,
  templatePath,
  WORKLOAD_KINDS,
} from '../model/workloads';
import { EnvironmentView, Role } from './rule';

/** The part that every environment plays. With two environments there is no staging. */
export function rolesOf(intent: Intent): ReadonlyMap<string, Role> {
  const { environments } = intent;
  const roles = new Map<string, Role>();
  for (const environment of environments) {
    roles.set(
      environment.name,
      environment.kind === 'production' ? 'prod' : 'dev',
    );
  }
  if (environments.length > 2) {
    for (const environment of environments) {
      const before = precedingEnvironment(intent, environment.name);
      if (environment.kind === 'production' && before !== undefined) {
        if (roles.get(before) === 'dev') {
          roles.set(before, 'staging');
        }
      }
    }
  }
  return roles;
}

/** The environment that one is promoted from: as declared, else the one before it. */
export function precedingEnvironment(
  intent: Intent,
  name: string,
): string | undefined {
  const index = intent.environments.findIndex(entry => entry.name === name);
  const environment = intent.environments[index];
  return environment?.delivery.from ?? intent.environments[index - 1]?.name;
}

export function objectsOfKind(
  environment: EnvironmentView,
  ...kinds: readonly string[]
): readonly ModelObject[] {
  return kinds.length === 1
    ? environment.byKind.get(kinds[0]) ?? []
    : kinds.flatMap(kind => environment.byKind.get(kind) ?? []);
}

/** Objects with a pod template; a Rollout that takes its template from another workload has none. */
export function workloadsOf(
  environment: EnvironmentView,
): readonly ModelObject[] {
  return objectsOfKind(environment, ...WORKLOAD_KINDS).filter(
    ({ kind, source }) => lenderOf(kind, source.value) === undefined,
  );
}

/** Objects that keep a number of pods running; what only lends its template to a Rollout does not. */
export function replicatedOf(
  environment: EnvironmentView,
): readonly ModelObject[] {
  return objectsOfKind(environment, ...REPLICATED_KINDS).filter(
    object => borrowersOf(environment, object).length === 0,
  );
}

/** The Rollouts that take their pod template from a workload. */
export function borrowersOf(
  environment: EnvironmentView,
  lender: ModelObject,
): readonly ModelObject[] {
  return objectsOfKind(environment, ROLLOUT).filter(rollout =>
    isLenderOf(rollout, lender),
  );
}

/** The object in which the pod template of a workload stands: itself, or what lends it; undefined where that is somewhere else. */
export function templateHolder(
  environment: EnvironmentView,
  workload: ModelObject,
): ModelObject | undefined {
  const lender = lenderOf(workload.kind, workload.source.value);
  return lender
    ? objectsOfKind(environment, lender.kind).find(candidate =>
        isLenderOf(workload, candidate),
      )
    : workload;
}

function isLenderOf(rollout: ModelObject, candidate: ModelObject): boolean {
  const lender = lenderOf(rollout.kind, rollout.source.value);
  const [a, b] = [rollout.source.namespace, candidate.source.namespace];
  return (
    lender !== undefined &&
    candidate.kind === lender.kind &&
    candidate.source.name === lender.name &&
    (a === undefined || b === undefined || a === b)
  );
}

/** A container of a workload as it was written, with the path by which findings point at it. */
export interface ContainerView {
  readonly name: string;
  readonly value: JsonObject;
  readonly path: readonly string[];
  readonly isInit: boolean;
}

export function containersOf(object: ModelObject): ContainerView[] {
  const template = templatePath(object.kind);
  if (!template) {
    return [];
  }
  const spec = podSpecOf(object.kind, object.source.value);
  return (['initContainers', 'containers'] as const).flatMap(list =>
    objectsAt(spec, list).map(value => {
      const name = stringAt(value, 'name') ?? '';
      return {
        name,
        value,
        path: [...template, 'spec', list, name],
        isInit: list === 'initContainers',
      };
    }),
  );
}

export function podSpec(object: ModelObject): JsonObject {
  return podSpecOf(object.kind, object.source.value);
}

export function podLabels(object: ModelObject): JsonObject {
  return podLabelsOf(object.kind, object.source.value);
}

/** The autoscaler of a workload, if it has one. */
export function autoscalerOf(
  environment: EnvironmentView,
  workload: ModelObject,
): ModelObject | undefined {
  return objectsOfKind(
    environment,
    'autoscaling/HorizontalPodAutoscaler',
    SCALED_OBJECT,
  ).find(({ source }) => {
    const target = objectAt(source.value, 'spec', 'scaleTargetRef');
    return (
      (stringAt(target, 'kind') ?? 'Deployment') === workload.source.kind &&
      stringAt(target, 'name') === workload.source.name
    );
  });
}

/** The field of an autoscaler that has its least or most replicas. */
export function boundOf(
  { kind }: ModelObject,
  bound: 'min' | 'max',
): 'minReplicas' | 'maxReplicas' | 'minReplicaCount' | 'maxReplicaCount' {
  return kind === SCALED_OBJECT ? `${bound}ReplicaCount` : `${bound}Replicas`;
}

/** Replicas that an autoscaler goes down to, or up to; undefined for what it does not say and the API does not fill in. */
export function boundAt(
  autoscaler: ModelObject,
  bound: 'min' | 'max',
): number | undefined {
  const { kind, source } = autoscaler;
  const isKeda = kind === SCALED_OBJECT;
  const filledIn = isKeda ? { min: 0, max: 100 } : { min: 1, max: undefined };
  return (
    numberAt(source.value, 'spec', boundOf(autoscaler, bound)) ??
    filledIn[bound]
  );
}

/** The replicas that are certain to be asked for: the autoscaler's least, else what the workload says, else one. */
export function effectiveReplicas(
  environment: EnvironmentView,
  workload: ModelObject,
): number {
  const autoscaler = autoscalerOf(environment, workload);
  return autoscaler
    ? boundAt(autoscaler, 'min') ?? 1
    : numberAt(workload.source.value, 'spec', 'replicas') ?? 1;
}

/** Whether a label selector matches labels; an empty one matches everything, an absent one nothing. */
export function selects(selector: unknown, labels: JsonObject): boolean {
  if (typeof selector !== 'object' || selector === null) {
    return false;
  }
  const matchLabels = objectAt(selector, 'matchLabels');
  return (
    Object.entries(matchLabels).every(
      ([key, value]) => labels[key] === value,
    ) &&
    objectsAt(selector, 'matchExpressions').every(expression =>
      matchesExpression(expression, labels),
    )
  );
}

function matchesExpression(
  expression: JsonObject,
  labels: JsonObject,
): boolean {
  const key = stringAt(expression, 'key') ?? '';
  const values = Array.isArray(expression.values) ? expression.values : [];
  const has = Object.hasOwn(labels, key);
  switch (expression.operator) {
    case 'In':
      return has && values.includes(labels[key]);
    case 'NotIn':
      return !has || !values.includes(labels[key]);
    case 'Exists':
      return has;
    default:
      return !has;
  }
}

export function leafAt(
  object: ModelObject | undefined,
  path: readonly string[],
): CanonicalLeaf | undefined {
  const node = object && nodeAt(object.node, path);
  return node?.type === 'leaf' ? node : undefined;
}

/** Every leaf below a node, with its path. */
export function leavesOf(
  node: CanonicalNode,
  visit: (path: readonly string[], leaf: CanonicalLeaf) => void,
): void {
  const walk = (current: CanonicalNode, path: readonly string[]) => {
    if (current.type === 'leaf') {
      visit(path, current);
      return;
    }
    for (const [key, entry] of current.entries) {
      walk(entry, [...path, key]);
    }
  };
  walk(node, []);
}

/** The quantity of a leaf of a change, undefined where the node is no quantity. */
export function quantityOf(
  node: CanonicalNode | undefined,
): bigint | undefined {
  return node?.type === 'leaf' ? parseQuantity(node.value) : undefined;
}

/** `staging and prod` */
export function listed(names: readonly string[]): string {
  return names.length < 2
    ? names.join('')
    : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

export function envNames(environments: readonly EnvironmentView[]): string[] {
  return environments.map(environment => environment.name);
}
