import {
  ApplicationOwners,
  SourceContext,
  TrackedEntity,
} from '@envmatrix/backstage-plugin-environments-node';
import pLimit from 'p-limit';
import { z } from 'zod';
import { ArgoCdClient } from '../client/ArgoCdClient';
import { observationOf, retryAfterOf, toError } from '../client/errors';
import { ArgoCdInstance } from '../readInstances';
import { ApplicationTable, keyOf } from './ApplicationTable';
import { Backoff, pause } from './Backoff';
import { FactWriter } from './FactWriter';
import { Platform } from './Platform';
import {
  createReduce,
  getApplication,
  listApplications,
  Reduce,
  withClusterName,
} from './readApplications';
import { Revisions } from './Revisions';
import { Timing } from './timing';

/** A get is a request to the API server behind the instance, which asks for no more than some at a time. */
const GETS_AT_ONCE = 8;

/** From here on, one list of everything as it is costs the instance less than the gets. */
const MANY_GETS = 200;

const eventSchema = z.looseObject({
  result: z
    .looseObject({ type: z.string(), application: z.unknown() })
    .optional(),
  error: z.looseObject({ message: z.string().optional() }).optional(),
});

/**
 * One life of a source: follows the stream, lists behind it, and asks whether the instance is there.
 */
export class ArgoCdRun {
  readonly #client: ArgoCdClient;
  readonly #context: SourceContext;
  readonly #instance: ArgoCdInstance;
  readonly #timing: Timing;
  readonly #table = new ApplicationTable();
  readonly #platform: Platform;
  readonly #revisions: Revisions;
  readonly #writer: FactWriter;
  readonly #reduce: Reduce;
  readonly #streamBackoff: Backoff;
  readonly #listBackoff: Backoff;
  readonly #gets = pLimit(GETS_AT_ONCE);
  #entities: readonly TrackedEntity['entity'][] = [];
  #owners = new ApplicationOwners([]);
  #reconnect = new AbortController();
  #isStreaming = false;
  /** A list was read since the stream was opened: from then on the stream has to tell. */
  #isCaughtUp = false;
  /** The last list was read, and written down. */
  #isListed = false;
  #isListWanted = true;
  #listing: Promise<number> | undefined;
  #detailing: Promise<void> | undefined;
  #isDetailWanted = false;
  #explaining: Promise<void> = Promise.resolve();

  constructor(options: {
    client: ArgoCdClient;
    context: SourceContext;
    instance: ArgoCdInstance;
    timing: Timing;
    now: () => Date;
  }) {
    const { client, context, instance, timing, now } = options;
    this.#client = client;
    this.#context = context;
    this.#instance = instance;
    this.#timing = timing;
    this.#streamBackoff = new Backoff(timing.backoffMs);
    this.#listBackoff = new Backoff(timing.backoffMs);
    this.#platform = new Platform({
      client,
      context,
      instance,
      now,
      onNames: () => this.#renamed(),
    });
    this.#revisions = new Revisions({
      client,
      context,
      instance: instance.name,
      now,
      application: key => this.#table.get(keyOf(key)),
    });
    this.#reduce = createReduce(instance);
    this.#writer = new FactWriter({
      sink: context.sink,
      batchMs: timing.batchMs,
      finish: application =>
        withClusterName(application, server =>
          this.#platform.clusterName(server),
        ),
      onLost: error => this.#lost(error),
    });
  }

  /** Until the context's signal is aborted. */
  async run(): Promise<void> {
    const { meter } = this.#context;
    this.#client.onRequest = () => meter?.request();
    const unsubscribe = this.#context.interest.subscribe(entities => {
      const isNews = this.#learn(entities);
      if (this.#isListed) {
        if (isNews) {
          this.#detailSoon();
        }
        this.#explain(entities);
      }
    });
    try {
      await this.#platform.recall();
      await Promise.all([
        this.#keepStreaming(),
        this.#keepListing(),
        this.#keepProbing(),
      ]);
    } finally {
      unsubscribe();
      await this.#platform.settled();
      await this.#writer.close();
      await this.#explaining;
    }
  }

  /** Looks again now at the applications of these entities. */
  async refresh(
    entities: readonly TrackedEntity[],
    signal: AbortSignal,
  ): Promise<void> {
    const owners = new ApplicationOwners(entities);
    const applications = this.#table
      .all()
      .filter(application => owners.has(application));
    if (applications.length === 0) {
      await this.#list();
      return;
    }
    await this.#getAll(applications.map(keyOf), signal);
    await this.#writer.flush();
  }

  /** Returns whether others than before may own applications. What is found out about an entity, after each look, changes nothing in that. */
  #learn(entities: readonly TrackedEntity[]): boolean {
    const before = this.#entities;
    this.#entities = entities.map(({ entity }) => entity);
    const isSame =
      before.length === entities.length &&
      before.every((entity, index) => entity === this.#entities[index]);
    if (!isSame) {
      this.#owners = new ApplicationOwners(entities);
    }
    return !isSame;
  }

  async #keepStreaming(): Promise<void> {
    const { meter, signal } = this.#context;
    for (let streams = 0; !signal.aborted; streams += 1) {
      this.#reconnect = new AbortController();
      if (streams > 0) {
        meter?.watchRestart();
      }
      const streamSignal = AbortSignal.any([signal, this.#reconnect.signal]);
      try {
        await this.#stream(streamSignal);
      } catch (error) {
        this.#context.logger.debug(
          `The stream of Argo CD ${this.#instance.name} ended: ${
            toError(error).message
          }`,
        );
        // Whether that is a trouble is told by the list.
        this.#wantList();
        if (!this.#reconnect.signal.aborted) {
          await this.#streamBackoff.wait(signal, retryAfterOf(error));
        }
      } finally {
        this.#isStreaming = false;
        this.#reconnect.abort();
      }
    }
  }

  async #stream(signal: AbortSignal): Promise<void> {
    const { openMs, idleMs } = this.#timing;
    let opened = () => {};
    const open = new Promise<void>(resolve => {
      opened = resolve;
    });
    const idle = setTimeout(() => this.#reconnect.abort(), idleMs);
    const read = async () => {
      for await (const line of this.#client.stream(
        ['api', 'v1', 'stream', 'applications'],
        {
          // Only what happens from now on: what there is comes with the list, and costs less there.
          query: { resourceVersion: '0' },
          signal,
          onOpen: opened,
        },
      )) {
        idle.refresh();
        this.#event(line);
      }
    };
    const reading = read().finally(() => clearTimeout(idle));
    // A failure is awaited below; until then it must not count as unhandled.
    reading.catch(() => {});
    await Promise.race([open, reading, pause(openMs, signal)]);
    this.#isStreaming = true;
    this.#isCaughtUp = false;
    // The stream says nothing of what happened before it.
    this.#wantList();
    await reading;
    this.#streamBackoff.reset();
  }

  #event(line: unknown): void {
    const { error, result } = eventSchema.parse(line);
    if (error) {
      throw new Error(error.message ?? 'The stream ended with an error');
    }
    const application = this.#reduce(result?.application);
    if (!application) {
      return;
    }
    if (result?.type === 'DELETED') {
      this.#table.remove(keyOf(application));
      this.#writer.gone(application);
    } else if (this.#table.put(application, Date.now())) {
      this.#platform.noticeProject(application.project);
      this.#writer.changed(application);
    }
  }

  async #keepListing(): Promise<void> {
    const { signal } = this.#context;
    const { openMs, listMs, listWithoutStreamMs } = this.#timing;
    // What the stream tells from its first moment on is not missed by the list behind it.
    await this.#listBackoff.pause(openMs, signal);
    while (!signal.aborted) {
      this.#isListWanted = false;
      try {
        const hadToTell = this.#isStreaming && this.#isCaughtUp;
        const isUntold = (await this.#list()) > 0;
        this.#listBackoff.reset();
        if (hadToTell && isUntold) {
          // It may be open and dead.
          this.#reconnect.abort();
        }
        if (!this.#isListWanted) {
          const every = this.#isStreaming ? listMs : listWithoutStreamMs;
          const jitter = 0.8 + Math.random() * 0.4;
          await this.#listBackoff.pause(every * jitter, signal);
        }
      } catch (error) {
        this.#isListed = false;
        await this.#report(error);
        await this.#listBackoff.wait(signal, retryAfterOf(error));
      }
    }
  }

  #wantList(): void {
    this.#isListWanted = true;
    this.#listBackoff.wake();
  }

  /** Returns how many applications were not as the table had them. Who asks meanwhile shares the list. */
  async #list(): Promise<number> {
    this.#listing ??= this.#listNow().finally(() => {
      this.#listing = undefined;
    });
    return await this.#listing;
  }

  async #listNow(): Promise<number> {
    const { signal, sink } = this.#context;
    this.#platform.look();
    this.#table.beginList();
    const listed = await listApplications(this.#client, this.#reduce, {
      whole: false,
      signal,
    });
    const news = this.#table.endList(listed).length;
    await this.#detail(signal);
    await this.#writer.replaceAll(() => this.#table.all());
    this.#isCaughtUp = true;
    this.#isListed = true;
    await sink.state({ status: 'observed' });
    this.#explain(this.#context.interest.entities());
    return news;
  }

  /** Nobody waits for it: applications count also where nobody knows who deployed them. */
  #explain(entities: readonly TrackedEntity[]): void {
    this.#explaining = Promise.all([
      this.#explaining,
      this.#revisions.explain(entities),
    ]).then(() => undefined);
  }

  /** After the entities changed: they may change many times in a row, and are looked at once more afterwards. */
  #detailSoon(): void {
    if (this.#detailing) {
      this.#isDetailWanted = true;
      return;
    }
    this.#isDetailWanted = false;
    this.#detailing = this.#detail(this.#context.signal)
      .catch(error => this.#report(error))
      .finally(() => {
        this.#detailing = undefined;
        if (this.#isDetailWanted && !this.#context.signal.aborted) {
          this.#detailSoon();
        }
      });
  }

  /** Sees as a whole what belongs to entities: with their history, conditions, and the health of single resources. */
  async #detail(signal: AbortSignal): Promise<void> {
    const keys = this.#table.partial(
      Date.now() - this.#timing.detailMs,
      application => this.#owners.has(application),
    );
    if (keys.length < MANY_GETS) {
      await this.#getAll(keys, signal);
      return;
    }
    const all = await listApplications(this.#client, this.#reduce, {
      whole: true,
      signal,
    });
    for (const application of all) {
      if (this.#table.put(application, Date.now())) {
        this.#writer.changed(application);
      }
    }
  }

  async #getAll(keys: readonly string[], signal: AbortSignal): Promise<void> {
    await Promise.all(
      keys.map(key =>
        this.#gets(async () => {
          const known = this.#table.get(key);
          const application =
            known &&
            (await getApplication(this.#client, this.#reduce, known, signal));
          if (!application) {
            this.#table.giveUp(key, Date.now());
          } else if (this.#table.put(application, Date.now())) {
            this.#writer.changed(application);
          }
        }),
      ),
    );
  }

  async #keepProbing(): Promise<void> {
    const { signal, sink } = this.#context;
    let isTroubled = false;
    while (!signal.aborted) {
      await pause(this.#timing.probeMs, signal);
      try {
        await this.#client.get(z.unknown(), ['api', 'version'], { signal });
        if (isTroubled) {
          isTroubled = false;
          // The stream that an outage left behind may look open and be dead.
          this.#reconnect.abort();
          this.#streamBackoff.wake();
          this.#wantList();
        } else if (this.#isListed) {
          await this.#platform.follow();
          await sink.state({ status: 'observed' });
        }
      } catch (error) {
        isTroubled = true;
        this.#isListed = false;
        await this.#report(error);
      }
    }
  }

  /** What names its cluster by an address is written down anew, with the name that this has now. */
  #renamed(): void {
    for (const application of this.#table.all()) {
      const { name, server } = application.destination;
      if (!name && server) {
        this.#writer.changed(application);
      }
    }
  }

  #lost(error: unknown): void {
    if (!this.#context.signal.aborted) {
      this.#context.logger.error(
        `Facts of Argo CD ${this.#instance.name} were not stored: ${
          toError(error).message
        }`,
      );
      this.#wantList();
    }
  }

  async #report(error: unknown): Promise<void> {
    const { sink, signal, logger } = this.#context;
    if (signal.aborted) {
      return;
    }
    const observation = observationOf(error);
    logger.debug(observation.reason ?? observation.status);
    try {
      await sink.state(observation);
    } catch (problem) {
      if (!signal.aborted) {
        logger.error(
          `The state of Argo CD ${this.#instance.name} was not stored: ${
            toError(problem).message
          }`,
        );
      }
    }
  }
}
