import { GENERATED_SUFFIX, ModelObject } from '../../model/environmentModel';
import { JsonObject, objectAt, objectsAt, stringAt } from '../../model/json';
import { lenderOf, ROLLOUT, WorkloadReference } from '../../model/workloads';
import { EnvironmentView } from '../rule';
import { containersOf, objectsOfKind, podSpec } from '../view';

/** A name that nothing has, while something has it with what Kustomize puts around names. */
export interface StaleReference {
  /** `Rollout checkout` */
  readonly holder: string;
  readonly reference: WorkloadReference;
  /** What the object is called. */
  readonly renamed: string;
}

/**
 * Names in Rollouts, and in autoscalers of Rollouts, that Kustomize left as they were when it renamed their objects. It knows where
 * the kinds of Kubernetes itself name others, and of no other kind. Its `images` reach every container, whatever the kind.
 *
 * @param affixes - what the overlay puts around names.
 */
export function staleReferences(
  environment: EnvironmentView,
  { prefix, suffix }: { prefix: string; suffix: string },
): StaleReference[] {
  return referencesOf(environment).flatMap(({ holder, reference }) => {
    const names = objectsOfKind(environment, reference.kind).map(
      ({ source }) => source.name,
    );
    const renamed = names.find(
      name =>
        name.replace(GENERATED_SUFFIX, '') ===
        `${prefix}${reference.name}${suffix}`,
    );
    return renamed === undefined || names.includes(reference.name)
      ? []
      : [{ holder, reference, renamed }];
  });
}

function referencesOf(
  environment: EnvironmentView,
): Omit<StaleReference, 'renamed'>[] {
  const rollouts = objectsOfKind(environment, ROLLOUT).flatMap(rollout => {
    const holder = `${rollout.source.kind} ${rollout.source.name}`;
    return [
      ...new Map(
        namedBy(rollout).map(reference => [
          `${reference.kind} ${reference.name}`,
          { holder, reference },
        ]),
      ).values(),
    ];
  });
  const autoscalers = objectsOfKind(
    environment,
    'autoscaling/HorizontalPodAutoscaler',
  ).flatMap(({ source }) => {
    const target = objectAt(source.value, 'spec', 'scaleTargetRef');
    const name = stringAt(target, 'name');
    return target.kind === 'Rollout' && name !== undefined
      ? [
          {
            holder: `${source.kind} ${source.name}`,
            reference: { kind: ROLLOUT, name },
          },
        ]
      : [];
  });
  return [...rollouts, ...autoscalers];
}

function namedBy(rollout: ModelObject): WorkloadReference[] {
  const { value } = rollout.source;
  const lender = lenderOf(rollout.kind, value);
  const strategy = objectAt(value, 'spec', 'strategy');
  const [canary, blueGreen] = ['canary', 'blueGreen'].map(name =>
    objectAt(strategy, name),
  );
  const spec = podSpec(rollout);
  return [
    ...(lender ? [lender] : []),
    ...named('Service', canary, 'canaryService', 'stableService'),
    ...named('Service', blueGreen, 'activeService', 'previewService'),
    ...containersOf(rollout).flatMap(container => inContainer(container.value)),
    ...objectsAt(spec, 'volumes').flatMap(volume => [
      ...named('ConfigMap', objectAt(volume, 'configMap'), 'name'),
      ...named('Secret', objectAt(volume, 'secret'), 'secretName'),
      ...named(
        'PersistentVolumeClaim',
        objectAt(volume, 'persistentVolumeClaim'),
        'claimName',
      ),
      ...objectsAt(volume, 'projected', 'sources').flatMap(inSource),
    ]),
    ...named('ServiceAccount', spec, 'serviceAccountName'),
  ];
}

function inContainer(container: JsonObject): WorkloadReference[] {
  return [
    ...objectsAt(container, 'env').flatMap(variable => [
      ...named(
        'ConfigMap',
        objectAt(variable, 'valueFrom', 'configMapKeyRef'),
        'name',
      ),
      ...named(
        'Secret',
        objectAt(variable, 'valueFrom', 'secretKeyRef'),
        'name',
      ),
    ]),
    ...objectsAt(container, 'envFrom').flatMap(source => [
      ...named('ConfigMap', objectAt(source, 'configMapRef'), 'name'),
      ...named('Secret', objectAt(source, 'secretRef'), 'name'),
    ]),
  ];
}

function inSource(source: JsonObject): WorkloadReference[] {
  return [
    ...named('ConfigMap', objectAt(source, 'configMap'), 'name'),
    ...named('Secret', objectAt(source, 'secret'), 'name'),
  ];
}

function named(
  kind: string,
  holder: JsonObject,
  ...fields: readonly string[]
): WorkloadReference[] {
  return fields.flatMap(field => {
    const name = stringAt(holder, field);
    return name === undefined ? [] : [{ kind, name }];
  });
}
