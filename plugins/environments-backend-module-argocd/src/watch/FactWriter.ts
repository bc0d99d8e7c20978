import {
  Fact,
  FactKinds,
  ObservationSink,
} from '@envmatrix/backstage-plugin-environments-node';
import { ApplicationFact } from '@envmatrix/engine';
import { keyOf } from './ApplicationTable';

/** What is written in one transaction. */
const AT_ONCE = 500;

/**
 * Writes applications down in the order in which they were seen: what comes within a moment in one go.
 */
export class FactWriter {
  readonly #sink: ObservationSink;
  readonly #batchMs: number;
  readonly #finish: (application: ApplicationFact) => ApplicationFact;
  readonly #onLost: (error: unknown) => void;
  #changed = new Map<string, ApplicationFact>();
  #gone = new Map<string, { namespace: string; name: string }>();
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(options: {
    sink: ObservationSink;
    batchMs: number;
    /** Adds what is known beside the application, at the moment at which it is written down. */
    finish: (application: ApplicationFact) => ApplicationFact;
    /** Something could not be written: it has to be seen anew. */
    onLost: (error: unknown) => void;
  }) {
    this.#sink = options.sink;
    this.#batchMs = options.batchMs;
    this.#finish = options.finish;
    this.#onLost = options.onLost;
  }

  changed(application: ApplicationFact): void {
    const key = keyOf(application);
    this.#gone.delete(key);
    this.#changed.set(key, application);
    this.#schedule();
  }

  gone(application: { namespace: string; name: string }): void {
    const key = keyOf(application);
    this.#changed.delete(key);
    this.#gone.set(key, application);
    this.#schedule();
  }

  /** After a list: these are all. Resolves when it is written; rejects when it is not. */
  async replaceAll(
    applications: () => readonly ApplicationFact[],
  ): Promise<void> {
    await this.flush();
    await this.#enqueue(() =>
      this.#sink.replace(
        { kind: FactKinds.application },
        applications().map(application => this.#factOf(application)),
      ),
    );
  }

  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const changed = [...this.#changed.values()];
    const gone = [...this.#gone.values()];
    this.#changed = new Map();
    this.#gone = new Map();
    try {
      await this.#enqueue(async () => {
        // Made when it is their turn: facts of thousands that wait would be held in memory meanwhile.
        for (let start = 0; start < changed.length; start += AT_ONCE) {
          await this.#sink.upsert(
            changed
              .slice(start, start + AT_ONCE)
              .map(application => this.#factOf(application)),
          );
        }
        if (gone.length > 0) {
          await this.#sink.remove(
            gone.map(({ namespace, name }) => ({
              kind: FactKinds.application,
              scope: namespace,
              name,
            })),
          );
        }
      });
    } catch (error) {
      this.#onLost(error);
    }
  }

  /** Drops what is not written yet, and waits for what is under way. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#changed.clear();
    this.#gone.clear();
    await this.#writing;
  }

  #schedule(): void {
    this.#timer ??= setTimeout(() => this.flush(), this.#batchMs);
  }

  async #enqueue(work: () => Promise<void>): Promise<void> {
    const written = this.#writing.then(work);
    this.#writing = written.catch(() => {});
    await written;
  }

  #factOf(application: ApplicationFact): Fact {
    return {
      kind: FactKinds.application,
      scope: application.namespace,
      name: application.name,
      labels: application.labels,
      value: JSON.parse(JSON.stringify(this.#finish(application))),
      observedAt: new Date().toISOString(),
    };
  }
}
