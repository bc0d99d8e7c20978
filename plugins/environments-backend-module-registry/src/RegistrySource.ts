import { setTimeout as sleep } from 'timers/promises';
import { ImageFact } from '@envmatrix/engine';
import {
  EnvironmentSource,
  Fact,
  FactKinds,
  imageFactName,
  SourceContext,
  TrackedEntity,
} from '@envmatrix/backstage-plugin-environments-node';
import pLimit from 'p-limit';
import { messageOf, RegistryTroubleError } from './client/errors';
import { RegistryClient } from './client/RegistryClient';

/** How long a source waits for what, in milliseconds. */
export interface RegistryTiming {
  /** Nothing runs that is not known: so often it is made sure that the registry still answers. */
  readonly idleMs: number;
  /** First and longest wait after a trouble of the registry. */
  readonly backoffMs: { readonly first: number; readonly most: number };
  /** First and longest wait until an image that could not be read is tried again. */
  readonly againMs: { readonly first: number; readonly most: number };
}

const TIMING: RegistryTiming = {
  idleMs: 300_000,
  backoffMs: { first: 5_000, most: 300_000 },
  againMs: { first: 300_000, most: 6 * 3_600_000 },
};

/** Requests to one registry at a time. */
const CONCURRENCY = 2;

interface Wanted {
  readonly name: string;
  readonly repository: string;
  readonly digest: string;
  readonly entityRefs: readonly string[];
}

/**
 * One image registry: what the images say of themselves that run, each asked for once.
 */
export class RegistrySource implements EnvironmentSource {
  readonly kind = 'registry';
  readonly name: string;
  readonly #client: RegistryClient;
  readonly #timing: RegistryTiming;
  readonly #now: () => number;
  readonly #limit = pLimit(CONCURRENCY);
  /** What a digest names never changes. */
  readonly #known = new Map<string, ImageFact>();
  readonly #missed = new Map<
    string,
    { readonly at: number; readonly waitMs: number }
  >();
  /** Facts that were written, by entity and image. */
  readonly #written = new Set<string>();
  #waking = new AbortController();
  #round: Promise<void> = Promise.resolve();
  #context: SourceContext | undefined;
  #answeredAt = -Infinity;

  constructor(options: {
    host: string;
    client: RegistryClient;
    timing?: Partial<RegistryTiming>;
    now?: () => number;
  }) {
    this.name = options.host;
    this.#client = options.client;
    this.#timing = { ...TIMING, ...options.timing };
    this.#now = options.now ?? Date.now;
  }

  async run(context: SourceContext): Promise<void> {
    this.#context = context;
    this.#client.onRequest = () => context.meter?.request();
    this.#written.clear();
    const { signal, sink, interest } = context;
    const unsubscribe = interest.subscribe(entities => {
      if (this.#wanted(entities).some(image => !this.#isDone(image))) {
        this.#waking.abort();
      }
    });
    let troubles = 0;
    try {
      while (!signal.aborted) {
        this.#waking = new AbortController();
        try {
          await this.#look(context);
          troubles = 0;
          const wake = AbortSignal.any([signal, this.#waking.signal]);
          await pause(this.#timing.idleMs, wake);
        } catch (error) {
          signal.throwIfAborted();
          await sink.state(
            error instanceof RegistryTroubleError
              ? { status: error.status, reason: error.message }
              : { status: 'unknown', reason: messageOf(error) },
          );
          const { first, most } = this.#timing.backoffMs;
          const waitMs = Math.min(first * 2 ** troubles, most);
          troubles += 1;
          // What is new does not end this wait: the registry has to recover.
          await pause(Math.max(waitMs, retryAfterOf(error)), signal);
        }
      }
    } catch (error) {
      if (!signal.aborted) {
        throw error;
      }
    } finally {
      unsubscribe();
      this.#context = undefined;
    }
  }

  async refresh(options: { entityRefs: readonly string[] }): Promise<void> {
    const context = this.#context;
    if (!context) {
      return;
    }
    await this.#look(context, ({ entityRefs }) =>
      entityRefs.some(ref => options.entityRefs.includes(ref)),
    );
  }

  /** One look at a time. What somebody asks for is asked of the registry, also where the look before has just missed it. */
  async #look(
    context: SourceContext,
    isAsked: (image: Wanted) => boolean = () => false,
  ): Promise<void> {
    const look = this.#round
      .catch(() => undefined)
      .then(async () => {
        this.#wanted(context.interest.entities())
          .filter(isAsked)
          .forEach(({ name }) => this.#missed.delete(name));
        await this.#lookNow(context);
      });
    this.#round = look;
    await look;
  }

  async #lookNow(context: SourceContext): Promise<void> {
    const { interest, sink, signal } = context;
    signal.throwIfAborted();
    const wanted = this.#wanted(interest.entities());
    this.#forgetAllBut(wanted);
    await this.#recall(context, wanted);
    const unknown = wanted.filter(
      ({ name }) => !this.#known.has(name) && !this.#isMissed(name),
    );
    await Promise.all(
      unknown.map(image =>
        this.#limit(async () => {
          signal.throwIfAborted();
          await this.#read(context, image);
        }),
      ),
    );
    await this.#write(context, wanted);
    const isIdle = this.#now() - this.#answeredAt >= this.#timing.idleMs;
    if (wanted.length > 0 && unknown.length === 0 && isIdle) {
      await this.#client.ping(signal);
      this.#answeredAt = this.#now();
    }
    if (this.#answeredAt > -Infinity) {
      await sink.state({ status: 'observed' });
    }
  }

  async #read({ signal, sink }: SourceContext, image: Wanted): Promise<void> {
    const { name, repository, digest, entityRefs } = image;
    try {
      const fact = await this.#client.readImage({ repository, digest }, signal);
      this.#known.set(name, fact);
      this.#missed.delete(name);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof RegistryTroubleError) {
        throw error;
      }
      const { first, most } = this.#timing.againMs;
      const before = this.#missed.get(name);
      const waitMs = before ? Math.min(before.waitMs * 2, most) : first;
      this.#missed.set(name, { at: this.#now(), waitMs });
      const unknown: ImageFact = {
        repository,
        digest,
        unknown: messageOf(error),
      };
      await sink.upsert(entityRefs.map(ref => factOf(ref, unknown)));
    }
    this.#answeredAt = this.#now();
  }

  /** What an earlier run has stored need not be asked for again. */
  async #recall(
    { recall }: SourceContext,
    wanted: readonly Wanted[],
  ): Promise<void> {
    const names = wanted
      .map(({ name }) => name)
      .filter(name => !this.#known.has(name));
    if (!recall || names.length === 0) {
      return;
    }
    for (const fact of await recall({ kind: FactKinds.image, names })) {
      const image = wanted.find(({ name }) => name === fact.name);
      const value = image && imageIn(fact, image);
      if (value) {
        this.#known.set(fact.name, value);
      }
    }
  }

  async #write(
    { sink }: SourceContext,
    wanted: readonly Wanted[],
  ): Promise<void> {
    const facts = wanted.flatMap(({ name, entityRefs }) => {
      const image = this.#known.get(name);
      return image
        ? entityRefs
            .filter(ref => !this.#written.has(`${ref} ${name}`))
            .map(ref => factOf(ref, image))
        : [];
    });
    if (facts.length > 0) {
      await sink.upsert(facts);
      facts.forEach(({ scope, name }) => this.#written.add(`${scope} ${name}`));
    }
  }

  /** Images of this registry that nobody has named the commit of, each once. */
  #wanted(entities: readonly TrackedEntity[]): Wanted[] {
    const images = new Map<string, Wanted>();
    for (const { entityRef, releases = [] } of entities) {
      for (const { image: repository, digest, revision } of releases) {
        if (
          repository?.startsWith(`${this.name}/`) &&
          digest !== undefined &&
          revision === undefined
        ) {
          const name = imageFactName({ repository, digest });
          const entityRefs = images.get(name)?.entityRefs ?? [];
          images.set(name, {
            name,
            repository,
            digest,
            entityRefs: [...new Set([...entityRefs, entityRef])],
          });
        }
      }
    }
    return [...images.values()];
  }

  #isDone({ name, entityRefs }: Wanted): boolean {
    return (
      this.#isMissed(name) ||
      entityRefs.every(ref => this.#written.has(`${ref} ${name}`))
    );
  }

  #isMissed(name: string): boolean {
    const missed = this.#missed.get(name);
    return missed !== undefined && this.#now() < missed.at + missed.waitMs;
  }

  /** The store remembers what does not run any more. */
  #forgetAllBut(wanted: readonly Wanted[]): void {
    const names = new Set(wanted.map(({ name }) => name));
    for (const kept of [this.#known, this.#missed]) {
      [...kept.keys()]
        .filter(name => !names.has(name))
        .forEach(name => kept.delete(name));
    }
    [...this.#written]
      .filter(key => !names.has(key.slice(key.indexOf(' ') + 1)))
      .forEach(key => this.#written.delete(key));
  }
}

function factOf(entityRef: string, image: ImageFact): Fact {
  return {
    kind: FactKinds.image,
    scope: entityRef,
    name: imageFactName(image),
    value: { ...image },
    observedAt: new Date().toISOString(),
  };
}

/** Undefined for a fact that only says why nothing is known. */
function imageIn(
  { value }: Fact,
  { repository, digest }: Wanted,
): ImageFact | undefined {
  if (
    typeof value !== 'object' ||
    value === null ||
    Array.isArray(value) ||
    'unknown' in value
  ) {
    return undefined;
  }
  const text = (name: 'revision' | 'source' | 'version' | 'created') => {
    const field = value[name];
    return typeof field === 'string' ? { [name]: field } : {};
  };
  return {
    repository,
    digest,
    ...text('revision'),
    ...text('source'),
    ...text('version'),
    ...text('created'),
  };
}

function retryAfterOf(error: unknown): number {
  return error instanceof RegistryTroubleError ? error.retryAfterMs ?? 0 : 0;
}

/** Ends early, and without an error, when the signal is aborted. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
