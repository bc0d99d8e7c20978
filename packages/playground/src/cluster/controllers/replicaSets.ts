import type { Clock } from '../../core';
import {
  controllerOf,
  isPod,
  isReady,
  isReplicaSet,
  type Condition,
  type Pod,
  type ReplicaSet,
  type ReplicaSetStatus,
} from '../objects';
import { randomSuffix } from '../randomName';
import { kindNamed } from '../resources';
import type { ObjectChange, ObjectStore } from '../store';
import { clone, sameContent, timestamp } from '../values';
import type { Writes } from '../writes';
import { conditionOf, withCondition, withoutCondition } from './conditions';
import type { Controller } from './controllerManager';

const WRITER = {
  manager: 'kube-controller-manager',
  operation: 'Update',
} as const;

export interface ReplicaSetControllerOptions {
  store: ObjectStore;
  writes: Writes;
  clock: Clock;
}

/** Keeps as many pods as a ReplicaSet asks for. Keys are `namespace/name`. */
export class ReplicaSetController implements Controller {
  readonly name = 'replicaset';

  constructor(private readonly options: ReplicaSetControllerOptions) {}

  concerns({ object, type }: ObjectChange): readonly string[] {
    const { namespace, name } = object.metadata;
    if (isReplicaSet(object)) {
      return type === 'DELETED' ? [] : [`${namespace}/${name}`];
    }
    const owner = controllerOf(object);
    if (isPod(object) && owner?.kind === 'ReplicaSet') {
      const freed = type === 'DELETED' ? this.starved(namespace) : [];
      return [`${namespace}/${owner.name}`, ...freed];
    }
    const mayAdmit = [
      'ResourceQuota',
      'LimitRange',
      'ServiceAccount',
      'PriorityClass',
    ].includes(object.kind);
    return mayAdmit ? this.starved(namespace) : [];
  }

  sync(key: string): void {
    const [namespace, name] = key.split('/');
    const replicaSet = this.options.store.get(
      kindNamed('ReplicaSet'),
      namespace,
      name,
    );
    if (
      !replicaSet ||
      !isReplicaSet(replicaSet) ||
      replicaSet.metadata.deletionTimestamp !== undefined
    ) {
      return;
    }
    const owned = this.options.store
      .list(kindNamed('Pod'), namespace)
      .filter(isPod)
      .filter(pod => controllerOf(pod)?.uid === replicaSet.metadata.uid);
    const active = owned.filter(
      pod => pod.metadata.deletionTimestamp === undefined,
    );
    const failure = this.manage(replicaSet, active);
    // Counted before what has just been created or deleted, as the real controller does: the next look sees it.
    this.writeStatus(replicaSet, active, owned.length - active.length, failure);
  }

  /** ReplicaSets of a namespace that could not create their pods. */
  private starved(namespace: string | undefined): string[] {
    return this.options.store
      .list(kindNamed('ReplicaSet'), namespace)
      .filter(isReplicaSet)
      .filter(({ status }) =>
        conditionOf(status.conditions ?? [], 'ReplicaFailure'),
      )
      .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
  }

  /** Returns why a pod could not be created. */
  private manage(
    replicaSet: ReplicaSet,
    active: readonly Pod[],
  ): string | undefined {
    const missing = replicaSet.spec.replicas - active.length;
    if (missing < 0) {
      [...active]
        .sort(sooner)
        .slice(missing)
        .forEach(pod => this.options.writes.removeObject(pod));
    }
    for (let count = 0; count < missing; count++) {
      try {
        this.options.writes.createPod(podOf(replicaSet));
      } catch (error) {
        if (error instanceof Error) {
          return error.message;
        }
        throw error;
      }
    }
    return undefined;
  }

  private writeStatus(
    replicaSet: ReplicaSet,
    active: readonly Pod[],
    terminating: number,
    failure: string | undefined,
  ): void {
    const ready = active.filter(isReady).length;
    const conditions = this.conditions(
      replicaSet.status.conditions ?? [],
      failure,
    );
    const status: ReplicaSetStatus = {
      replicas: active.length,
      ...(active.length > 0 && { fullyLabeledReplicas: active.length }),
      ...(ready > 0 && { readyReplicas: ready, availableReplicas: ready }),
      terminatingReplicas: terminating,
      observedGeneration: replicaSet.metadata.generation,
      ...(conditions.length > 0 && { conditions }),
    };
    if (!sameContent(status, replicaSet.status)) {
      this.options.store.write(
        { ...replicaSet, status },
        { ...WRITER, subresource: 'status' },
      );
    }
  }

  private conditions(
    present: Condition[],
    failure: string | undefined,
  ): Condition[] {
    if (failure === undefined) {
      return withoutCondition(present, 'ReplicaFailure');
    }
    const lastTransitionTime = timestamp(this.options.clock.now());
    return withCondition(present, {
      type: 'ReplicaFailure',
      status: 'True',
      lastTransitionTime,
      reason: 'FailedCreate',
      message: failure,
    });
  }
}

/** Pods that are to stay come first: those that are ready, then the older. */
function sooner(left: Pod, right: Pod): number {
  const byReadiness = Number(isReady(right)) - Number(isReady(left));
  return (
    byReadiness ||
    Number(left.metadata.resourceVersion) -
      Number(right.metadata.resourceVersion)
  );
}

function podOf(replicaSet: ReplicaSet): Pod {
  const { name, namespace, uid = '' } = replicaSet.metadata;
  const { metadata = {}, spec } = clone(replicaSet.spec.template);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...metadata,
      name: `${name}-${randomSuffix()}`,
      generateName: `${name}-`,
      namespace,
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'ReplicaSet',
          name,
          uid,
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec,
    status: { phase: 'Pending' },
  };
}
