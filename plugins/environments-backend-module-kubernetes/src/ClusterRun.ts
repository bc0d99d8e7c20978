import { LoggerService } from '@backstage/backend-plugin-api';
import { ClusterFact, Observation } from '@envmatrix/engine';
import {
  FactKinds,
  SourceContext,
} from '@envmatrix/backstage-plugin-environments-node';
import pLimit from 'p-limit';
import { Backoff } from './Backoff';
import { readGroupVersions, readVersion } from './describeCluster';
import { Discovery } from './Discovery';
import {
  ClusterFailure,
  ClusterRequestError,
  hasAnswered,
  observationOf,
} from './errors';
import { EventBatch } from './EventBatch';
import { Gate } from './Gate';
import { groupKindOf, WATCHED_KINDS } from './kinds';
import { KindWatcher } from './KindWatcher';
import { KubernetesPluginClient } from './KubernetesPluginClient';
import { Timing } from './timing';

/** Lists at a time: a cluster that starts, or comes back, is not met by all of them at once. */
const CONCURRENT_LISTS = 4;

export interface ClusterRunOptions {
  readonly cluster: string;
  readonly client: KubernetesPluginClient;
  readonly context: SourceContext;
  readonly timing: Timing;
  readonly random: () => number;
}

/**
 * One cluster for as long as it is watched: a watcher per kind, and a probe that tells whether the cluster answers, as silence of a watch does not.
 */
export class ClusterRun {
  readonly #options: ClusterRunOptions;
  readonly #logger: LoggerService;
  readonly #watchers: readonly KindWatcher[];
  readonly #batch: EventBatch;
  readonly #gate = new Gate();
  readonly #pace: Backoff;
  #description: Omit<ClusterFact, 'unavailable'> | undefined;
  #describedAt = 0;
  #trouble: Observation | undefined;
  #lastSign = 0;
  /** How many failures there were, and how many of them a probe has looked into since. */
  #failures = 0;
  #examined = 0;
  #storedFact = '';
  #told: Observation | undefined;
  #telling: Promise<void> = Promise.resolve();

  constructor(options: ClusterRunOptions) {
    const { cluster, context, timing, random } = options;
    const { meter } = context;
    const client = options.client.counting(() => meter?.request());
    this.#options = { ...options, client };
    this.#logger = context.logger;
    this.#pace = new Backoff({ ...timing.backoffMs, random });
    this.#batch = new EventBatch({
      sink: context.sink,
      waitMs: timing.batchMs,
      onLost: error => {
        if (!context.signal.aborted) {
          this.#logger.error(
            `Facts of cluster ${cluster} were not stored, they are listed again`,
            toError(error),
          );
          this.#watchers.forEach(watcher => watcher.relist());
        }
      },
    });
    const limit = pLimit(CONCURRENT_LISTS);
    const discovery = new Discovery({
      client,
      cluster,
      signal: context.signal,
      timeoutMs: timing.requestTimeoutMs,
      rememberMs: timing.discoveryMs,
    });
    this.#watchers = WATCHED_KINDS.map(
      kind =>
        new KindWatcher(kind, {
          cluster,
          client,
          discovery,
          sink: context.sink,
          batch: this.#batch,
          gate: this.#gate,
          limit,
          timing,
          random,
          onState: () => this.#tell(),
          onWatchRestart: () => meter?.watchRestart(),
          onSign: () => {
            this.#lastSign = Date.now();
          },
          onFailure: () => this.#probeSoon(),
        }),
    );
  }

  async run(): Promise<void> {
    const { signal } = this.#options.context;
    try {
      await Promise.all([
        this.#probeUntilAborted(),
        ...this.#watchers.map(watcher => watcher.run(signal)),
      ]);
    } finally {
      await this.#batch.close();
      await this.#telling;
    }
  }

  /** Asks the cluster now, and resolves when what it said is stored. */
  async look(signal: AbortSignal): Promise<void> {
    await this.#probe(signal);
    await this.#batch.flush();
    await this.#telling;
  }

  #probeSoon(): void {
    this.#failures += 1;
    // An event from just before says nothing about now.
    this.#lastSign = 0;
    this.#pace.wake();
  }

  async #probeUntilAborted(): Promise<void> {
    const { context, timing } = this.#options;
    const { signal } = context;
    while (!signal.aborted) {
      const silentMs = Date.now() - this.#lastSign;
      const isDue = Date.now() - this.#describedAt > timing.versionMs;
      if (this.#trouble || isDue || silentMs >= timing.probeMs) {
        await this.#probe(signal);
        // What failed while the probe was under way may tell of something that it was too early for.
        if (this.#trouble || this.#examined === this.#failures) {
          await this.#pace.pause(
            this.#trouble ? timing.troubledProbeMs : timing.probeMs,
            signal,
          );
        }
      } else {
        this.#tell();
        await this.#pace.pause(timing.probeMs - silentMs, signal);
      }
    }
  }

  async #probe(signal: AbortSignal): Promise<void> {
    const { client, cluster, context, timing } = this.#options;
    const failures = this.#failures;
    const timeoutMs = this.#trouble
      ? timing.troubledTimeoutMs
      : timing.probeTimeoutMs;
    try {
      const version = await readVersion(client, cluster, { signal, timeoutMs });
      const isNews =
        this.#trouble !== undefined ||
        this.#description?.gitVersion !== version.gitVersion ||
        Date.now() - this.#describedAt > timing.versionMs;
      if (isNews) {
        const groupVersions = await readGroupVersions(client, cluster, {
          signal,
          timeoutMs,
        });
        this.#description = { ...version, groupVersions };
        this.#describedAt = Date.now();
      }
      this.#recovered();
    } catch (error) {
      if (signal.aborted || context.signal.aborted) {
        return;
      }
      const failure = failureOf(error);
      if (hasAnswered(failure)) {
        // It answers, though not this question: what is known of its kinds decides.
        this.#recovered();
      } else {
        this.#trouble = observationOf(cluster, failure);
        this.#gate.close();
      }
    }
    this.#examined = failures;
    this.#tell();
  }

  #recovered(): void {
    this.#lastSign = Date.now();
    if (this.#trouble) {
      this.#trouble = undefined;
      this.#watchers.forEach(watcher => watcher.reconnect());
      this.#gate.open();
    }
  }

  /** What is to be said of the cluster as a whole; undefined while that is not known: what was said before stands. */
  #observation(): Observation | undefined {
    if (this.#trouble) {
      return this.#trouble;
    }
    if (this.#examined !== this.#failures) {
      return undefined;
    }
    const { cluster } = this.#options;
    for (const { kind, state } of this.#watchers) {
      if (state.status === 'failing') {
        return {
          status: 'stale',
          reason: `${kind.plural} of cluster ${cluster} are last known: ${state.failure.message}`,
        };
      }
    }
    return this.#watchers.some(({ state }) => state.status === 'starting')
      ? undefined
      : { status: 'observed' };
  }

  #tell(): void {
    this.#telling = this.#telling.then(async () => {
      const { cluster, context } = this.#options;
      if (context.signal.aborted) {
        return;
      }
      try {
        await this.#storeFact();
        const observation = this.#observation();
        if (observation) {
          await context.sink.state(observation);
          this.#log(observation);
        }
      } catch (error) {
        this.#logger.error(
          `What is known of cluster ${cluster} was not stored`,
          toError(error),
        );
      }
    });
  }

  async #storeFact(): Promise<void> {
    if (!this.#description) {
      return;
    }
    const fact: ClusterFact = {
      ...this.#description,
      unavailable: this.#watchers.flatMap(({ kind, state }) =>
        state.status === 'absent' || state.status === 'forbidden'
          ? [{ kind: groupKindOf(kind), ...state }]
          : [],
      ),
    };
    const text = JSON.stringify(fact);
    if (text === this.#storedFact) {
      return;
    }
    await this.#options.context.sink.upsert([
      {
        kind: FactKinds.cluster,
        scope: '',
        name: '',
        value: JSON.parse(text),
        observedAt: new Date().toISOString(),
      },
    ]);
    this.#storedFact = text;
  }

  #log(observation: Observation): void {
    const { status, reason } = observation;
    if (status !== this.#told?.status) {
      if (status === 'observed') {
        this.#logger.info(`Cluster ${this.#options.cluster} is watched`);
      } else {
        this.#logger.warn(`Cluster ${this.#options.cluster}: ${reason}`);
      }
    }
    this.#told = observation;
  }
}

function failureOf(error: unknown): ClusterFailure {
  return error instanceof ClusterRequestError
    ? error.failure
    : { kind: 'portal', message: toError(error).message };
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
