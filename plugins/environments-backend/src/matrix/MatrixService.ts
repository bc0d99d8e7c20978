import { createHash, createHmac } from 'crypto';
import { setImmediate as breathe } from 'timers/promises';
import { LoggerService } from '@backstage/backend-plugin-api';
import { Entity, stringifyEntityRef } from '@backstage/catalog-model';
import { SignalsService } from '@backstage/plugin-signals-node';
import { TrackedEntity } from '@envmatrix/backstage-plugin-environments-node';
import { computeMatrix, Intent, Matrix } from '@envmatrix/engine';
import { ConfiguredSources } from '../collector/ConfiguredSources';
import { Tracker } from '../collector/Tracker';
import { Changes } from '../store/Changes';
import { FactStore } from '../store/FactStore';
import { PromotionStore } from '../store/PromotionStore';
import { idOf, SourceStates } from '../store/SourceStates';
import { TransitionStore } from '../store/TransitionStore';
import { assembleInput, Assembled } from './assembleInput';
import { Judge, NO_JUDGEMENT } from './judge';
import { IntentReader } from './IntentReader';
import { Computed, KeptMatrix } from './KeptMatrix';
import { Overlay } from './Overlay';
import { lateCommits, newTransitions, withPullRequests } from './transitions';

/** Events of one change come within this; the matrix is worked out once for them. */
const DEBOUNCE_MS = 150;

/** What could not be worked out is tried again: soon at first, as the database may be back, then less and less often. */
const AGAIN_MS = { first: 1_000, most: 60_000 };

const SIGNAL_CHANNEL = 'environments';

/**
 * The matrix of each tracked entity, worked out when something that it depends on changed, and never because somebody looks.
 */
export class MatrixService {
  readonly #facts: FactStore;
  readonly #intents: IntentReader;
  readonly #states: SourceStates;
  readonly #configured: ConfiguredSources;
  readonly #transitions: TransitionStore;
  readonly #promotions: PromotionStore;
  readonly #tracker: Tracker;
  readonly #signals: SignalsService;
  readonly #logger: LoggerService;
  readonly #secret: string;
  readonly #judge: Judge;
  readonly #computed = new Map<string, KeptMatrix>();
  readonly #dirty = new Set<string>();
  readonly #running = new Map<string, Promise<Computed>>();
  /** What could not be worked out, with why: said once, and not with every attempt. */
  readonly #failing = new Map<string, string>();
  #timer: NodeJS.Timeout | undefined;
  #againTimer: NodeJS.Timeout | undefined;
  #againMs = AGAIN_MS.first;
  #isStopped = false;
  #counter = 0;

  /** Called with how long it took to work a matrix out, in milliseconds. */
  onTimed: (ms: number) => void = () => {};

  /** Called after a matrix was worked out because something changed. */
  onComputed: (entity: TrackedEntity, computed: Computed) => void = () => {};

  constructor(options: {
    facts: FactStore;
    intents: IntentReader;
    states: SourceStates;
    configured: ConfiguredSources;
    transitions: TransitionStore;
    promotions: PromotionStore;
    tracker: Tracker;
    signals: SignalsService;
    logger: LoggerService;
    /** Makes keys of entities that say nothing to who does not know it. */
    secret: string;
    /** Exceptions of the whole organisation. */
    exceptions?: Intent['parity']['allow'];
  }) {
    this.#facts = options.facts;
    this.#intents = options.intents;
    this.#states = options.states;
    this.#configured = options.configured;
    this.#transitions = options.transitions;
    this.#promotions = options.promotions;
    this.#tracker = options.tracker;
    this.#signals = options.signals;
    this.#logger = options.logger;
    this.#secret = options.secret;
    this.#judge = new Judge({
      logger: options.logger,
      exceptions: options.exceptions,
    });
  }

  /** What is known of an entity, without asking anybody outside. */
  async get(entity: Entity): Promise<Computed> {
    const entityRef = stringifyEntityRef(entity);
    this.#tracker.track(entity);
    const computed =
      this.#computed.get(entityRef) ??
      (await (this.#running.get(entityRef) ??
        this.#compute(
          this.#tracker.get(entityRef) ?? { entityRef, entity, versions: [] },
        )));
    return {
      etag: computed.etag,
      matrix: this.#withTimes(computed.matrix),
      // Most who ask look at the matrix alone.
      get input() {
        return computed.input;
      },
      get judgement() {
        return computed.judgement;
      },
    };
  }

  /**
   * The matrix with what one person sees beyond what is stored. It is worked out for this one answer: nothing of it is kept, noted in the
   * history, told to anybody, or tried out on a promotion.
   */
  async overlaid(entity: TrackedEntity, overlay: Overlay): Promise<Matrix> {
    const { entityRef } = entity;
    const { intent, inference, problem } = await this.#intents.read(entity);
    if (!intent) {
      return (await this.get(entity.entity)).matrix;
    }
    const { assembled } = await this.#assemble({
      entity,
      intent,
      facts: overlay.over(this.#facts),
      states: overlay.overStates(this.#states),
      now: new Date().toISOString(),
    });
    const matrix = computeMatrix({
      ...assembled,
      ...this.#judge.judge(assembled),
      updates: { channel: SIGNAL_CHANNEL, key: this.#key(entityRef) },
    });
    return withRemarks(matrix, {
      problem: problem ?? renderProblemOf(assembled),
      inference,
    });
  }

  /** What was worked out last, if anything was. */
  known(entityRef: string): KeptMatrix | undefined {
    return this.#computed.get(entityRef);
  }

  /** These entities depend on something that changed. */
  invalidate(entityRefs: Iterable<string>): void {
    for (const entityRef of entityRefs) {
      this.#dirty.add(entityRef);
    }
    if (this.#dirty.size > 0) {
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        this.#recompute().catch(error =>
          this.#logger.error('Matrices were not worked out', error),
        );
      }, DEBOUNCE_MS);
    }
  }

  invalidateFacts(changes: Changes): void {
    this.invalidate(this.#tracker.dependents().ofFacts(changes));
  }

  invalidateSource(source: string): void {
    this.invalidate(this.#tracker.dependents().ofSource(source));
  }

  /** Something that any entity may depend on has changed. */
  invalidateAll(): void {
    this.invalidate(this.#tracker.entities().map(({ entityRef }) => entityRef));
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#againTimer);
  }

  async #recompute(): Promise<void> {
    const entityRefs = [...this.#dirty];
    this.#dirty.clear();
    for (const entityRef of entityRefs) {
      try {
        await this.#recomputeOne(entityRef);
        this.#failing.delete(entityRef);
      } catch (error) {
        // What is shown is then from before; the others must not suffer from it.
        this.#failed(
          entityRef,
          error instanceof Error ? error : new Error(String(error)),
        );
      }
      // A database that answers at once would make one long turn of all of them, in which no request is answered.
      await breathe();
    }
    this.#againMs =
      this.#failing.size === 0
        ? AGAIN_MS.first
        : Math.min(this.#againMs * 2, AGAIN_MS.most);
  }

  #failed(entityRef: string, error: Error): void {
    if (this.#failing.get(entityRef) !== error.message) {
      this.#failing.set(entityRef, error.message);
      this.#logger.error(
        `The matrix of ${entityRef} was not worked out`,
        error,
      );
    }
    if (!this.#isStopped) {
      this.#againTimer ??= setTimeout(() => {
        this.#againTimer = undefined;
        this.invalidate(this.#failing.keys());
      }, this.#againMs);
    }
  }

  async #recomputeOne(entityRef: string): Promise<void> {
    const entity = this.#tracker.get(entityRef);
    if (!entity) {
      this.#computed.delete(entityRef);
      this.#judge.forget(entityRef);
      return;
    }
    const before = this.#computed.get(entityRef)?.etag;
    const computed = await this.#compute(entity);
    this.onComputed(entity, computed);
    if (computed.etag !== before) {
      this.#tell(entityRef);
    }
  }

  /** Pages that do not hear of it ask again by themselves: nobody waits for it, and a failure keeps nothing from being worked out. */
  #tell(entityRef: string): void {
    this.#signals
      .publish({
        recipients: { type: 'broadcast' },
        channel: SIGNAL_CHANNEL,
        message: { key: this.#key(entityRef), counter: ++this.#counter },
      })
      .catch(error =>
        this.#logger.debug(`Open pages were not told of a change: ${error}`),
      );
  }

  /** One computation per entity at a time: the next one sees what this one wrote. */
  async #compute(entity: TrackedEntity): Promise<Computed> {
    const { entityRef } = entity;
    const before = this.#running.get(entityRef) ?? Promise.resolve();
    const next = before
      .catch(() => undefined)
      .then(async () => {
        const startedAt = performance.now();
        const computed = await this.#computeNow(entity);
        this.onTimed(performance.now() - startedAt);
        return computed;
      });
    this.#running.set(entityRef, next);
    try {
      return await next;
    } finally {
      if (this.#running.get(entityRef) === next) {
        this.#running.delete(entityRef);
      }
    }
  }

  async #computeNow(entity: TrackedEntity): Promise<Computed> {
    const { entityRef } = entity;
    const now = new Date().toISOString();
    const { intent, inference, problem } = await this.#intents.read(entity);
    const updates = { channel: SIGNAL_CHANNEL, key: this.#key(entityRef) };
    if (!intent) {
      const matrix: Matrix = {
        entityRef,
        computedAt: now,
        environments: [],
        groups: [],
        sources: [],
        score: { value: undefined, parts: [] },
        problem,
        updates,
      };
      return this.#keep({
        matrix,
        etag: etagOf(matrix),
        judgement: NO_JUDGEMENT,
      });
    }
    const assemble = () =>
      this.#assemble({
        entity,
        intent,
        facts: this.#facts,
        states: this.#states,
        now,
      });
    let { transitions, assembled } = await assemble();
    const judgement = this.#judge.judge(assembled);
    const compute = () =>
      computeMatrix({ ...assembled, ...judgement, updates });
    let matrix = compute();
    const changes = newTransitions({
      columns: matrix.environments,
      environments: assembled.environments,
      names: assembled,
      latest: transitions,
      now,
    });
    if (changes.length > 0) {
      await this.#transitions.add(
        entityRef,
        withPullRequests(
          changes,
          await this.#promotions.list(entityRef),
          transitions,
        ),
        transitions,
      );
      ({ transitions, assembled } = await assemble());
      matrix = compute();
    }
    await this.#transitions.learnCommits(
      lateCommits(matrix.environments, transitions),
    );
    const isNews =
      JSON.stringify(this.#tracker.get(entityRef)?.intent) !==
      JSON.stringify(intent);
    this.#tracker.learn(entityRef, {
      intent,
      versions: versionsOf(assembled),
      releases: assembled.releases,
      revisions: assembled.revisions,
    });
    if (isNews) {
      // What was stored while nobody knew that it belongs to this entity would be missing.
      this.invalidate([entityRef]);
    }
    const complete = withRemarks(matrix, {
      problem: problem ?? renderProblemOf(assembled),
      inference,
    });
    return this.#keep({
      matrix: complete,
      etag: etagOf(complete),
      input: assembled,
      judgement,
    });
  }

  async #assemble(
    options: Pick<
      Parameters<typeof assembleInput>[0],
      'entity' | 'intent' | 'facts' | 'states' | 'now'
    >,
  ) {
    const { entityRef } = options.entity;
    const [transitions, promotions] = await Promise.all([
      this.#transitions.latest(entityRef),
      this.#promotions.active(entityRef),
    ]);
    const assembled = await assembleInput({
      ...options,
      configured: this.#configured,
      transitions,
      promotions,
    });
    return { transitions, assembled };
  }

  #keep(computed: Computed): Computed {
    const { entityRef } = computed.matrix;
    if (this.#tracker.get(entityRef)) {
      this.#computed.set(entityRef, new KeptMatrix(computed));
    }
    return computed;
  }

  /**
   * When each source answered last changes all the time, and is no change of the matrix. A source that says something else by
   * now is shown as the cells know it until they are worked out again.
   */
  #withTimes(matrix: Matrix): Matrix {
    return {
      ...matrix,
      sources: matrix.sources.map(source => {
        const state = this.#states.get(idOf(source));
        return state?.status === source.status && state.reason === source.reason
          ? { ...source, ...state }
          : source;
      }),
    };
  }

  #key(entityRef: string): string {
    return createHmac('sha256', this.#secret)
      .update(entityRef)
      .digest('hex')
      .slice(0, 32);
  }
}

function withRemarks(
  matrix: Matrix,
  { problem, inference }: Pick<Matrix, 'problem' | 'inference'>,
): Matrix {
  return {
    ...matrix,
    ...(problem ? { problem } : {}),
    ...(inference ? { inference } : {}),
  };
}

/** In promotion order, without repetition between neighbours. */
function versionsOf({ releases }: Assembled): string[] {
  const versions = releases.map(({ version }) => version);
  return versions.filter((version, index) => version !== versions[index - 1]);
}

/** Rules are not asked while what git declares cannot be rendered, so it has to be said. */
function renderProblemOf({ environments }: Assembled): string | undefined {
  const broken = environments.find(({ desired }) => desired?.value.problem);
  return (
    broken &&
    `${broken.definition.name}: ${broken.desired?.value.problem}. Rules are not checked until it is put right.`
  );
}

/** Of everything but times that pass by themselves. */
function etagOf(matrix: Matrix): string {
  const content = {
    ...matrix,
    computedAt: '',
    sources: matrix.sources.map(source => ({ ...source, lastObservedAt: '' })),
  };
  const hash = createHash('sha256').update(JSON.stringify(content));
  return `"${hash.digest('base64url').slice(0, 27)}"`;
}
