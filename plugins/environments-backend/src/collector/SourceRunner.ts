import { setTimeout as sleep } from 'timers/promises';
import { LoggerService } from '@backstage/backend-plugin-api';
import {
  EnvironmentSource,
  Interest,
  ObservationSink,
  Recall,
} from '@envmatrix/backstage-plugin-environments-node';
import { Metrics } from '../metrics/Metrics';
import { Changes } from '../store/Changes';
import { FactStore } from '../store/FactStore';
import { Lease } from '../store/LeaseStore';
import { idOf, SourceStates } from '../store/SourceStates';

/** A source that ends is started again: soon at first, then less and less often. */
const RESTART_MS = { first: 1_000, most: 60_000 };

/** A source that ran for this long was well, and what ended it is a new trouble. */
const WELL_MS = 60_000;

/** A source that does not heed its signal must not keep the others from being stopped. */
const STOP_MS = 10_000;

export interface SourceRunnerOptions {
  readonly source: EnvironmentSource;
  /** Whatever is written is written under it. */
  readonly lease: Lease;
  /** An earlier run of the same source, that may be ending. */
  readonly after?: Promise<void>;
  readonly facts: FactStore;
  readonly states: SourceStates;
  readonly interest: Interest;
  readonly metrics?: Metrics;
  readonly logger: LoggerService;
  readonly onFacts: (changes: Changes) => void;
  readonly onState: (source: string) => void;
}

/**
 * Runs one source for as long as this process holds its lease, and stores what it sees.
 */
export class SourceRunner {
  readonly source: EnvironmentSource;
  readonly #options: SourceRunnerOptions;
  readonly #abort = new AbortController();
  readonly #done: Promise<void>;

  constructor(options: SourceRunnerOptions) {
    this.source = options.source;
    this.#options = options;
    this.#done = this.#run();
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    let timer: NodeJS.Timeout | undefined;
    const enough = new Promise<void>(resolve => {
      timer = setTimeout(resolve, STOP_MS);
    });
    await Promise.race([this.#done, enough]);
    clearTimeout(timer);
  }

  async #run(): Promise<void> {
    const { source, interest, after, metrics } = this.#options;
    await after;
    const { signal } = this.#abort;
    const logger = this.#options.logger.child({ source: idOf(source) });
    const sink = this.#sink();
    const recall = this.#recall();
    let delay = RESTART_MS.first;
    while (!signal.aborted) {
      const startedAt = Date.now();
      let reason = 'it ended by itself';
      try {
        const meter = metrics?.of(source);
        await source.run({ sink, interest, logger, meter, recall, signal });
      } catch (error) {
        reason = error instanceof Error ? error.message : String(error);
      }
      if (signal.aborted) {
        return;
      }
      if (Date.now() - startedAt > WELL_MS) {
        delay = RESTART_MS.first;
      }
      logger.error(
        `Source ${idOf(source)} starts again in ${delay / 1000} s: ${reason}`,
      );
      metrics?.sourceRestarted(source);
      await this.#report(sink, `The source failed: ${reason}`, logger);
      await pause(delay, signal);
      delay = Math.min(delay * 2, RESTART_MS.most);
    }
  }

  async #report(
    sink: ObservationSink,
    reason: string,
    logger: LoggerService,
  ): Promise<void> {
    try {
      await sink.state({ status: 'unknown', reason });
    } catch (error) {
      logger.warn(`The state of ${idOf(this.source)} was not stored: ${error}`);
    }
  }

  #recall(): Recall {
    const { source, facts } = this.#options;
    return async ({ scope, ...query }) =>
      await facts.find({
        ...query,
        source: idOf(source),
        ...(scope === undefined ? {} : { scopes: [scope] }),
      });
  }

  #sink(): ObservationSink {
    const { source, lease, facts, states, onFacts, onState } = this.#options;
    const { signal } = this.#abort;
    const id = idOf(source);
    const write = async (work: () => Promise<Changes>) => {
      signal.throwIfAborted();
      const changes = await work();
      if (changes.facts.length > 0) {
        onFacts(changes);
      }
    };
    return {
      replace: (selection, list) =>
        write(() => facts.replace(lease, selection, list)),
      upsert: list => write(() => facts.upsert(lease, list)),
      remove: keys => write(() => facts.remove(lease, keys)),
      state: async observation => {
        signal.throwIfAborted();
        const now = new Date().toISOString();
        if (await states.set(source, observation, now, lease)) {
          onState(id);
        }
      },
    };
  }
}

/** Ends early, and without an error, when the signal is aborted. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
