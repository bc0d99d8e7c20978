import { mergeApplied } from '../cluster/apply';
import { applyDefaults } from '../cluster/defaults';
import { canonicalJson, clone } from '../cluster/values';
import type { KubeObject } from '../core';
import { healthOf } from './health';
import { isNamespaced } from './projectRules';
import {
  groupVersionOf,
  keyOf,
  TRACKING_ANNOTATION,
  type HealthStatus,
  type ResourceStatus,
  type SyncStatusCode,
} from './resources';

export const FIELD_MANAGER = 'argocd-controller';

/** One resource of an application: as git wants it, as it lives, or both. */
export interface ManagedResource {
  /** The target, or else the live object: for its name and kind. */
  readonly identity: KubeObject;
  readonly target?: KubeObject;
  readonly live?: KubeObject;
  /** The live object after the target would be applied to it. */
  readonly predicted?: KubeObject;
  readonly status: SyncStatusCode;
  readonly requiresPruning: boolean;
  readonly health?: HealthStatus;
}

function trackingId(application: string, object: KubeObject, home: string) {
  const { group } = groupVersionOf(object.apiVersion);
  const { namespace = home, name } = object.metadata;
  return `${application}:${group}/${object.kind}:${namespace}/${name}`;
}

/** Rendered objects as they are applied: in their namespace, and marked as the application's. */
export function targetsOf(
  application: string,
  home: string,
  manifests: readonly KubeObject[],
): KubeObject[] {
  return manifests.map(manifest => {
    const target = clone(manifest);
    if (isNamespaced(target)) {
      target.metadata.namespace ??= home;
    }
    target.metadata.annotations = {
      ...target.metadata.annotations,
      [TRACKING_ANNOTATION]: trackingId(application, target, home),
    };
    return target;
  });
}

/** An object that carries another's tracking annotation, as a ReplicaSet does that of its Deployment, is not meant by it. */
function isTrackedBy(
  application: string,
  home: string,
  object: KubeObject,
): boolean {
  return (
    object.metadata.annotations?.[TRACKING_ANNOTATION] ===
    trackingId(application, object, home)
  );
}

/** The live object as server-side apply would leave it. */
function predict(live: KubeObject, target: KubeObject): KubeObject {
  const merged = mergeApplied(live, target, {
    manager: FIELD_MANAGER,
    operation: 'Apply',
  });
  applyDefaults(merged);
  return merged;
}

/** Without what the server alone writes. */
export function normalized(object: KubeObject): KubeObject {
  const { status, ...rest } = clone(object);
  const { creationTimestamp, generation, ...metadata } = rest.metadata;
  return { ...rest, metadata };
}

function contentOf(object: KubeObject): string {
  const { resourceVersion, uid, managedFields, ...metadata } =
    normalized(object).metadata;
  return canonicalJson({ ...normalized(object), metadata });
}

const byKind = (left: ManagedResource, right: ManagedResource) => {
  const [first, second] = [keyOf(left.identity), keyOf(right.identity)];
  return first < second ? -1 : Number(first > second);
};

/**
 * Compares what git wants with what lives.
 *
 * @param targets - undefined when they could not be loaded: then nothing can be said, and nothing needs pruning.
 */
export function compareResources(options: {
  application: string;
  /** Namespace of the destination. */
  home: string;
  targets: readonly KubeObject[] | undefined;
  live: readonly KubeObject[];
}): ManagedResource[] {
  const { application, home, targets, live } = options;
  const liveByKey = new Map(live.map(object => [keyOf(object), object]));
  const wanted = new Set((targets ?? []).map(keyOf));
  const resources = (targets ?? []).map((target): ManagedResource => {
    const object = liveByKey.get(keyOf(target));
    if (!object) {
      return {
        identity: target,
        target,
        status: 'OutOfSync',
        requiresPruning: false,
        health: { status: 'Missing' },
      };
    }
    const predicted = predict(object, target);
    return {
      identity: target,
      target,
      live: object,
      predicted,
      status:
        contentOf(predicted) === contentOf(object) ? 'Synced' : 'OutOfSync',
      requiresPruning: false,
      health: healthOf(object),
    };
  });
  const left = live
    .filter(
      object =>
        !wanted.has(keyOf(object)) && isTrackedBy(application, home, object),
    )
    .map(
      (object): ManagedResource => ({
        identity: object,
        live: object,
        status: targets ? 'OutOfSync' : 'Unknown',
        requiresPruning: targets !== undefined,
        health: healthOf(object),
      }),
    );
  return [...resources, ...left].sort(byKind);
}

/** An entry of `status.resources`. */
export function resourceStatusOf(resource: ManagedResource): ResourceStatus {
  const object = resource.identity;
  const { group, version } = groupVersionOf(object.apiVersion);
  return {
    ...(group !== '' && { group }),
    version,
    kind: object.kind,
    ...(object.metadata.namespace && { namespace: object.metadata.namespace }),
    name: object.metadata.name,
    status: resource.status,
    ...(resource.health && { health: resource.health }),
    ...(resource.requiresPruning && { requiresPruning: true }),
  };
}
