import { LoggerService } from '@backstage/backend-plugin-api';
import {
  EnvironmentSource,
  EnvironmentSourceProvider,
} from '@envmatrix/backstage-plugin-environments-node';
import { Changes, FactStore } from '../store/FactStore';
import { idOf, SourceStates } from '../store/SourceStates';
import { SourceRunner } from './SourceRunner';
import { Tracker } from './Tracker';

/** A look that somebody asks for is worth waiting for a moment, not longer. */
const REFRESH_MS = 8_000;

/** What a source said is kept for this long after it left the configuration: it may only have been away for a moment. */
const FORGET_MS = 24 * 60 * 60_000;

/**
 * Finds the sources, runs them, and says which of them changed what.
 */
export class Collector {
  readonly #providers: readonly EnvironmentSourceProvider[];
  readonly #facts: FactStore;
  readonly #states: SourceStates;
  readonly #tracker: Tracker;
  readonly #logger: LoggerService;
  readonly #runners = new Map<string, SourceRunner>();
  readonly #looks = new Map<string, Promise<void>>();

  onFacts: (changes: Changes) => void = () => {};
  onState: (source: string) => void = () => {};

  constructor(options: {
    providers: readonly EnvironmentSourceProvider[];
    facts: FactStore;
    states: SourceStates;
    tracker: Tracker;
    logger: LoggerService;
  }) {
    this.#providers = options.providers;
    this.#facts = options.facts;
    this.#states = options.states;
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

  /** Looks again now at what an entity depends on; resolves when seen, or after a few seconds. Who asks meanwhile shares the look. */
  async refresh(entityRef: string): Promise<void> {
    const known = this.#looks.get(entityRef);
    if (known) {
      await known;
      return;
    }
    const look = this.#look([...this.#runners.values()], entityRef);
    this.#looks.set(entityRef, look);
    try {
      await look;
    } finally {
      this.#looks.delete(entityRef);
    }
  }

  /** Looks again now at what the sources of one kind know of an entity. */
  async look(kind: string, entityRef: string): Promise<void> {
    await this.#look(
      [...this.#runners.values()].filter(({ source }) => source.kind === kind),
      entityRef,
    );
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#runners.values()].map(runner => runner.stop()));
    this.#runners.clear();
  }

  async #look(
    runners: readonly SourceRunner[],
    entityRef: string,
  ): Promise<void> {
    const enough = new AbortController();
    const timer = setTimeout(() => enough.abort(), REFRESH_MS);
    const ended = new Promise<void>(resolve => {
      enough.signal.addEventListener('abort', () => resolve());
    });
    const looks = runners.map(async ({ source }) => {
      try {
        await source.refresh?.({
          entityRefs: [entityRef],
          signal: enough.signal,
        });
      } catch (error) {
        // Its state says what is wrong with it.
        this.#logger.debug(`${idOf(source)} was not looked at: ${error}`);
      }
    });
    await Promise.race([Promise.all(looks), ended]);
    clearTimeout(timer);
  }

  async #reconcile(
    kind: string,
    sources: readonly EnvironmentSource[],
  ): Promise<void> {
    const wanted = new Set(sources.map(idOf));
    for (const [id, runner] of this.#runners) {
      if (runner.source.kind === kind && !wanted.has(id)) {
        this.#runners.delete(id);
        await runner.stop();
      }
    }
    await this.#forget(kind, wanted);
    for (const source of sources) {
      const id = idOf(source);
      if (!this.#runners.has(id)) {
        this.#logger.info(`Watching ${id}`);
        this.#runners.set(
          id,
          new SourceRunner({
            source,
            facts: this.#facts,
            states: this.#states,
            interest: this.#tracker,
            logger: this.#logger,
            onFacts: changes => this.onFacts(changes),
            onState: changed => this.onState(changed),
          }),
        );
      }
    }
  }

  async #forget(kind: string, wanted: ReadonlySet<string>): Promise<void> {
    const now = new Date();
    for (const state of this.#states.all()) {
      const id = idOf(state);
      if (state.kind !== kind || wanted.has(id)) {
        continue;
      }
      const isOld =
        state.status === 'not-configured' &&
        now.getTime() - Date.parse(state.since ?? '') > FORGET_MS;
      if (isOld) {
        await this.#facts.forget(id);
        await this.#states.forget(id);
        this.onState(id);
      } else {
        const reason = `The portal's configuration has no ${kind} '${state.name}' any more`;
        const observation = { status: 'not-configured', reason } as const;
        if (await this.#states.set(state, observation, now.toISOString())) {
          this.onState(id);
        }
      }
    }
  }
}
