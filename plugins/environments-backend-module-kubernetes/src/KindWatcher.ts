import { LoggerService } from '@backstage/backend-plugin-api';
import {
  FactKinds,
  ObservationSink,
} from '@envmatrix/backstage-plugin-environments-node';
import { z } from 'zod';
import { Backoff } from './Backoff';
import { KubernetesPluginClient } from './KubernetesPluginClient';
import { ClusterFailure, ClusterRequestError } from './errors';
import { EventBatch } from './EventBatch';
import { groupKindOf, groupPathOf, WatchedKind } from './kinds';
import { objectFact, objectKey, reduceObject } from './reduce';

/** Watches end by themselves after some minutes, each at a time of its own. */
const WATCH_SECONDS = { min: 240, max: 420 };

/** Bookmarks come about every minute; a watch that is silent for longer than two of them delivers nothing any more. */
const IDLE_MS = 150_000;

/** How often a kind that is not served, or not permitted, is tried again. */
const RETRY_UNAVAILABLE_MS = 60_000;

const resourceListSchema = z.looseObject({
  resources: z.array(z.looseObject({ name: z.string() })),
});

const metadataSchema = z.looseObject({
  metadata: z.looseObject({
    name: z.string().optional(),
    namespace: z.string().optional(),
    resourceVersion: z.string().optional(),
  }),
});

const errorEventSchema = z.looseObject({
  code: z.number().optional(),
  message: z.string().optional(),
  reason: z.string().optional(),
});

export type KindState =
  | { readonly status: 'listing' }
  | { readonly status: 'watching' }
  | { readonly status: 'absent' | 'forbidden'; readonly reason: string }
  | { readonly status: 'failing'; readonly failure: ClusterFailure };

/**
 * Keeps the facts about one kind in one cluster true: lists, then watches, resumes where a watch ended, and lists again where it cannot.
 */
export class KindWatcher {
  readonly kind: WatchedKind;
  state: KindState = { status: 'listing' };
  /** When the watch delivered anything last, bookmarks included. */
  lastByteAt = 0;
  #resourceVersion: string | undefined;
  #watch = new AbortController();

  constructor(
    kind: WatchedKind,
    private readonly options: {
      cluster: string;
      client: KubernetesPluginClient;
      sink: ObservationSink;
      batch: EventBatch;
      backoff: Backoff;
      logger: LoggerService;
      onState: () => void;
      random?: () => number;
    },
  ) {
    this.kind = kind;
  }

  /** Ends the current watch, so that a new one begins: what an outage left behind may look open and be dead. */
  reconnect(): void {
    this.#watch.abort();
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        if (this.#resourceVersion === undefined) {
          await this.#list(signal);
        }
        await this.#watchOnce(signal);
        this.options.backoff.reset();
      } catch (error) {
        if (signal.aborted) {
          return;
        }
        await this.#recover(error, signal);
      }
    }
  }

  get #path(): string {
    return `${groupPathOf(this.kind)}/${this.kind.plural}`;
  }

  async #list(signal: AbortSignal): Promise<void> {
    const { client, cluster, sink, batch } = this.options;
    const { items, resourceVersion } = await client.list(
      cluster,
      this.#path,
      signal,
    );
    // Events of the watch before must not overwrite the list.
    await batch.flush();
    const observedAt = new Date().toISOString();
    const objects = items.flatMap(item => reduceObject(this.kind, item) ?? []);
    await sink.replace(
      { kind: FactKinds.object, namePrefix: `${groupKindOf(this.kind)}/` },
      objects.map(object => objectFact(this.kind, object, observedAt)),
    );
    this.#resourceVersion = resourceVersion;
    this.#set({ status: 'watching' });
  }

  async #watchOnce(signal: AbortSignal): Promise<void> {
    const { client, cluster, batch, random = Math.random } = this.options;
    const { min, max } = WATCH_SECONDS;
    const timeoutSeconds = Math.round(min + random() * (max - min));
    this.#watch = new AbortController();
    const watchSignal = AbortSignal.any([signal, this.#watch.signal]);
    this.lastByteAt = Date.now();
    const idle = setInterval(() => {
      if (Date.now() - this.lastByteAt > IDLE_MS) {
        this.#watch.abort();
      }
    }, IDLE_MS / 10);
    try {
      for await (const event of client.watch(cluster, this.#path, {
        resourceVersion: this.#resourceVersion ?? '',
        timeoutSeconds,
        signal: watchSignal,
      })) {
        this.lastByteAt = Date.now();
        this.#set({ status: 'watching' });
        if (event.type === 'ERROR') {
          const { code, message, reason } = errorEventSchema.parse(
            event.object,
          );
          throw new ClusterRequestError({
            kind: 'status',
            code: code ?? 500,
            reason: reason ?? '',
            message: message ?? 'The watch ended with an error',
          });
        }
        const { metadata } = metadataSchema.parse(event.object);
        if (event.type === 'DELETED' && metadata.name) {
          batch.remove(
            objectKey(this.kind, {
              name: metadata.name,
              namespace: metadata.namespace,
            }),
          );
        } else if (event.type !== 'BOOKMARK') {
          const object = reduceObject(this.kind, event.object);
          if (object) {
            batch.upsert(
              objectFact(this.kind, object, new Date().toISOString()),
            );
          }
        }
        this.#resourceVersion =
          metadata.resourceVersion ?? this.#resourceVersion;
      }
    } catch (error) {
      if (!this.#watch.signal.aborted || signal.aborted) {
        throw error;
      }
    } finally {
      clearInterval(idle);
    }
  }

  async #recover(error: unknown, signal: AbortSignal): Promise<void> {
    const { backoff, logger, cluster } = this.options;
    if (!(error instanceof ClusterRequestError)) {
      logger.warn(
        `${groupKindOf(this.kind)} of cluster ${cluster}: ${
          error instanceof Error ? error.message : error
        }`,
      );
      await backoff.wait(signal);
      return;
    }
    const { failure } = error;
    if (
      failure.kind === 'status' &&
      (failure.code === 410 || failure.code === 504)
    ) {
      // The version is too old, or (after a restore) too new: list again, at once.
      const retry = this.#resourceVersion === undefined;
      this.#resourceVersion = undefined;
      if (!retry) {
        return;
      }
    }
    if (
      failure.kind === 'status' &&
      (failure.code === 403 || failure.code === 404)
    ) {
      this.#resourceVersion = undefined;
      await this.#unavailable(failure.message, signal);
      await backoff.pause(RETRY_UNAVAILABLE_MS, signal);
      return;
    }
    this.#set({ status: 'failing', failure });
    await backoff.wait(signal);
  }

  /** With narrow rights a kind that is not served is refused too, so only discovery tells the two apart. */
  async #unavailable(message: string, signal: AbortSignal): Promise<void> {
    const { client, cluster, sink } = this.options;
    let served = true;
    try {
      const { resources } = await client.get(
        cluster,
        groupPathOf(this.kind),
        resourceListSchema,
        signal,
      );
      served = resources.some(resource => resource.name === this.kind.plural);
    } catch (error) {
      if (
        !(error instanceof ClusterRequestError) ||
        error.failure.kind !== 'status'
      ) {
        throw error;
      }
      served = error.failure.code !== 404;
    }
    const name = groupKindOf(this.kind);
    await sink.replace({ kind: FactKinds.object, namePrefix: `${name}/` }, []);
    this.#set(
      served
        ? {
            status: 'forbidden',
            reason: `The portal may not list ${this.kind.plural} in cluster ${cluster}: ${message}`,
          }
        : {
            status: 'absent',
            reason: `Cluster ${cluster} does not serve ${name}`,
          },
    );
  }

  #set(state: KindState): void {
    const changed = state.status !== this.state.status;
    this.state = state;
    if (changed) {
      this.options.onState();
    }
  }
}
