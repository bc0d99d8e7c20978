import { LoggerService } from '@backstage/backend-plugin-api';
import {
  EnvironmentSource,
  EnvironmentSourceProvider,
} from '@envmatrix/backstage-plugin-environments-node';
import { Changes, FactStore, idOf } from '../store/FactStore';
import { SourceRunner } from './SourceRunner';
import { Tracker } from './Tracker';

/** A look that somebody asks for is worth waiting for a moment, not longer. */
const REFRESH_MS = 8_000;

/**
 * Finds the sources, runs them, and says which of them changed what.
 */
export class Collector {
  readonly #providers: readonly EnvironmentSourceProvider[];
  readonly #store: FactStore;
  readonly #tracker: Tracker;
  readonly #logger: LoggerService;
  readonly #runners = new Map<string, SourceRunner>();

  onFacts: (changes: Changes) => void = () => {};
  onState: (source: string) => void = () => {};

  constructor(options: {
    providers: readonly EnvironmentSourceProvider[];
    store: FactStore;
    tracker: Tracker;
    logger: LoggerService;
  }) {
    this.#providers = options.providers;
    this.#store = options.store;
    this.#tracker = options.tracker;
    this.#logger = options.logger;
  }

  /** Asks every provider for its sources: starts what is new, stops what is gone. One provider that fails hides no other. */
  async discover(): Promise<void> {
    await Promise.all(
      this.#providers.map(async provider => {
        try {
          await this.#reconcile(provider.kind, await provider.getSources());
        } catch (error) {
          this.#logger.warn(
            `Sources of kind ${provider.kind} could not be listed: ${
              error instanceof Error ? error.message : error
            }`,
          );
        }
      }),
    );
  }

  /** Looks again now at what these entities depend on; resolves when seen, or after a few seconds. */
  async refresh(entityRefs: readonly string[]): Promise<void> {
    const signal = AbortSignal.timeout(REFRESH_MS);
    const ended = new Promise<void>(resolve => {
      signal.addEventListener('abort', () => resolve());
    });
    const looks = Promise.allSettled(
      [...this.#runners.values()].map(({ source }) =>
        source.refresh?.({ entityRefs, signal }),
      ),
    );
    await Promise.race([looks, ended]);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#runners.values()].map(runner => runner.stop()));
    this.#runners.clear();
  }

  async #reconcile(
    kind: string,
    sources: readonly EnvironmentSource[],
  ): Promise<void> {
    const wanted = new Set(sources.map(idOf));
    for (const source of sources) {
      const id = idOf(source);
      if (!this.#runners.has(id)) {
        this.#logger.info(`Watching ${id}`);
        this.#runners.set(
          id,
          new SourceRunner({
            source,
            store: this.#store,
            interest: this.#tracker,
            logger: this.#logger,
            onFacts: changes => this.onFacts(changes),
            onState: changed => this.onState(changed),
          }),
        );
      }
    }
    for (const [id, runner] of this.#runners) {
      if (runner.source.kind === kind && !wanted.has(id)) {
        this.#runners.delete(id);
        await runner.stop();
        await this.#store.forgetSource(runner.source);
        this.onState(id);
      }
    }
    // A source of an earlier configuration, from before this process began.
    for (const state of this.#store.states()) {
      if (state.kind === kind && !wanted.has(idOf(state))) {
        await this.#store.forgetSource(state);
        this.onState(idOf(state));
      }
    }
  }
}
