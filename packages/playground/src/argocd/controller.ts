import { timestamp } from '../cluster/values';
import type { Clock, KubeObject } from '../core';
import type { ApplicationStore } from './applicationStore';
import { decideAutoSync } from './autoSync';
import { compareResources, targetsOf } from './compare';
import { placementOf, type Placement } from './destination';
import type { LiveState } from './liveState';
import { backoffOf, OperationRecord, requested } from './operations';
import type { Declared } from './platformRoot';
import type { RepositoryServer } from './repositoryServer';
import {
  CASCADE_FINALIZER,
  TRACKING_ANNOTATION,
  type Application,
  type Operation,
} from './resources';
import { buildTree, imagesOfTree, type ResourceNode } from './resourceTree';
import {
  withComparison,
  withoutRefreshRequest,
  withRefreshRequest,
  withUnknownState,
  type Comparison,
} from './status';
import { SyncRun, unlessAborted, type SyncOutcome } from './syncAttempt';

/** Milliseconds. */
export interface ArgoCdTimings {
  /** Between looks at everything, whether something was heard or not. */
  reconcile: number;
  /** For which changes are collected before they are looked at. */
  debounce: number;
  /** Before the first attempt to put right what someone changed; three times as long before each further one. */
  selfHeal: number;
}

/** What an application is compared with: the last look at its target, or a new one. */
export type ComparisonLevel = 'live' | 'latest';

export interface KnownState extends Comparison {
  readonly tree: readonly ResourceNode[];
}

interface Worker {
  /** Comparisons of one application follow each other. */
  queue: Promise<void>;
  scheduled?: { at: number; cancel: () => void };
  operation?: AbortController;
  heals: number;
  healedAt: number;
}

const COMMIT = /^[0-9a-f]{40}$/;
const HEAL_MEMORY_MS = 60_000;
const HEAL_LIMIT_MS = 300_000;

const TERMINATED = new Error('Operation terminated');

/** Compares applications with what lives, and syncs them: Argo CD's application controller. */
export class ApplicationController {
  private readonly workers = new Map<string, Worker>();
  private readonly states = new Map<string, KnownState>();
  private stopped = false;

  constructor(
    private readonly options: {
      store: ApplicationStore;
      repositories: RepositoryServer;
      clusters: readonly LiveState[];
      clock: Clock;
      timings: ArgoCdTimings;
      log: (message: string) => void;
    },
  ) {}

  /** What the last comparison of an application found. */
  stateOf(name: string): KnownState | undefined {
    return this.states.get(name);
  }

  stop(): void {
    this.stopped = true;
    for (const worker of this.workers.values()) {
      worker.scheduled?.cancel();
      worker.operation?.abort(new Error('Argo CD stops'));
    }
  }

  /** Takes over what git declares: new and changed applications are compared, and those that are gone are forgotten. */
  async declare({ applications, projects }: Declared): Promise<void> {
    const { store } = this.options;
    const projectNames = new Set(projects.map(({ metadata }) => metadata.name));
    const affected = new Set<string>();
    for (const { metadata, spec } of projects) {
      if (store.declareProject(metadata, spec)) {
        affected.add(metadata.name);
      }
    }
    for (const { metadata } of store.projects()) {
      if (metadata.name !== 'default' && !projectNames.has(metadata.name)) {
        store.removeProject(metadata.name);
        affected.add(metadata.name);
      }
    }
    const names = new Set(applications.map(({ metadata }) => metadata.name));
    const changed = applications.filter(({ metadata, spec }) => {
      const isNew = store.declareApplication(metadata, spec);
      return isNew || affected.has(spec.project);
    });
    for (const application of store.applications()) {
      if (!names.has(application.metadata.name)) {
        await this.forget(application);
      }
    }
    await Promise.all(
      changed.map(({ metadata }) => this.refresh(metadata.name, 'latest')),
    );
  }

  /** Compares an application; resolves when that is done. */
  refresh(name: string, level: ComparisonLevel): Promise<void> {
    const worker = this.workerOf(name);
    worker.queue = worker.queue.then(async () => {
      try {
        if (!this.stopped) {
          await this.compare(name, level);
        }
      } catch (error) {
        this.options.log(`${name} cannot be compared: ${error}`);
      }
    });
    return worker.queue;
  }

  /** Compares an application because someone asked, and says so on it meanwhile. */
  async refreshOnRequest(name: string, kind: 'normal' | 'hard'): Promise<void> {
    this.options.store.update(name, application =>
      withRefreshRequest(application, kind),
    );
    await this.refresh(name, 'latest');
  }

  /** Something changed in a cluster; without an object, all of it may have. */
  clusterChanged(live: LiveState, object: KubeObject | undefined): void {
    for (const application of this.options.store.applications()) {
      const { name } = application.metadata;
      const { destination } = application.spec;
      const isThere =
        destination.name === live.cluster.name ||
        destination.server === live.cluster.server;
      if (isThere && !object) {
        void this.refresh(name, 'latest');
        this.resume(name);
      } else if (isThere && object && concerns(application, object)) {
        this.schedule(name, this.options.timings.debounce);
      }
    }
  }

  /** Starts an operation. @returns the application, or undefined while another operation is in progress. */
  start(name: string, operation: Operation): Application | undefined {
    const { store } = this.options;
    if (store.application(name)?.operation) {
      return undefined;
    }
    const application = store.update(name, known =>
      requested(known, operation),
    );
    this.resume(name);
    return application;
  }

  /** @returns whether there was something to terminate. */
  terminate(name: string): boolean {
    const running = this.workers.get(name)?.operation;
    running?.abort(TERMINATED);
    return running !== undefined;
  }

  private resume(name: string): void {
    const worker = this.workerOf(name);
    const operation = this.options.store.application(name)?.operation;
    if (!operation || worker.operation || this.stopped) {
      return;
    }
    const running = new AbortController();
    worker.operation = running;
    void this.operate(name, operation, running.signal)
      .catch(error => this.options.log(`${name} cannot be synced: ${error}`))
      .finally(() => {
        worker.operation = undefined;
        if (!this.stopped && this.options.store.application(name)) {
          void this.refresh(name, 'latest');
        }
      });
  }

  private workerOf(name: string): Worker {
    const known = this.workers.get(name);
    if (known) {
      return known;
    }
    const worker: Worker = { queue: Promise.resolve(), heals: 0, healedAt: 0 };
    this.workers.set(name, worker);
    return worker;
  }

  private schedule(name: string, delay: number): void {
    const { clock } = this.options;
    const worker = this.workerOf(name);
    const at = clock.now() + delay;
    // The end of an operation looks at everything anyway.
    if (worker.operation || this.stopped) {
      return;
    }
    if (worker.scheduled && worker.scheduled.at <= at) {
      return;
    }
    worker.scheduled?.cancel();
    const cancel = clock.after(delay, () => {
      worker.scheduled = undefined;
      if (!worker.operation) {
        void this.refresh(name, 'live');
      }
    });
    worker.scheduled = { at, cancel };
  }

  private async forget(application: Application): Promise<void> {
    const { store, clusters } = this.options;
    const { name, finalizers = [] } = application.metadata;
    const worker = this.workers.get(name);
    worker?.scheduled?.cancel();
    worker?.operation?.abort(new Error('The application is gone'));
    const placement = placementOf(application, store, clusters);
    if (finalizers.includes(CASCADE_FINALIZER) && !('problem' in placement)) {
      const { cluster } = placement.live;
      for (const { live } of this.states.get(name)?.resources ?? []) {
        if (live) {
          const { apiVersion, kind, metadata } = live;
          const { namespace } = metadata;
          const ref = { apiVersion, kind, namespace, name: metadata.name };
          await cluster.remove(ref);
        }
      }
    }
    this.states.delete(name);
    this.workers.delete(name);
    store.removeApplication(name);
  }

  private async compare(name: string, level: ComparisonLevel): Promise<void> {
    const { store, clusters, clock } = this.options;
    const application = store.application(name);
    if (!application) {
      return;
    }
    const time = timestamp(clock.now());
    const placement = placementOf(application, store, clusters);
    if ('problem' in placement) {
      const message = placement.problem;
      this.states.delete(name);
      store.update(name, known =>
        withUnknownState(known, { type: 'InvalidSpecError', message }, time),
      );
      return;
    }
    const { live } = placement;
    if (live.syncedAt === undefined) {
      // Nothing was seen of the cluster since the start: what was known before stands until it refuses.
      store.update(name, known =>
        live.problem === undefined
          ? withoutRefreshRequest(known)
          : withUnknownState(
              known,
              {
                type: 'ComparisonError',
                message: `Failed to load live state: failed to get cluster info for "${live.cluster.server}": ${live.problem}`,
              },
              time,
            ),
      );
      return;
    }
    const state = await this.look(application, placement, level);
    this.states.set(name, state);
    const syncError = this.sync(name, state);
    store.update(name, known =>
      withComparison(known, { ...state, syncError }, timestamp(clock.now())),
    );
    this.resume(name);
  }

  private async look(
    application: Application,
    { project, live, home }: Placement,
    level: ComparisonLevel,
  ): Promise<KnownState> {
    const { repositories } = this.options;
    const { name } = application.metadata;
    const { source } = application.spec;
    const compared = application.status.sync.revision ?? '';
    let revision = source.targetRevision ?? 'HEAD';
    let problem: string | undefined;
    let targets: KubeObject[] | undefined;
    try {
      revision =
        level === 'live' && COMMIT.test(compared)
          ? compared
          : await repositories.resolve(source);
      const manifests = await repositories.manifests(source, revision);
      targets = targetsOf(name, home, manifests);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      revision = source.targetRevision ?? 'HEAD';
      problem = `Failed to load target state: failed to generate manifest for source 1 of 1: rpc error: code = Unknown desc = ${reason}`;
    }
    const objects = live.all();
    const resources = compareResources({
      application: name,
      home,
      targets,
      live: objects,
    });
    const tree = buildTree({ project, resources, live: objects });
    return { revision, resources, tree, images: imagesOfTree(tree), problem };
  }

  /** Lets automated sync act on a comparison. @returns what it has to say. */
  private sync(name: string, state: KnownState): string | undefined {
    const { store, clock, timings } = this.options;
    const application = store.application(name);
    if (!application || state.problem !== undefined) {
      return undefined;
    }
    const worker = this.workerOf(name);
    if (clock.now() - worker.healedAt > HEAL_MEMORY_MS) {
      worker.heals = 0;
    }
    const decision = decideAutoSync({
      application,
      revision: state.revision,
      resources: state.resources,
      heals: worker.heals,
    });
    switch (decision.kind) {
      case 'none':
        return undefined;
      case 'refused':
        return decision.message;
      case 'sync':
        store.update(name, known => requested(known, decision.operation));
        return undefined;
      case 'heal': {
        const wait = Math.min(
          timings.selfHeal * 3 ** worker.heals,
          HEAL_LIMIT_MS,
        );
        const last = application.status.operationState?.finishedAt ?? '';
        const since = Math.max(worker.healedAt, Date.parse(last) || 0);
        const left = since + wait - clock.now();
        if (left > 0) {
          this.schedule(name, left);
        } else {
          worker.heals += 1;
          worker.healedAt = clock.now();
          store.update(name, known => requested(known, decision.operation));
        }
        return undefined;
      }
      default:
        throw new Error(`Unknown decision ${JSON.stringify(decision)}`);
    }
  }

  private async operate(
    name: string,
    operation: Operation,
    signal: AbortSignal,
  ): Promise<void> {
    const { store, clock } = this.options;
    const known = store.application(name)?.status.operationState;
    const record = new OperationRecord(
      store,
      name,
      operation,
      known?.startedAt ?? timestamp(clock.now()),
      known?.retryCount ?? 0,
    );
    if (!known) {
      record.running();
    }
    try {
      for (;;) {
        const outcome = await this.attempt(name, operation, signal);
        const { message, resources } = outcome;
        if (outcome.phase === 'Succeeded') {
          if (!operation.sync.dryRun) {
            record.deployed(clock.now());
          }
          record.ended('Succeeded', message, resources, clock.now());
          return;
        }
        if (record.failures >= (operation.retry.limit ?? 0)) {
          record.ended('Failed', message, resources, clock.now());
          return;
        }
        record.countFailure();
        const wait = backoffOf(operation.retry, record.failures);
        const finishedAt = clock.now();
        const again = finishedAt + wait;
        record.retrying(message, resources, { finishedAt, again });
        await this.pause(wait, signal);
      }
    } catch (error) {
      if (error === TERMINATED) {
        record.terminating();
        record.ended('Failed', TERMINATED.message, undefined, clock.now());
      } else if (!signal.aborted) {
        const message = error instanceof Error ? error.message : String(error);
        record.ended('Error', message, undefined, clock.now());
      }
    }
  }

  private async attempt(
    name: string,
    operation: Operation,
    signal: AbortSignal,
  ): Promise<SyncOutcome> {
    const { store, clusters, repositories } = this.options;
    const application = store.application(name);
    const placement = application
      ? placementOf(application, store, clusters)
      : { problem: `${name} is gone` };
    if ('problem' in placement) {
      throw new Error(placement.problem);
    }
    const { project, live, home } = placement;
    const { source, revision } = operation.sync;
    const manifests = await unlessAborted(
      repositories.manifests(source, revision),
      signal,
    );
    const resources = compareResources({
      application: name,
      home,
      targets: targetsOf(name, home, manifests),
      live: live.all(),
    });
    return await new SyncRun({
      operation,
      project,
      home,
      resources,
      live,
      signal,
      onCreated: () => this.refresh(name, 'live'),
    }).run();
  }

  private async pause(wait: number, signal: AbortSignal): Promise<void> {
    let cancel: () => void = () => undefined;
    const over = new Promise<void>(resolve => {
      cancel = this.options.clock.after(wait, resolve);
    });
    try {
      await unlessAborted(over, signal);
    } finally {
      cancel();
    }
  }
}

/** Whether a change of an object can matter to an application of the object's cluster. */
function concerns(application: Application, object: KubeObject): boolean {
  const home = application.spec.destination.namespace;
  const { namespace, name, annotations = {} } = object.metadata;
  return (
    namespace === home ||
    (object.kind === 'Namespace' && name === home) ||
    (annotations[TRACKING_ANNOTATION] ?? '').startsWith(
      `${application.metadata.name}:`,
    )
  );
}
