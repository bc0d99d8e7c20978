import { LoggerService } from '@backstage/backend-plugin-api';
import {
  EnvironmentSource,
  Fact,
  FactKey,
  Interest,
  ObservationSink,
} from '@envmatrix/backstage-plugin-environments-node';
import { Observation } from '@envmatrix/engine';
import { Changes, FactStore, idOf } from '../store/FactStore';

/** A source that fails as a whole is started again after this. */
const RESTART_MS = 5_000;

/**
 * Runs one source for as long as this process is to watch it, and stores what it sees. The one place that decides which process that is.
 */
export class SourceRunner {
  readonly source: EnvironmentSource;
  readonly #abort = new AbortController();
  readonly #done: Promise<void>;

  constructor(options: {
    source: EnvironmentSource;
    store: FactStore;
    interest: Interest;
    logger: LoggerService;
    onFacts: (changes: Changes) => void;
    onState: (source: string) => void;
  }) {
    this.source = options.source;
    this.#done = this.#run(options);
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#done;
  }

  async #run(options: {
    source: EnvironmentSource;
    store: FactStore;
    interest: Interest;
    logger: LoggerService;
    onFacts: (changes: Changes) => void;
    onState: (source: string) => void;
  }): Promise<void> {
    const { source, store, interest, onFacts, onState } = options;
    const { signal } = this.#abort;
    const id = idOf(source);
    const logger = options.logger.child({ source: id });
    const sink = guardedSink({ id, source, store, signal, onFacts, onState });
    while (!signal.aborted) {
      try {
        await source.run({ sink, interest, logger, signal });
      } catch (error) {
        if (signal.aborted) {
          return;
        }
        const message = error instanceof Error ? error.message : String(error);
        logger.error(
          `Source ${id} failed and starts again in ${
            RESTART_MS / 1000
          } s: ${message}`,
        );
        await sink.state({
          status: 'unknown',
          reason: `The source failed: ${message}`,
        });
      }
      await new Promise<void>(resolve => {
        const timer = setTimeout(resolve, RESTART_MS);
        signal.addEventListener('abort', () => {
          clearTimeout(timer);
          resolve();
        });
        if (signal.aborted) {
          resolve();
        }
      });
    }
  }
}

function guardedSink(options: {
  id: string;
  source: EnvironmentSource;
  store: FactStore;
  signal: AbortSignal;
  onFacts: (changes: Changes) => void;
  onState: (source: string) => void;
}): ObservationSink {
  const { id, source, store, signal, onFacts, onState } = options;
  const guard = async (write: () => Promise<Changes>) => {
    signal.throwIfAborted();
    const changes = await write();
    if (changes.facts.length > 0) {
      onFacts(changes);
    }
  };
  return {
    replace: (selection, facts: readonly Fact[]) =>
      guard(() => store.replace(id, selection, facts)),
    upsert: (facts: readonly Fact[]) => guard(() => store.upsert(id, facts)),
    remove: (keys: readonly FactKey[]) => guard(() => store.remove(id, keys)),
    state: async (observation: Observation) => {
      signal.throwIfAborted();
      if (await store.setState(source, observation, new Date().toISOString())) {
        onState(id);
      }
    },
  };
}
