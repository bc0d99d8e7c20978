import { timestamp } from '../cluster/values';
import type { Clock, KubeObject } from '../core';
import { expandApplicationSet } from './applicationSets';
import { conditionsOf, isOwnedBy, ownerOf } from './applicationSetStatus';
import type { ApplicationStore } from './applicationStore';
import { decideAutoSync } from './autoSync';
import { placementOf, type Placement } from './destination';
import { HealingBackoff } from './healingBackoff';
import type { LiveState } from './liveState';
import { lookAt, type ComparisonLevel, type KnownState } from './lookAt';
import type { DeclaredMetadata } from './manifests';
import { requested } from './operations';
import type { Declared } from './platformRoot';
import type { RepositoryServer } from './repositoryServer';
import {
  CASCADE_FINALIZER,
  TRACKING_ANNOTATION,
  type Application,
  type ApplicationSpec,
  type Operation,
  type OwnerReference,
} from './resources';
import { removeObject } from './removeObject';
import { runOperation, TERMINATED } from './runOperation';
import {
  withComparison,
  withoutRefreshRequest,
  withRefreshRequest,
  withUnknownState,
} from './status';
import { inSyncOrder } from './syncOrder';

/** Milliseconds. */
export interface ArgoCdTimings {
  /** Between looks at everything, whether something was heard or not. */
  reconcile: number;
  /** For which changes are collected before they are looked at. */
  debounce: number;
  /** Before the first attempt to put right what someone changed; three times as long before each further one. */
  selfHeal: number;
}

/** An application as it is declared, and the set that it comes from. */
interface OwnedApplication {
  readonly metadata: DeclaredMetadata;
  readonly spec: ApplicationSpec;
  readonly owner?: OwnerReference;
}

interface Worker {
  /** Comparisons of one application follow each other. */
  queue: Promise<void>;
  scheduled?: { at: number; cancel: () => void };
  operation?: { abort: AbortController; ended: Promise<void> };
  readonly healing: HealingBackoff;
}

/** Compares applications with what lives, and syncs them: Argo CD's application controller. */
export class ApplicationController {
  private readonly workers = new Map<string, Worker>();
  private readonly states = new Map<string, KnownState>();
  /** Applications whose objects are being removed. */
  private readonly leaving = new Set<string>();
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

  /** Resolves when nothing is under way any more. Operations stay on their applications, to be taken up again. */
  async stop(): Promise<void> {
    this.stopped = true;
    const workers = [...this.workers.values()];
    for (const { scheduled, operation } of workers) {
      scheduled?.cancel();
      operation?.abort.abort(new Error('Argo CD stops'));
    }
    await Promise.all(workers.map(({ operation }) => operation?.ended));
    await Promise.all(workers.map(({ queue }) => queue));
  }

  /** Takes over what git declares: new and changed applications are compared, and those that are gone are forgotten. */
  async declare({
    applications: written,
    applicationSets,
    projects,
  }: Declared): Promise<void> {
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
    const applications = this.withGenerated(written, applicationSets);
    const names = new Set(applications.map(({ metadata }) => metadata.name));
    const changed = applications.filter(({ metadata, spec, owner }) => {
      const isNew = store.declareApplication(metadata, spec, owner);
      return isNew || affected.has(spec.project);
    });
    for (const application of store.applications()) {
      if (!names.has(application.metadata.name)) {
        this.forget(application);
      }
    }
    await Promise.all(
      changed.map(({ metadata }) => this.refresh(metadata.name, 'latest')),
    );
  }

  /** What is written, and what sets of applications stand for; one that may remove nothing, or is no longer understood, keeps what it stood for. */
  private withGenerated(
    written: Declared['applications'],
    applicationSets: Declared['applicationSets'],
  ): OwnedApplication[] {
    const { store, clock, log } = this.options;
    const applications: OwnedApplication[] = [...written];
    for (const { metadata, spec } of applicationSets) {
      const expansion = expandApplicationSet(spec);
      const known = store.applicationSet(metadata.name);
      const before = known?.status.conditions;
      const set = store.declareApplicationSet(
        metadata,
        spec,
        conditionsOf(expansion, before, timestamp(clock.now())),
      );
      const owner = ownerOf(set);
      if ('problem' in expansion && set !== known) {
        log(
          `The ApplicationSet ${metadata.name} cannot be taken up: ${expansion.problem}`,
        );
      }
      const generated =
        'applications' in expansion ? expansion.applications : [];
      const mayRemove =
        'applications' in expansion &&
        !['create-update', 'create-only'].includes(
          spec.syncPolicy?.applicationsSync ?? '',
        );
      const kept = store
        .applications()
        .filter(application => !mayRemove && isOwnedBy(application, set));
      for (const application of [...generated, ...kept]) {
        const { name } = application.metadata;
        if (applications.every(other => other.metadata.name !== name)) {
          applications.push({ ...application, owner });
        }
      }
    }
    const names = applicationSets.map(({ metadata }) => metadata.name);
    store
      .applicationSets()
      .filter(({ metadata }) => !names.includes(metadata.name))
      .forEach(({ metadata }) => store.removeApplicationSet(metadata.name));
    return applications;
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
    running?.abort.abort(TERMINATED);
    return running !== undefined;
  }

  private resume(name: string): void {
    const worker = this.workerOf(name);
    const operation = this.options.store.application(name)?.operation;
    if (!operation || worker.operation || this.stopped) {
      return;
    }
    const abort = new AbortController();
    const ended = runOperation({
      ...this.options,
      name,
      operation,
      signal: abort.signal,
      onCreated: () => this.refresh(name, 'live'),
    })
      .catch(error => this.options.log(`${name} cannot be synced: ${error}`))
      .finally(() => {
        worker.operation = undefined;
        if (!this.stopped && this.options.store.application(name)) {
          void this.refresh(name, 'latest');
        }
      });
    worker.operation = { abort, ended };
  }

  private workerOf(name: string): Worker {
    const known = this.workers.get(name);
    if (known) {
      return known;
    }
    const worker: Worker = {
      queue: Promise.resolve(),
      healing: new HealingBackoff(this.options.timings.selfHeal),
    };
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

  /** What lives goes first, where the application asks for that; and nothing else waits for it. */
  private forget(application: Application): void {
    const { store, clusters, log } = this.options;
    const { name, finalizers = [] } = application.metadata;
    const worker = this.workers.get(name);
    worker?.scheduled?.cancel();
    worker?.operation?.abort.abort(new Error('The application is gone'));
    const placement = placementOf(application, store, clusters);
    if (!finalizers.includes(CASCADE_FINALIZER) || 'problem' in placement) {
      this.drop(name);
    } else if (!this.leaving.has(name)) {
      this.leaving.add(name);
      this.removeLiving(name, placement)
        .then(() => this.stopped || this.drop(name))
        .catch(error => log(`${name} cannot be removed yet: ${error}`))
        .finally(() => this.leaving.delete(name));
    }
  }

  private async removeLiving(name: string, { live }: Placement): Promise<void> {
    const { resources = [] } = this.states.get(name) ?? {};
    const objects = resources.flatMap(resource => resource.live ?? []);
    for (const object of inSyncOrder(objects).flat().reverse()) {
      await removeObject(live.cluster, object);
    }
  }

  private drop(name: string): void {
    this.states.delete(name);
    this.workers.delete(name);
    this.options.store.removeApplication(name);
  }

  private async compare(name: string, level: ComparisonLevel): Promise<void> {
    const { store, clusters, clock } = this.options;
    const application = store.application(name);
    if (!application || this.leaving.has(name)) {
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
    const state = await lookAt(
      application,
      placement,
      level,
      this.options.repositories,
    );
    this.states.set(name, state);
    const syncError = this.sync(name, state);
    store.update(name, known =>
      withComparison(known, { ...state, syncError }, timestamp(clock.now())),
    );
    this.resume(name);
  }

  /** Lets automated sync act on a comparison. @returns what it has to say. */
  private sync(name: string, state: KnownState): string | undefined {
    const { store, clock } = this.options;
    const application = store.application(name);
    if (!application || state.problem !== undefined) {
      return undefined;
    }
    const now = clock.now();
    const { healing } = this.workerOf(name);
    const decision = decideAutoSync({
      application,
      revision: state.revision,
      resources: state.resources,
      heals: healing.attempts(now),
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
        const last = application.status.operationState?.finishedAt ?? '';
        const remaining = healing.remaining(now, Date.parse(last) || 0);
        if (remaining > 0) {
          this.schedule(name, remaining);
        } else {
          healing.healed(now);
          store.update(name, known => requested(known, decision.operation));
        }
        return undefined;
      }
      default:
        throw new Error(`Unknown decision ${JSON.stringify(decision)}`);
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
