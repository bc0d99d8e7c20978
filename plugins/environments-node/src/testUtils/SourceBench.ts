import { LoggerService } from '@backstage/backend-plugin-api';
import { EnvironmentSource, Interest, TrackedEntity } from '../sources';
import { RecordingSink } from './RecordingSink';

/**
 * Runs a source as the backend does, with a sink that remembers, and entities that a test chooses.
 *
 * @public
 */
export class SourceBench {
  readonly sink: RecordingSink;
  /** What the source has counted. */
  readonly counted = { requests: 0, watchRestarts: 0 };
  readonly #source: EnvironmentSource;
  readonly #abort = new AbortController();
  readonly #listeners = new Set<(entities: readonly TrackedEntity[]) => void>();
  #entities: readonly TrackedEntity[];
  #running: Promise<void>;

  constructor(
    source: EnvironmentSource,
    options: {
      logger: LoggerService;
      entities?: readonly TrackedEntity[];
      /** With what an earlier run has stored. */
      sink?: RecordingSink;
    },
  ) {
    this.sink = options.sink ?? new RecordingSink();
    this.#source = source;
    this.#entities = options.entities ?? [];
    const interest: Interest = {
      entities: () => this.#entities,
      subscribe: listener => {
        this.#listeners.add(listener);
        listener(this.#entities);
        return () => this.#listeners.delete(listener);
      },
    };
    this.#running = source.run({
      sink: this.sink,
      interest,
      logger: options.logger,
      meter: {
        request: () => {
          this.counted.requests += 1;
        },
        watchRestart: () => {
          this.counted.watchRestarts += 1;
        },
      },
      recall: query => this.sink.recall(query),
      signal: this.#abort.signal,
    });
    // A failure is told by `stop`; until then it must not count as unhandled.
    this.#running.catch(() => {});
  }

  /** The portal is interested in these from now on. */
  setEntities(entities: readonly TrackedEntity[]): void {
    this.#entities = entities;
    this.#listeners.forEach(listener => listener(entities));
  }

  async refresh(entityRefs: readonly string[]): Promise<void> {
    await this.#source.refresh?.({
      entityRefs,
      signal: this.#abort.signal,
    });
  }

  /** Aborts the source's signal; resolves when it has ended, and rejects when it failed. */
  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#running;
  }
}
