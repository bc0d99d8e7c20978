import type { Clock } from '../../core';
import {
  controllerOf,
  isDeployment,
  isReplicaSet,
  type Deployment,
  type DeploymentStatus,
  type ReplicaSet,
} from '../objects';
import { kindNamed } from '../resources';
import type { ObjectChange, ObjectStore } from '../store';
import { sameContent } from '../values';
import { fieldSet, ownableFields } from '../managedFields';
import type { Writes } from '../writes';
import { conditionOf, withCondition } from './conditions';
import type { Controller } from './controllerManager';
import {
  countedStatus,
  progressing,
  rolloutStatus,
  untilDeadline,
} from './deploymentStatus';
import {
  copied,
  findCurrent,
  isScaled,
  nextRevision,
  replicaAnnotations,
  replicaSetOf,
  REVISION,
  REVISION_HISTORY,
  revisionOf,
} from './revisions';
import { newReplicas, oldReplicas, rollingBounds } from './rollout';

const WRITER = {
  manager: 'kube-controller-manager',
  operation: 'Update',
} as const;

export interface DeploymentControllerOptions {
  store: ObjectStore;
  writes: Writes;
  clock: Clock;
  /** Has the controller look at a key again. */
  later: (milliseconds: number, key: string) => void;
}

/** Rolls Deployments out through ReplicaSets. Keys are `namespace/name`. */
export class DeploymentController implements Controller {
  readonly name = 'deployment';

  constructor(private readonly options: DeploymentControllerOptions) {}

  concerns({ object, type }: ObjectChange): readonly string[] {
    const { namespace, name } = object.metadata;
    if (isDeployment(object)) {
      return type === 'DELETED' ? [] : [`${namespace}/${name}`];
    }
    const owner = controllerOf(object);
    return isReplicaSet(object) && owner ? [`${namespace}/${owner.name}`] : [];
  }

  sync(key: string): void {
    const deployment = this.read(key);
    if (!deployment) {
      return;
    }
    const before = this.replicaSetsOf(deployment);
    const current = findCurrent(deployment, before);
    if (deployment.spec.paused || isScaled(deployment, before)) {
      if (current) {
        this.recordRevision(deployment, current, before);
      }
      this.scale(deployment, current, before);
      // Counted before the scaling, as the real controller does: the next look sees it.
      this.writeStatus(key, fresh =>
        countedStatus(fresh, before, current, this.now),
      );
      return;
    }
    this.rollOut(key, deployment, current, before);
  }

  private get now(): number {
    return this.options.clock.now();
  }

  private read(key: string): Deployment | undefined {
    const [namespace, name] = key.split('/');
    const found = this.options.store.get(
      kindNamed('Deployment'),
      namespace,
      name,
    );
    return found &&
      isDeployment(found) &&
      found.metadata.deletionTimestamp === undefined
      ? found
      : undefined;
  }

  /** Oldest first. */
  private replicaSetsOf(deployment: Deployment): ReplicaSet[] {
    return this.options.store
      .list(kindNamed('ReplicaSet'), deployment.metadata.namespace)
      .filter(isReplicaSet)
      .filter(
        replicaSet => controllerOf(replicaSet)?.uid === deployment.metadata.uid,
      )
      .sort((left, right) => revisionOf(left) - revisionOf(right));
  }

  private rollOut(
    key: string,
    deployment: Deployment,
    found: ReplicaSet | undefined,
    before: readonly ReplicaSet[],
  ): void {
    const old = before.filter(replicaSet => replicaSet !== found);
    const recreate = deployment.spec.strategy.type === 'Recreate';
    if (
      recreate &&
      !found &&
      old.some(
        ({ spec, status }) =>
          spec.replicas + status.replicas + (status.terminatingReplicas ?? 0) >
          0,
      )
    ) {
      // All old pods must be gone before the first new one.
      old
        .filter(({ spec }) => spec.replicas > 0)
        .forEach(replicaSet => this.setReplicas(deployment, replicaSet, 0));
      this.writeStatus(key, fresh =>
        countedStatus(fresh, this.replicaSetsOf(fresh), undefined, this.now),
      );
      return;
    }
    const current = found
      ? this.recordRevision(deployment, found, before)
      : this.createReplicaSet(deployment, before);
    const wanted = Math.min(
      newReplicas(deployment, [...old, current], current.spec.replicas),
      Math.max(deployment.spec.replicas, 0),
    );
    if (wanted !== current.spec.replicas) {
      this.setReplicas(deployment, current, wanted);
    } else {
      oldReplicas(deployment, current, old).forEach((replicas, replicaSet) =>
        this.setReplicas(deployment, replicaSet, replicas),
      );
    }
    const status = this.writeStatus(key, fresh => {
      const all = this.replicaSetsOf(fresh);
      return rolloutStatus(
        fresh,
        all,
        findCurrent(fresh, all) ?? current,
        this.now,
      );
    });
    if (
      conditionOf(status?.conditions ?? [], 'Progressing')?.reason ===
      'NewReplicaSetAvailable'
    ) {
      this.forgetOldRevisions(deployment, old);
    }
  }

  private writeStatus(
    key: string,
    compute: (deployment: Deployment) => DeploymentStatus,
  ): DeploymentStatus | undefined {
    const deployment = this.read(key);
    if (!deployment) {
      return undefined;
    }
    const status = compute(deployment);
    if (!sameContent(status, deployment.status)) {
      this.options.store.write(
        { ...deployment, status },
        { ...WRITER, subresource: 'status' },
      );
    }
    const remaining = untilDeadline({ ...deployment, status }, this.now);
    if (remaining !== undefined && remaining > 0) {
      this.options.later(remaining, key);
    }
    return status;
  }

  private createReplicaSet(
    deployment: Deployment,
    before: readonly ReplicaSet[],
  ): ReplicaSet {
    const revision = nextRevision(before);
    const made = replicaSetOf(
      deployment,
      revision,
      newReplicas(deployment, before, 0),
    );
    const created = this.options.store.write(
      made,
      WRITER,
      fieldSet(ownableFields(made)),
    );
    this.announce(
      deployment,
      revision,
      progressing(
        'NewReplicaSetCreated',
        `Created new replica set "${made.metadata.name}"`,
        this.now,
      ),
    );
    return isReplicaSet(created) ? created : made;
  }

  /** A template that comes back gets the next revision; what it was before is remembered. */
  private recordRevision(
    deployment: Deployment,
    current: ReplicaSet,
    before: readonly ReplicaSet[],
  ): ReplicaSet {
    const revision = nextRevision(
      before.filter(replicaSet => replicaSet !== current),
    );
    const previous = revisionOf(current);
    const history = current.metadata.annotations?.[REVISION_HISTORY];
    const annotations: Record<string, string> = {
      ...current.metadata.annotations,
      ...copied(deployment.metadata.annotations),
    };
    if (previous < revision) {
      annotations[REVISION] = String(revision);
      annotations[REVISION_HISTORY] = history
        ? `${history},${previous}`
        : String(previous);
    }
    const written = sameContent(annotations, current.metadata.annotations)
      ? current
      : this.options.store.write(
          { ...current, metadata: { ...current.metadata, annotations } },
          WRITER,
          fieldSet(ownableFields(current)),
        );
    this.announce(
      deployment,
      Math.max(revision, previous),
      progressing(
        'FoundNewReplicaSet',
        `Found new replica set "${current.metadata.name}"`,
        this.now,
      ),
    );
    return isReplicaSet(written) ? written : current;
  }

  private announce(
    deployment: Deployment,
    revision: number,
    condition: ReturnType<typeof progressing>,
  ): void {
    const annotations = {
      ...deployment.metadata.annotations,
      [REVISION]: String(revision),
    };
    const present = deployment.status?.conditions ?? [];
    const found = condition.reason === 'FoundNewReplicaSet';
    const conditions =
      found && conditionOf(present, 'Progressing')
        ? present
        : withCondition(present, condition);
    const status =
      conditions.length > 0
        ? { ...deployment.status, conditions }
        : deployment.status;
    const next = {
      ...deployment,
      metadata: { ...deployment.metadata, annotations },
      status,
    };
    if (!sameContent(next, deployment)) {
      this.options.store.write(
        next,
        { ...WRITER, subresource: 'status' },
        fieldSet({ metadata: { annotations: { [REVISION]: '' } }, status }),
      );
    }
  }

  private scale(
    deployment: Deployment,
    current: ReplicaSet | undefined,
    before: readonly ReplicaSet[],
  ): void {
    const { replicas } = deployment.spec;
    const active = before.filter(({ spec }) => spec.replicas > 0);
    const newest = current ?? active.at(-1) ?? before.at(-1);
    if (!newest) {
      return;
    }
    const others = active.filter(replicaSet => replicaSet !== newest);
    // What was agreed to while a rollout is on its way stays; the newest takes the difference.
    const { maxSurge } = rollingBounds(deployment);
    const taken = others.reduce((sum, { spec }) => sum + spec.replicas, 0);
    const wanted =
      others.length === 0
        ? replicas
        : Math.max(Math.min(replicas, replicas + maxSurge - taken), 0);
    this.setReplicas(deployment, newest, wanted);
    others.forEach(replicaSet =>
      this.setReplicas(
        deployment,
        replicaSet,
        Math.min(replicaSet.spec.replicas, replicas),
      ),
    );
  }

  private setReplicas(
    deployment: Deployment,
    replicaSet: ReplicaSet,
    replicas: number,
  ): void {
    const latest = this.options.store.current(replicaSet);
    if (latest && isReplicaSet(latest)) {
      const annotations = {
        ...latest.metadata.annotations,
        ...replicaAnnotations(deployment),
      };
      const next = {
        ...latest,
        metadata: { ...latest.metadata, annotations },
        spec: { ...latest.spec, replicas },
      };
      this.options.store.write(next, WRITER, fieldSet(ownableFields(next)));
    }
  }

  private forgetOldRevisions(
    deployment: Deployment,
    old: readonly ReplicaSet[],
  ): void {
    const idle = old.filter(
      ({ spec, status }) => spec.replicas === 0 && status.replicas === 0,
    );
    const surplus = idle.length - deployment.spec.revisionHistoryLimit;
    idle
      .slice(0, Math.max(surplus, 0))
      .forEach(replicaSet => this.options.writes.removeObject(replicaSet));
  }
}
