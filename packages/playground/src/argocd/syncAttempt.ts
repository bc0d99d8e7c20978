import { fieldsOf, objectsOf } from '../cluster/values';
import { KubeError, type KubeObject } from '../core';
import { FIELD_MANAGER, type ManagedResource } from './compare';
import type { LiveState } from './liveState';
import { isNamespaced, permitsDestination, permitsKind } from './projectRules';
import { removeObject } from './removeObject';
import {
  groupVersionOf,
  keyOf,
  type AppProject,
  type Operation,
  type ResourceResult,
} from './resources';
import { inSyncOrder } from './syncOrder';

export interface SyncOutcome {
  readonly phase: 'Succeeded' | 'Failed';
  readonly message: string;
  readonly resources: ResourceResult[];
}

export interface SyncAttempt {
  readonly operation: Operation;
  readonly project: AppProject;
  /** Namespace of the destination. */
  readonly home: string;
  /** Compared at the revision of the operation. */
  readonly resources: readonly ManagedResource[];
  readonly live: LiveState;
  readonly signal: AbortSignal;
  /** After something came to life that had not been there. */
  readonly onCreated: () => Promise<void>;
}

/** The promise's outcome, unless the signal comes first. */
export async function unlessAborted<T>(
  promise: Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  signal.throwIfAborted();
  let abandon: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    abandon = () => reject(signal.reason);
  });
  signal.addEventListener('abort', abandon);
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', abandon);
  }
}

function qualifiedNameOf(object: KubeObject): string {
  const { group } = groupVersionOf(object.apiVersion);
  const kind = object.kind.toLowerCase();
  return `${group === '' ? kind : `${kind}.${group}`}/${object.metadata.name}`;
}

function imagesOf(object: KubeObject): string[] {
  const pod = fieldsOf(fieldsOf(fieldsOf(object.spec).template).spec);
  return [...objectsOf(pod.initContainers), ...objectsOf(pod.containers)].map(
    ({ image }) => String(image),
  );
}

/** What goes wrong on the way to a cluster, in the words of a Go client. */
function connectionProblem(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const refused = /ECONNREFUSED ([^\s]+)/.exec(message);
  return refused
    ? `dial tcp ${refused[1]}: connect: connection refused`
    : message;
}

const targetsIn = (resources: readonly ManagedResource[]) =>
  resources.flatMap(({ target }) => (target ? [target] : []));

/** Tries once to bring the live state to the targets. */
export class SyncRun {
  private readonly results: ResourceResult[] = [];

  constructor(private readonly attempt: SyncAttempt) {}

  async run(): Promise<SyncOutcome> {
    const chosen = this.chosen();
    const targets = targetsIn(chosen);
    const refusals = await this.refusals(targets);
    if (refusals.size > 0) {
      const reasons = [...new Set(refusals.values())].sort().join('; ');
      targets.forEach(target => {
        const reason = refusals.get(target);
        if (reason !== undefined) {
          this.record(target, { status: 'SyncFailed', message: reason });
        }
      });
      return this.failed(
        `one or more synchronization tasks are not valid: ${reasons}`,
      );
    }
    const selected = this.hasOption('ApplyOutOfSyncOnly')
      ? chosen.filter(({ status }) => status !== 'Synced')
      : chosen;
    for (const group of inSyncOrder(targetsIn(selected))) {
      const reason = await this.applyAll(group);
      if (reason !== undefined) {
        return this.failed(
          `one or more objects failed to apply, reason: ${reason}`,
        );
      }
    }
    const reason = await this.prune(
      selected.flatMap(({ requiresPruning, live }) =>
        requiresPruning && live ? [live] : [],
      ),
    );
    if (reason !== undefined) {
      return this.failed(
        `one or more objects failed to apply, reason: ${reason}`,
      );
    }
    const ran = this.results.length > 0 && !this.dryRun;
    return {
      phase: 'Succeeded',
      message: `successfully synced (${
        ran ? 'all tasks run' : 'no more tasks'
      })`,
      resources: this.results,
    };
  }

  private get dryRun(): boolean {
    return this.attempt.operation.sync.dryRun === true;
  }

  private hasOption(option: string): boolean {
    return (
      this.attempt.operation.sync.syncOptions?.includes(`${option}=true`) ??
      false
    );
  }

  private chosen(): readonly ManagedResource[] {
    const { resources, operation } = this.attempt;
    const wanted = operation.sync.resources;
    return wanted === undefined
      ? resources
      : resources.filter(({ identity }) => {
          const { group } = groupVersionOf(identity.apiVersion);
          return wanted.some(
            entry =>
              (entry.group ?? '') === group &&
              entry.kind === identity.kind &&
              entry.name === identity.metadata.name,
          );
        });
  }

  /** Why objects cannot be applied at all: their project, or a cluster that does not answer. */
  private async refusals(
    targets: readonly KubeObject[],
  ): Promise<Map<KubeObject, string>> {
    const { project, home, live, signal } = this.attempt;
    const refusals = new Map<KubeObject, string>();
    for (const target of targets) {
      const { group } = groupVersionOf(target.apiVersion);
      const { namespace = home } = target.metadata;
      if (!permitsKind(project, target)) {
        refusals.set(
          target,
          `resource ${group}:${target.kind} is not permitted in project ${project.metadata.name}`,
        );
      } else if (
        isNamespaced(target) &&
        namespace !== home &&
        !permitsDestination(project, {
          name: live.cluster.name,
          server: live.cluster.server,
          namespace,
        })
      ) {
        refusals.set(
          target,
          `namespace ${namespace} is not permitted in project '${project.metadata.name}'`,
        );
      }
    }
    try {
      await unlessAborted(
        live.cluster.get({ apiVersion: 'v1', kind: 'Namespace', name: home }),
        signal,
      );
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof KubeError)) {
        const problem = connectionProblem(error);
        targets.forEach(target => {
          const root = target.apiVersion.includes('/') ? 'apis' : 'api';
          const url = `${live.cluster.server}/${root}/${target.apiVersion}?timeout=32s`;
          refusals.set(
            target,
            `failed to discover server resources for group version ${target.apiVersion}: Get "${url}": ${problem}`,
          );
        });
      }
    }
    return refusals;
  }

  /** @returns why it failed. */
  private async applyAll(
    targets: readonly KubeObject[],
  ): Promise<string | undefined> {
    const { live, signal } = this.attempt;
    const living = new Map(live.all().map(object => [keyOf(object), object]));
    let created = false;
    let reason: string | undefined;
    for (const target of targets) {
      const before = living.get(keyOf(target));
      try {
        if (!this.dryRun) {
          const after = await unlessAborted(
            live.cluster.apply(target, { fieldManager: FIELD_MANAGER }),
            signal,
          );
          live.remember(after);
        }
        created ||= !before && !this.dryRun;
        this.record(target, {
          status: 'Synced',
          message: this.describe(target, before),
          hookPhase: this.dryRun ? 'Succeeded' : 'Running',
        });
      } catch (error) {
        signal.throwIfAborted();
        reason =
          error instanceof KubeError ? error.message : connectionProblem(error);
        this.record(target, {
          status: 'SyncFailed',
          message: reason,
          hookPhase: 'Failed',
        });
      }
    }
    if (created) {
      await this.attempt.onCreated();
    }
    return reason;
  }

  private describe(target: KubeObject, before: KubeObject | undefined): string {
    const name = qualifiedNameOf(target);
    const change = before ? 'configured' : 'created';
    if (this.dryRun) {
      return `${name} ${change} (dry run)`;
    }
    return this.hasOption('ServerSideApply')
      ? `${name} serverside-applied`
      : `${name} ${change}`;
  }

  /** @returns why it failed. */
  private async prune(
    objects: readonly KubeObject[],
  ): Promise<string | undefined> {
    const { live, operation, signal } = this.attempt;
    for (const object of inSyncOrder(objects).flat().reverse()) {
      if (!operation.sync.prune) {
        this.record(object, {
          status: 'PruneSkipped',
          message: 'ignored (requires pruning)',
        });
        continue;
      }
      try {
        if (!this.dryRun) {
          await unlessAborted(removeObject(live.cluster, object), signal);
        }
        this.record(object, {
          status: 'Pruned',
          message: this.dryRun ? 'pruned (dry run)' : 'pruned',
          hookPhase: 'Succeeded',
        });
      } catch (error) {
        signal.throwIfAborted();
        return connectionProblem(error);
      }
    }
    return undefined;
  }

  private record(
    object: KubeObject,
    result: Pick<ResourceResult, 'status' | 'message' | 'hookPhase'>,
  ): void {
    const images = imagesOf(object);
    this.results.push({
      ...groupVersionOf(object.apiVersion),
      kind: object.kind,
      namespace: object.metadata.namespace ?? this.attempt.home,
      name: object.metadata.name,
      ...result,
      syncPhase: 'Sync',
      ...(images.length > 0 && { images }),
    });
  }

  private failed(message: string): SyncOutcome {
    return { phase: 'Failed', message, resources: this.results };
  }
}
