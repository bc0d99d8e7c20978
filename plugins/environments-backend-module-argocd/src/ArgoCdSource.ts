import { setTimeout as sleep } from 'timers/promises';
import {
  ApplicationFact,
  ArgoClusterFact,
  Observation,
} from '@envmatrix/engine';
import {
  EnvironmentSource,
  Fact,
  FactKinds,
  SourceContext,
} from '@envmatrix/backstage-plugin-environments-node';
import { z } from 'zod';
import { ArgoCdClient } from './ArgoCdClient';
import { ArgoCdInstance } from './readInstances';
import { applicationSchema, reduceApplication } from './reduceApplication';

/** The stream may be silent for hours, so a small request tells whether the instance answers. */
const PROBE_MS = 5_000;

/** The stream loses events by design: what it lost is seen again after this. */
const LIST_MS = 120_000;

/** Headers of the stream come with its first event; an instance without applications sends none. */
const STREAM_OPEN_MS = 1_000;

/** A release is some ten events within a second. */
const BATCH_MS = 60;

const RETRY_MS = 2_000;

const listSchema = z.looseObject({ items: z.array(z.unknown()).nullish() });

const eventSchema = z.looseObject({
  result: z
    .looseObject({ type: z.string(), application: z.unknown() })
    .optional(),
  error: z.looseObject({ message: z.string().optional() }).optional(),
});

const clustersSchema = z.looseObject({
  items: z
    .array(
      z.looseObject({
        server: z.string(),
        name: z.string(),
        serverVersion: z.string().optional(),
        connectionState: z
          .looseObject({
            status: z.string(),
            message: z.string().optional(),
            attemptedAt: z.string().nullish(),
          })
          .optional(),
        info: z
          .looseObject({
            serverVersion: z.string().optional(),
            connectionState: z
              .looseObject({
                status: z.string(),
                message: z.string().optional(),
                attemptedAt: z.string().nullish(),
              })
              .optional(),
          })
          .optional(),
      }),
    )
    .nullish(),
});

const versionSchema = z.looseObject({ Version: z.string().optional() });

/**
 * One Argo CD instance: its application stream, with lists behind it.
 */
export class ArgoCdSource implements EnvironmentSource {
  readonly kind = 'argocd';
  readonly name: string;
  readonly #instance: ArgoCdInstance;
  readonly #client: ArgoCdClient;
  readonly #probeMs: number;
  #lookNow: ((signal: AbortSignal) => Promise<void>) | undefined;

  constructor(options: {
    instance: ArgoCdInstance;
    client: ArgoCdClient;
    probeMs?: number;
  }) {
    this.name = options.instance.name;
    this.#instance = options.instance;
    this.#client = options.client;
    this.#probeMs = options.probeMs ?? PROBE_MS;
  }

  async run(context: SourceContext): Promise<void> {
    const { sink, signal, logger } = context;
    /** What is known, by namespace and name: a list and the stream may overtake each other. */
    const known = new Map<string, ApplicationFact>();
    let changed = new Map<string, ApplicationFact | undefined>();
    let batch: NodeJS.Timeout | undefined;
    let writing: Promise<void> = Promise.resolve();
    let reconnect = new AbortController();
    let listed = false;

    const write = (work: () => Promise<void>) => {
      writing = writing.then(work).catch(error => {
        if (!signal.aborted) {
          logger.error(
            `Facts of Argo CD ${this.name} were not stored`,
            toError(error),
          );
        }
      });
      return writing;
    };
    const flush = () =>
      write(async () => {
        clearTimeout(batch);
        batch = undefined;
        const entries = [...changed.entries()];
        changed = new Map();
        const facts = entries.flatMap(([, application]) =>
          application ? [applicationFact(application)] : [],
        );
        const gone = entries.flatMap(([key, application]) =>
          application ? [] : [keyParts(key)],
        );
        if (facts.length > 0) {
          await sink.upsert(facts);
        }
        if (gone.length > 0) {
          await sink.remove(
            gone.map(({ namespace, name }) => ({
              kind: FactKinds.application,
              scope: namespace,
              name,
            })),
          );
        }
      });
    const note = (key: string, application: ApplicationFact | undefined) => {
      changed.set(key, application);
      batch ??= setTimeout(flush, BATCH_MS);
    };

    const list = async () => {
      const { items } = await this.#client.get(
        listSchema,
        ['api', 'v1', 'applications'],
        { signal },
      );
      await flush();
      const next = new Map<string, ApplicationFact>();
      for (const item of items ?? []) {
        const parsed = applicationSchema.safeParse(item);
        if (parsed.success) {
          const application = reduceApplication(this.#instance, parsed.data);
          const key = keyOf(application);
          const before = known.get(key);
          // A list has no health of single resources, so what the stream said of the same version is kept.
          next.set(
            key,
            before && !isNewer(application, before) ? before : application,
          );
        }
      }
      known.clear();
      next.forEach((application, key) => known.set(key, application));
      await write(() =>
        sink.replace(
          { kind: FactKinds.application },
          [...known.values()].map(applicationFact),
        ),
      );
      await this.#readClusters(context);
      listed = true;
      await sink.state({ status: 'observed' });
    };
    this.#lookNow = list;

    const follow = async () => {
      reconnect = new AbortController();
      const streamSignal = AbortSignal.any([signal, reconnect.signal]);
      let opened = () => {};
      const open = new Promise<void>(resolve => {
        opened = resolve;
      });
      const reading = (async () => {
        for await (const line of this.#client.stream(
          ['api', 'v1', 'stream', 'applications'],
          { signal: streamSignal, onOpen: opened },
        )) {
          const event = eventSchema.parse(line);
          if (event.error) {
            throw new Error(
              event.error.message ?? 'The stream ended with an error',
            );
          }
          const parsed = applicationSchema.safeParse(event.result?.application);
          if (!parsed.success) {
            continue;
          }
          const application = reduceApplication(this.#instance, parsed.data);
          const key = keyOf(application);
          if (event.result?.type === 'DELETED') {
            known.delete(key);
            note(key, undefined);
          } else if (
            isNewer(application, known.get(key)) ||
            event.result?.type === 'ADDED'
          ) {
            known.set(key, application);
            note(key, application);
          }
        }
      })();
      // A failure is awaited below; until then it must not count as unhandled.
      reading.catch(() => {});
      await Promise.race([open, reading, pause(STREAM_OPEN_MS, signal)]);
      await list();
      const relist = setInterval(() => {
        list().catch(error => this.#report(context, error));
      }, LIST_MS);
      try {
        await reading;
      } finally {
        clearInterval(relist);
      }
    };

    const streams = async () => {
      while (!signal.aborted) {
        try {
          await follow();
        } catch (error) {
          reconnect.abort();
          if (!signal.aborted) {
            await this.#report(context, error);
          }
        }
        await pause(RETRY_MS * (0.5 + Math.random() / 2), signal);
      }
    };

    const probes = async () => {
      let troubled = false;
      while (!signal.aborted) {
        await pause(this.#probeMs, signal);
        try {
          await this.#client.get(versionSchema, ['api', 'version'], { signal });
          if (troubled) {
            troubled = false;
            // The stream that an outage left behind may look open and be dead; a new one lists again.
            reconnect.abort();
          } else if (listed) {
            await sink.state({ status: 'observed' });
          }
        } catch (error) {
          if (!signal.aborted) {
            troubled = true;
            await this.#report(context, error);
          }
        }
      }
    };

    try {
      await Promise.all([streams(), probes()]);
    } finally {
      this.#lookNow = undefined;
      clearTimeout(batch);
      await writing;
    }
  }

  async refresh(options: { signal: AbortSignal }): Promise<void> {
    await this.#lookNow?.(options.signal);
  }

  async #readClusters({ sink, signal }: SourceContext): Promise<void> {
    const { items } = await this.#client.get(
      clustersSchema,
      ['api', 'v1', 'clusters'],
      { signal },
    );
    const observedAt = new Date().toISOString();
    await sink.replace(
      { kind: FactKinds.argoCluster },
      (items ?? []).map(
        ({ server, name, serverVersion, connectionState, info }): Fact => {
          const state = connectionState ?? info?.connectionState;
          const fact: ArgoClusterFact = {
            instance: this.name,
            server,
            name,
            serverVersion: serverVersion ?? info?.serverVersion,
            connectionState: {
              status: state?.status ?? 'Unknown',
              message: state?.message,
              attemptedAt: state?.attemptedAt ?? undefined,
            },
          };
          return {
            kind: FactKinds.argoCluster,
            scope: '',
            name,
            value: JSON.parse(JSON.stringify(fact)),
            observedAt,
          };
        },
      ),
    );
  }

  async #report(
    { sink, signal, logger }: SourceContext,
    error: unknown,
  ): Promise<void> {
    if (signal.aborted) {
      return;
    }
    await sink.state(observationOf(this.name, error));
    logger.debug(`Argo CD ${this.name}: ${toError(error).message}`);
  }
}

function observationOf(name: string, error: unknown): Observation {
  const { name: errorName, message } = toError(error);
  switch (errorName) {
    case 'ServiceUnavailableError':
      return { status: 'unreachable', reason: message };
    case 'ArgoCdTimeoutError':
      return { status: 'timeout', reason: message };
    case 'AuthenticationError':
    case 'NotAllowedError':
      return { status: 'forbidden', reason: message };
    case 'TypeError':
    case 'SyntaxError':
      // The connection broke, or a line was cut off: a stream ends like this when its server goes.
      return {
        status: 'unreachable',
        reason: `The connection to Argo CD ${name} broke: ${message}`,
      };
    default:
      return { status: 'stale', reason: message };
  }
}

function applicationFact(application: ApplicationFact): Fact {
  return {
    kind: FactKinds.application,
    scope: application.namespace,
    name: application.name,
    labels: application.labels,
    value: JSON.parse(JSON.stringify(application)),
    observedAt: new Date().toISOString(),
  };
}

function keyOf({
  namespace,
  name,
}: {
  namespace: string;
  name: string;
}): string {
  return `${namespace}/${name}`;
}

function keyParts(key: string): { namespace: string; name: string } {
  const [namespace, name] = key.split('/');
  return { namespace, name };
}

function isNewer(
  application: ApplicationFact,
  before: ApplicationFact | undefined,
): boolean {
  return (
    before === undefined ||
    Number(application.resourceVersion ?? 0) >
      Number(before.resourceVersion ?? 0)
  );
}

/** Ends early, and without an error, when the signal is aborted. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
