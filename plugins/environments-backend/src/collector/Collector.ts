import { LoggerService } from '@backstage/backend-plugin-api';
import {
  EnvironmentSource,
  EnvironmentSourceProvider,
  OnDemandAccess,
} from '@envmatrix/backstage-plugin-environments-node';
import { Metrics } from '../metrics/Metrics';
import { Changes } from '../store/Changes';
import { FactStore } from '../store/FactStore';
import { LeaseRow, LeaseStore } from '../store/LeaseStore';
import { idOf, SourceStates } from '../store/SourceStates';
import { ConfiguredSources } from './ConfiguredSources';
import { LeaseKeeper } from './LeaseKeeper';
import { SourceRunner } from './SourceRunner';
import { Tracker } from './Tracker';

/** A look that somebody asks for is worth waiting for a moment, not longer. */
const REFRESH_MS = 8_000;

/** What a source said is kept for this long after it left the configuration: it may only have been away for a moment. */
const FORGET_MS = 24 * 60 * 60_000;

/** How soon it is seen that another replica has looked. */
const ANSWER_MS = 250;

/** A source that this replica would watch, and does while it holds the lease. */
interface Watched {
  readonly source: EnvironmentSource;
  runner?: SourceRunner;
  stopping?: Promise<void>;
}

/**
 * Finds the sources, runs those whose lease it holds, and says which of them changed what, here or in another replica.
 */
export class Collector {
  readonly #providers: readonly EnvironmentSourceProvider[];
  readonly #facts: FactStore;
  readonly #states: SourceStates;
  readonly #configured: ConfiguredSources;
  readonly #tracker: Tracker;
  readonly #logger: LoggerService;
  readonly #leases: LeaseStore;
  readonly #keeper: LeaseKeeper;
  readonly #metrics: Metrics | undefined;
  readonly #watched = new Map<string, Watched>();
  /** Up to which change of the sources of others this replica knows what happened. */
  readonly #versions = new Map<string, number>();
  readonly #looks = new Map<string, Promise<void>>();

  onFacts: (changes: Changes) => void = () => {};
  onState: (source: string) => void = () => {};

  constructor(options: {
    providers: readonly EnvironmentSourceProvider[];
    facts: FactStore;
    states: SourceStates;
    configured: ConfiguredSources;
    tracker: Tracker;
    leases: LeaseStore;
    keeper: LeaseKeeper;
    metrics?: Metrics;
    logger: LoggerService;
  }) {
    this.#providers = options.providers;
    this.#facts = options.facts;
    this.#states = options.states;
    this.#configured = options.configured;
    this.#tracker = options.tracker;
    this.#leases = options.leases;
    this.#keeper = options.keeper;
    this.#metrics = options.metrics;
    this.#logger = options.logger;
    this.#keeper.onPoll = rows => this.#followOthers(rows);
  }

  /** Asks every provider for its sources: starts what is new, stops what is gone. One provider that fails hides no other. */
  async discover(): Promise<void> {
    await Promise.all(
      this.#providers.map(async provider => {
        const { kind } = provider;
        try {
          const sources = await provider.getSources();
          this.#configured.list(
            kind,
            sources.map(({ name }) => name),
            new Map(
              sources.flatMap(({ name, onDemand }) =>
                onDemand ? [[name, onDemand.needs] as const] : [],
              ),
            ),
          );
          await this.#reconcile(kind, sources);
        } catch (error) {
          const reason = error instanceof Error ? error.message : String(error);
          this.#configured.fail(kind, reason);
          this.#logger.warn(
            `Sources of kind ${kind} could not be listed: ${reason}`,
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
    const look = this.#look([...this.#watched.values()], entityRef);
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
      [...this.#watched.values()].filter(({ source }) => source.kind === kind),
      entityRef,
    );
  }

  /** How a source is read that lets in nobody but people. */
  onDemand(id: string): OnDemandAccess | undefined {
    return this.#watched.get(id)?.source.onDemand;
  }

  async stop(): Promise<void> {
    const stopping = [...this.#watched.values()].map(async watched => {
      await watched.runner?.stop();
      await watched.stopping;
    });
    this.#watched.clear();
    await Promise.all(stopping);
    await this.#keeper.stop();
  }

  async #look(watched: readonly Watched[], entityRef: string): Promise<void> {
    const enough = new AbortController();
    const timer = setTimeout(() => enough.abort(), REFRESH_MS);
    const ended = new Promise<void>(resolve => {
      enough.signal.addEventListener('abort', () => resolve());
    });
    const looks = watched.map(async ({ source }) => {
      try {
        await (this.#keeper.holds(idOf(source))
          ? this.#lookHere(source, entityRef, enough.signal)
          : this.#lookElsewhere(source, entityRef, enough.signal));
      } catch (error) {
        // Its state says what is wrong with it.
        this.#logger.debug(`${idOf(source)} was not looked at: ${error}`);
      }
    });
    await Promise.race([Promise.all(looks), ended]);
    clearTimeout(timer);
  }

  async #lookHere(
    source: EnvironmentSource,
    entityRef: string,
    signal: AbortSignal,
  ): Promise<void> {
    await source.refresh?.({ entityRefs: [entityRef], signal });
  }

  /** The replica that watches the source sees that it is asked for something. */
  async #lookElsewhere(
    source: EnvironmentSource,
    entityRef: string,
    signal: AbortSignal,
  ): Promise<void> {
    if (!source.refresh) {
      return;
    }
    const id = await this.#leases.ask(idOf(source), entityRef);
    try {
      while (!signal.aborted && !(await this.#leases.isAnswered(id))) {
        await new Promise(resolve => setTimeout(resolve, ANSWER_MS));
      }
    } finally {
      await this.#leases.answer([id]);
    }
  }

  /** What other replicas saw, and what they ask for. */
  async #followOthers(rows: readonly LeaseRow[]): Promise<void> {
    const isOwn = (id: string) => this.#keeper.holds(id);
    for (const { source, version } of rows) {
      const known = this.#versions.get(source);
      this.#versions.set(source, version);
      // What was stored before this replica began was read by whoever needed it.
      if (!isOwn(source) && known !== undefined && known < version) {
        const facts = await this.#leases.changesAfter(source, known, version);
        this.onFacts(
          facts ? { source, facts } : { source, facts: [], isAnything: true },
        );
      }
    }
    const isAlive = (id: string) => this.#keeper.isAliveElsewhere(id);
    for (const id of await this.#states.adopt({ isOwn, isAlive })) {
      this.onState(id);
    }
    await this.#answerOthers();
  }

  async #answerOthers(): Promise<void> {
    const own = [...this.#watched].filter(([id]) => this.#keeper.holds(id));
    const asked = await this.#leases.asked(own.map(([id]) => id));
    for (const [id, { source }] of own) {
      const looks = asked.filter(look => look.source === id);
      if (looks.length > 0) {
        // Each is answered once it was looked at; the others must not wait for it.
        const signal = AbortSignal.timeout(REFRESH_MS);
        const entityRefs = [...new Set(looks.map(look => look.entityRef))];
        Promise.resolve(source.refresh?.({ entityRefs, signal }))
          .catch(error =>
            this.#logger.debug(`${id} was not looked at: ${error}`),
          )
          .then(() => this.#leases.answer(looks.map(look => look.id)))
          .catch(error =>
            this.#logger.warn(`A look at ${id} was not answered: ${error}`),
          );
      }
    }
  }

  async #reconcile(
    kind: string,
    sources: readonly EnvironmentSource[],
  ): Promise<void> {
    const wanted = new Set(sources.map(idOf));
    const needs = new Map(
      sources.map(source => [idOf(source), needsOf(source)]),
    );
    for (const [id, watched] of this.#watched) {
      // One that is read in another way from now on is another one under the same name.
      if (
        watched.source.kind === kind &&
        needs.get(id) !== needsOf(watched.source)
      ) {
        this.#watched.delete(id);
        await watched.runner?.stop();
        await this.#keeper.remove(id);
      }
    }
    await this.#forget(kind, wanted);
    for (const source of sources) {
      if (!this.#watched.has(idOf(source))) {
        await this.#watch(source);
      }
    }
  }

  async #watch(source: EnvironmentSource): Promise<void> {
    const id = idOf(source);
    const watched: Watched = { source };
    this.#watched.set(id, watched);
    await this.#keeper.add({
      source: id,
      take: lease => {
        this.#logger.info(`Watching ${id}`);
        watched.runner = new SourceRunner({
          source,
          lease,
          after: watched.stopping,
          facts: this.#facts,
          states: this.#states,
          interest: this.#tracker,
          metrics: this.#metrics,
          logger: this.#logger,
          onFacts: changes => this.onFacts(changes),
          onState: changed => this.onState(changed),
        });
      },
      lose: () => {
        watched.stopping = watched.runner?.stop();
        watched.runner = undefined;
      },
    });
  }

  async #forget(kind: string, wanted: ReadonlySet<string>): Promise<void> {
    const now = new Date();
    for (const state of this.#states.all()) {
      const id = idOf(state);
      if (
        state.kind !== kind ||
        wanted.has(id) ||
        // During an update of the portal, replicas may differ in what they are configured with.
        this.#keeper.isHeldElsewhere(id)
      ) {
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

function needsOf({ onDemand }: EnvironmentSource): string {
  return JSON.stringify(onDemand?.needs ?? null);
}
