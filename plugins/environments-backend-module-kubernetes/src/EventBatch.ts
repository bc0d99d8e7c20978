import {
  Fact,
  FactKey,
  ObservationSink,
} from '@envmatrix/backstage-plugin-environments-node';

/** A step of a rollout is several events within milliseconds; together they are one change. */
const BATCH_MS = 60;

type Change =
  | { readonly type: 'upsert'; readonly fact: Fact }
  | { readonly type: 'remove'; readonly key: FactKey };

/**
 * Collects changes for a moment, keeps the last one of each object, and stores them in one go.
 */
export class EventBatch {
  readonly #sink: ObservationSink;
  readonly #onError: (error: unknown) => void;
  #changes = new Map<string, Change>();
  #timer: NodeJS.Timeout | undefined;
  #flushing: Promise<void> = Promise.resolve();

  constructor(options: {
    sink: ObservationSink;
    onError: (error: unknown) => void;
  }) {
    this.#sink = options.sink;
    this.#onError = options.onError;
  }

  upsert(fact: Fact): void {
    this.#add(fact, { type: 'upsert', fact });
  }

  remove(key: FactKey): void {
    this.#add(key, { type: 'remove', key });
  }

  /** Stores what is collected; resolves when it and everything before it is stored. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const changes = [...this.#changes.values()];
    this.#changes = new Map();
    this.#flushing = this.#flushing.then(() => this.#store(changes));
    await this.#flushing;
  }

  #add(key: FactKey, change: Change): void {
    this.#changes.set(`${key.kind}\0${key.scope}\0${key.name}`, change);
    this.#timer ??= setTimeout(() => {
      this.flush().catch(this.#onError);
    }, BATCH_MS);
  }

  async #store(changes: readonly Change[]): Promise<void> {
    const facts = changes.flatMap(change =>
      change.type === 'upsert' ? [change.fact] : [],
    );
    const keys = changes.flatMap(change =>
      change.type === 'remove' ? [change.key] : [],
    );
    if (facts.length > 0) {
      await this.#sink.upsert(facts);
    }
    if (keys.length > 0) {
      await this.#sink.remove(keys);
    }
  }
}
