import type { Clock } from '../../core';
import {
  isPod,
  isPodDisruptionBudget,
  isReady,
  type Condition,
  type PodDisruptionBudget,
} from '../objects';
import { kindNamed } from '../resources';
import { matchesSelector } from '../selectors';
import type { ObjectChange, ObjectStore } from '../store';
import { objectsOf, sameContent, fieldsOf, timestamp } from '../values';
import type { Controller } from './controllerManager';
import { shareOf } from './rollout';

/** Says how many pods of a budget may be disrupted now. Keys are namespaces. */
export class DisruptionController implements Controller {
  readonly name = 'disruption';

  constructor(
    private readonly store: ObjectStore,
    private readonly clock: Clock,
  ) {}

  concerns({ object }: ObjectChange): readonly string[] {
    const { namespace } = object.metadata;
    return namespace !== undefined &&
      (isPod(object) || isPodDisruptionBudget(object))
      ? [namespace]
      : [];
  }

  sync(namespace: string): void {
    this.store
      .list(kindNamed('PodDisruptionBudget'), namespace)
      .filter(isPodDisruptionBudget)
      .forEach(budget => this.update(budget));
  }

  private update(budget: PodDisruptionBudget): void {
    const { selector = {}, minAvailable, maxUnavailable } = budget.spec;
    const pods = this.store
      .list(kindNamed('Pod'), budget.metadata.namespace)
      .filter(isPod)
      .filter(
        pod =>
          pod.metadata.deletionTimestamp === undefined &&
          matchesSelector(selector, pod.metadata.labels ?? {}),
      );
    const expectedPods = pods.length;
    const currentHealthy = pods.filter(isReady).length;
    const desiredHealthy =
      maxUnavailable === undefined
        ? shareOf(minAvailable, expectedPods, Math.ceil)
        : Math.max(
            expectedPods - shareOf(maxUnavailable, expectedPods, Math.ceil),
            0,
          );
    const disruptionsAllowed =
      expectedPods === 0 ? 0 : Math.max(currentHealthy - desiredHealthy, 0);
    const counts = {
      disruptionsAllowed,
      currentHealthy,
      desiredHealthy,
      expectedPods,
    };
    const before = fieldsOf(budget.status);
    const condition = this.condition(
      budget,
      disruptionsAllowed > 0,
      objectsOf(before.conditions)[0],
    );
    const status = {
      observedGeneration: budget.metadata.generation,
      ...counts,
      conditions: [condition],
    };
    if (!sameContent(status, before)) {
      this.store.write(
        { ...budget, status },
        {
          manager: 'kube-controller-manager',
          operation: 'Update',
          subresource: 'status',
        },
      );
    }
  }

  private condition(
    budget: PodDisruptionBudget,
    allowed: boolean,
    before: Partial<Condition> | undefined,
  ): Condition {
    const status = allowed ? 'True' : 'False';
    return {
      type: 'DisruptionAllowed',
      status,
      observedGeneration: budget.metadata.generation,
      lastTransitionTime:
        before?.status === status
          ? before.lastTransitionTime
          : timestamp(this.clock.now()),
      reason: allowed ? 'SufficientPods' : 'InsufficientPods',
      message: '',
    };
  }
}
