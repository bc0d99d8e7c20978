import {
  Fact,
  FactKey,
  ObservationSink,
} from '@envmatrix/backstage-plugin-environments-node';

type Change =
  | { readonly type: 'upsert'; readonly fact: Fact }
  | { readonly type: 'remove'; readonly key: FactKey };

/**
 * Collects changes for a moment, keeps the last one of each object, and stores them in one go.
 */
export class EventBatch {
  readonly #sink: ObservationSink;
  readonly #waitMs: number;
  readonly #onLost: (error: unknown) => void;
  #changes = new Map<string, Change>();
  #timer: NodeJS.Timeout | undefined;
  #storing: Promise<void> = Promise.resolve();

  constructor(options: {
    sink: ObservationSink;
    waitMs: number;
    /** Changes could not be stored: what they said has to be seen anew. */
    onLost: (error: unknown) => void;
  }) {
    this.#sink = options.sink;
    this.#waitMs = options.waitMs;
    this.#onLost = options.onLost;
  }

  upsert(fact: Fact): void {
    this.#add(fact, { type: 'upsert', fact });
  }

  remove(key: FactKey): void {
    this.#add(key, { type: 'remove', key });
  }

  /** Stores what is collected; resolves when it and everything before it is stored, or lost. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const changes = [...this.#changes.values()];
    this.#changes = new Map();
    this.#storing = this.#storing.then(async () => {
      try {
        await this.#store(changes);
      } catch (error) {
        this.#onLost(error);
      }
    });
    await this.#storing;
  }

  /** Drops what is not stored yet, and waits for what is under way. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#changes = new Map();
    await this.#storing;
  }

  #add({ kind, scope, name }: FactKey, change: Change): void {
    this.#changes.set(JSON.stringify([kind, scope, name]), change);
    this.#timer ??= setTimeout(() => this.flush(), this.#waitMs);
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
