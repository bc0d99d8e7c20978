import {
  Fact,
  FactKinds,
  ObservationSink,
} from '@envmatrix/backstage-plugin-environments-node';
import { isNotUnderstood } from './answers';
import { Backoff } from './Backoff';
import { changeOf } from './changeOf';
import { Discovery } from './Discovery';
import { ClusterFailure, ClusterRequestError } from './errors';
import { EventBatch } from './EventBatch';
import { Gate } from './Gate';
import { groupKindOf, groupPathOf, WatchedKind } from './kinds';
import { KindState } from './KindState';
import { KubernetesPluginClient, WatchEvent } from './KubernetesPluginClient';
import { objectFact, reduceObject } from './reduce';
import { Timing } from './timing';
import { unlessAborted } from './unlessAborted';

export interface KindWatcherOptions {
  readonly cluster: string;
  readonly client: KubernetesPluginClient;
  readonly discovery: Discovery;
  readonly sink: ObservationSink;
  readonly batch: EventBatch;
  /** Closed while the cluster as a whole is in trouble. */
  readonly gate: Gate;
  /** Bounds how many lists run at a time. */
  readonly limit: <T>(work: () => Promise<T>) => Promise<T>;
  readonly timing: Timing;
  readonly random: () => number;
  readonly onState: () => void;
  /** A watch is opened that is not the first. */
  readonly onWatchRestart: () => void;
  /** The cluster said something. */
  readonly onSign: () => void;
  /** A request failed: the whole cluster may be in trouble. */
  readonly onFailure: () => void;
}

/**
 * Keeps the facts about one kind in one cluster true: lists, then watches, resumes where a watch ended, and lists again where it cannot.
 */
export class KindWatcher {
  readonly kind: WatchedKind;
  state: KindState = { status: 'starting' };
  readonly #options: KindWatcherOptions;
  readonly #backoff: Backoff;
  /** With the version that this cluster serves. */
  #served: WatchedKind;
  #resourceVersion: string | undefined;
  /** Whether anything since the last list shows that watching from there works. */
  #isProven = false;
  #failures = 0;
  /** How often a watch brought what is no event, since it brought one. */
  #garbled = 0;
  #watches = 0;
  #attempt = new AbortController();

  constructor(kind: WatchedKind, options: KindWatcherOptions) {
    this.kind = kind;
    this.#options = options;
    this.#backoff = new Backoff({
      ...options.timing.backoffMs,
      random: options.random,
    });
    this.#served = kind;
  }

  get #path(): string {
    return `${groupPathOf(this.#served)}/${this.#served.plural}`;
  }

  /** Tries anew, from where the last watch was: what an outage left behind may look open and be dead. */
  reconnect(): void {
    this.#set({ status: 'starting' });
    this.#failures = 0;
    this.#attempt.abort();
    this.#backoff.wake();
  }

  /** Lists anew: what is stored may not be what was seen. */
  relist(): void {
    this.#resourceVersion = undefined;
    this.#attempt.abort();
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#options.gate.passed(signal);
      const attempt = new AbortController();
      this.#attempt = attempt;
      const attemptSignal = AbortSignal.any([signal, attempt.signal]);
      try {
        if (this.#resourceVersion === undefined && this.kind.isCustom) {
          await this.#findVersion(attemptSignal);
        }
        if (this.#resourceVersion === undefined) {
          await this.#list(attemptSignal);
        }
        await this.#watch(attempt, attemptSignal);
      } catch (error) {
        if (signal.aborted) {
          return;
        }
        if (!attempt.signal.aborted) {
          await this.#recover(failureOf(error), signal);
        }
      }
    }
  }

  /** Lists nothing that discovery says is not there. */
  async #findVersion(signal: AbortSignal): Promise<void> {
    const { cluster, discovery } = this.#options;
    const found = await unlessAborted(discovery.find(this.kind), signal);
    if (found.status === 'absent') {
      throw new ClusterRequestError({
        kind: 'status',
        code: 404,
        reason: 'NotFound',
        message: `Cluster ${cluster} does not serve ${this.kind.plural}`,
      });
    }
    if (found.status === 'served') {
      this.#served = { ...this.kind, version: found.version };
    }
  }

  async #list(signal: AbortSignal): Promise<void> {
    const { client, cluster, batch, limit, timing, onSign } = this.#options;
    const kind = this.#served;
    // Until it is written down: lists that wait for the database would pile up in memory.
    const resourceVersion = await limit(async () => {
      const list = await client.list(cluster, this.#path, {
        signal,
        timeoutMs: timing.requestTimeoutMs,
        read: item => reduceObject(kind, item),
      });
      onSign();
      // Events of the watch before must not overwrite the list.
      await batch.flush();
      const observedAt = new Date().toISOString();
      await this.#replace(
        list.items.map(object => objectFact(kind, object, observedAt)),
      );
      return list.resourceVersion;
    });
    signal.throwIfAborted();
    this.#resourceVersion = resourceVersion;
    this.#isProven = false;
    if (this.state.status !== 'failing') {
      this.#set({ status: 'watching' });
    }
  }

  async #watch(attempt: AbortController, signal: AbortSignal): Promise<void> {
    const { client, cluster, timing, random, onSign } = this.#options;
    const { min, max } = timing.watchSeconds;
    if (this.#watches > 0) {
      this.#options.onWatchRestart();
    }
    this.#watches += 1;
    let isOpen = false;
    const prove = () => {
      isOpen = true;
      this.#prove();
    };
    const giveUp = () => attempt.abort();
    const opening = setTimeout(
      prove,
      this.#garbled > 0 ? timing.garbledMs : timing.openMs,
    );
    let idle = setTimeout(giveUp, timing.idleMs);
    try {
      for await (const event of client.watch(cluster, this.#path, {
        resourceVersion: this.#resourceVersion ?? '',
        timeoutSeconds: Math.round(min + random() * (max - min)),
        signal,
        // What brought garbage is proven by an event, or by silence.
        onBytes: () => this.#garbled > 0 && clearTimeout(opening),
      })) {
        clearTimeout(idle);
        idle = setTimeout(giveUp, timing.idleMs);
        onSign();
        this.#take(event);
        prove();
      }
    } catch (error) {
      if (isNotUnderstood(failureOf(error))) {
        this.#garbled += 1;
      }
      throw error;
    } finally {
      clearTimeout(opening);
      clearTimeout(idle);
    }
    if (!isOpen) {
      throw new ClusterRequestError({
        kind: 'status',
        code: 500,
        reason: '',
        message: `The watch of ${this.kind.plural} ended at once`,
      });
    }
  }

  #take(event: WatchEvent): void {
    const { batch } = this.#options;
    const change = changeOf(this.#served, event);
    if (change.type === 'upsert') {
      batch.upsert(change.fact);
    } else if (change.type === 'remove') {
      batch.remove(change.key);
    }
    this.#resourceVersion = change.resourceVersion ?? this.#resourceVersion;
  }

  /** Once may be an accident; what comes again when it is asked for again is not told by this watch. */
  get #isGarbled(): boolean {
    return this.#garbled > 1;
  }

  #prove(): void {
    this.#isProven = true;
    this.#failures = 0;
    this.#garbled = 0;
    this.#backoff.reset();
    this.#set({ status: 'watching' });
  }

  async #recover(failure: ClusterFailure, signal: AbortSignal): Promise<void> {
    const code = failure.kind === 'status' ? failure.code : undefined;
    if (code === 410 || code === 504) {
      // The version is too old, or (after a restore) too new: list again, at once where that has not just been tried.
      this.#resourceVersion = undefined;
      if (this.#isProven) {
        this.#isProven = false;
        return;
      }
    }
    if (code === 403 || code === 404) {
      this.#resourceVersion = undefined;
      if (await this.#becomeUnavailable(failure.message, code, signal)) {
        await this.#backoff.pause(this.#options.timing.unavailableMs, signal);
        return;
      }
    }
    await this.#fail(failure, signal);
  }

  async #fail(failure: ClusterFailure, signal: AbortSignal): Promise<void> {
    this.#failures += 1;
    if (this.#isGarbled) {
      // Then lists have to tell it.
      this.#resourceVersion = undefined;
    }
    this.#options.onFailure();
    // One reset connection is no trouble of the cluster's: it is one when the next attempt fails too.
    if (this.#failures > 1 || this.#isGarbled) {
      this.#set({ status: 'failing', failure });
    }
    const wait = failure.kind === 'status' ? failure.retryAfterMs : undefined;
    if (wait) {
      const { timing, random } = this.#options;
      // It says when it can be asked again; not everyone at that very moment.
      await this.#backoff.pause(
        Math.min(wait, timing.retryAfterMs) * (1 + random() / 4),
        signal,
      );
    } else {
      await this.#backoff.wait(signal);
    }
  }

  async #becomeUnavailable(
    message: string,
    code: number,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { cluster, batch, discovery } = this.#options;
    const { plural } = this.kind;
    try {
      const { status } = await unlessAborted(discovery.find(this.kind), signal);
      if (status !== 'absent' && code !== 403) {
        return false;
      }
      // What was seen is not shown any longer where it went, or the right to see it did.
      await batch.flush();
      await this.#replace([]);
      this.#set(
        status === 'absent'
          ? {
              status: 'absent',
              reason: `Cluster ${cluster} does not serve ${plural}`,
            }
          : {
              status: 'forbidden',
              reason: `The portal may not read ${plural} of cluster ${cluster}: ${message}`,
            },
      );
      return true;
    } catch {
      // The failure that led here is told, and looked into again with the next attempt.
      return false;
    }
  }

  async #replace(facts: readonly Fact[]): Promise<void> {
    await this.#options.sink.replace(
      { kind: FactKinds.object, namePrefix: `${groupKindOf(this.kind)}/` },
      facts,
    );
  }

  #set(state: KindState): void {
    const changed = JSON.stringify(state) !== JSON.stringify(this.state);
    this.state = state;
    if (changed) {
      this.#options.onState();
    }
  }
}

function failureOf(error: unknown): ClusterFailure {
  return error instanceof ClusterRequestError
    ? error.failure
    : {
        kind: 'status',
        code: 500,
        reason: '',
        message: error instanceof Error ? error.message : String(error),
      };
}
