import { createHash, createHmac } from 'crypto';
import { LoggerService } from '@backstage/backend-plugin-api';
import { Entity, stringifyEntityRef } from '@backstage/catalog-model';
import { SignalsService } from '@backstage/plugin-signals-node';
import {
  FactKinds,
  TrackedEntity,
} from '@envmatrix/backstage-plugin-environments-node';
import {
  computeMatrix,
  Intent,
  Matrix,
  runningVersion,
  SourceState,
  targetsOf,
} from '@envmatrix/engine';
import { Tracker } from '../collector/Tracker';
import { Changes, FactStore, StoredFact } from '../store/FactStore';
import { PromotionStore } from '../store/PromotionStore';
import { TransitionStore } from '../store/TransitionStore';
import { assembleInput, Assembled } from './assembleInput';
import { Judge, Judgement } from './judge';
import { ownsApplication } from './selectors';
import { newTransitions } from './transitions';

/** Events of one change come within this; the matrix is worked out once for them. */
const DEBOUNCE_MS = 150;

export const SIGNAL_CHANNEL = 'environments';

/** A matrix with what it was made from. */
export interface Computed {
  readonly matrix: Matrix;
  readonly etag: string;
  readonly input?: Assembled;
  readonly judgement: Judgement;
}

/**
 * The matrix of each tracked entity, worked out when something that it depends on changed, and never because somebody looks.
 */
export class MatrixService {
  readonly #store: FactStore;
  readonly #transitions: TransitionStore;
  readonly #promotions: PromotionStore;
  readonly #tracker: Tracker;
  readonly #signals: SignalsService;
  readonly #logger: LoggerService;
  readonly #secret: string;
  readonly #judge: Judge;
  readonly #computed = new Map<string, Computed>();
  readonly #dirty = new Set<string>();
  readonly #running = new Map<string, Promise<Computed>>();
  #timer: NodeJS.Timeout | undefined;
  #counter = 0;

  /** Called after a matrix was worked out from observations. */
  onComputed: (entity: TrackedEntity, computed: Computed) => void = () => {};

  constructor(options: {
    store: FactStore;
    transitions: TransitionStore;
    promotions: PromotionStore;
    tracker: Tracker;
    signals: SignalsService;
    logger: LoggerService;
    secret: string;
  }) {
    this.#store = options.store;
    this.#transitions = options.transitions;
    this.#promotions = options.promotions;
    this.#tracker = options.tracker;
    this.#signals = options.signals;
    this.#logger = options.logger;
    this.#secret = options.secret;
    this.#judge = new Judge({ logger: options.logger });
  }

  /** What is known of an entity, without asking anybody outside. */
  async get(entity: Entity): Promise<Computed> {
    const entityRef = stringifyEntityRef(entity);
    this.#tracker.track(entity);
    const known = this.#computed.get(entityRef);
    const computed =
      known ??
      (await this.#compute(
        this.#tracker.get(entityRef) ?? { entityRef, entity, versions: [] },
      ));
    return { ...computed, matrix: this.#withTimes(computed.matrix) };
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
    this.invalidate(
      this.#tracker
        .entities()
        .filter(entity => dependsOnFacts(entity, changes))
        .map(({ entityRef }) => entityRef),
    );
  }

  invalidateSource(source: string): void {
    this.invalidate(
      this.#tracker
        .entities()
        .filter(entity => dependsOnSource(entity, source))
        .map(({ entityRef }) => entityRef),
    );
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  async #recompute(): Promise<void> {
    const entityRefs = [...this.#dirty];
    this.#dirty.clear();
    for (const entityRef of entityRefs) {
      const entity = this.#tracker.get(entityRef);
      if (!entity) {
        this.#computed.delete(entityRef);
        continue;
      }
      const before = this.#computed.get(entityRef)?.etag;
      const computed = await this.#compute(entity);
      if (computed.etag !== before) {
        await this.#signals.publish({
          recipients: { type: 'broadcast' },
          channel: SIGNAL_CHANNEL,
          message: { key: this.#key(entityRef), counter: ++this.#counter },
        });
      }
      this.onComputed(entity, computed);
    }
  }

  /** One computation per entity at a time: the next one sees what this one wrote. */
  async #compute(entity: TrackedEntity): Promise<Computed> {
    const before =
      this.#running.get(entity.entityRef) ?? Promise.resolve(undefined);
    const next = before
      .catch(() => undefined)
      .then(() => this.#computeNow(entity));
    this.#running.set(entity.entityRef, next);
    try {
      return await next;
    } finally {
      if (this.#running.get(entity.entityRef) === next) {
        this.#running.delete(entity.entityRef);
      }
    }
  }

  async #computeNow(entity: TrackedEntity): Promise<Computed> {
    const { entityRef } = entity;
    const now = new Date().toISOString();
    const updates = { channel: SIGNAL_CHANNEL, key: this.#key(entityRef) };
    const facts = await this.#store.find({
      kind: FactKinds.intent,
      scopes: [entityRef],
    });
    const intent = intentOf(facts);
    const problem = problemOf(facts);
    if (!intent) {
      const scm = this.#store.states().filter(state => state.kind === 'scm');
      const trouble = scm.find(state => state.status !== 'observed');
      const reason =
        problem ?? trouble?.reason ?? 'The intent of this entity is being read';
      const matrix: Matrix = {
        entityRef,
        computedAt: now,
        environments: [],
        groups: [],
        sources: scm,
        score: { value: undefined, parts: [] },
        updates,
        problem: reason,
      };
      return this.#keep(entityRef, {
        matrix,
        etag: etagOf(matrix),
        judgement: { findings: [], differences: [] },
      });
    }
    const [latest, promotions] = await Promise.all([
      this.#transitions.latest(entityRef),
      this.#promotions.list(entityRef, 20),
    ]);
    let input = await assembleInput({
      entity,
      intent,
      store: this.#store,
      transitions: latest,
      promotions,
      now,
    });
    this.#tracker.learn(entityRef, { intent, versions: versionsOf(input) });
    const judgement = this.#judge.judge(input);
    const compute = () => computeMatrix({ ...input, ...judgement, updates });
    let matrix = compute();
    const transitions = newTransitions(
      matrix.environments,
      input.environments,
      latest,
      now,
    );
    if (transitions.length > 0) {
      for (const transition of transitions) {
        await this.#transitions.add(entityRef, transition);
      }
      input = await assembleInput({
        entity,
        intent,
        store: this.#store,
        transitions: await this.#transitions.latest(entityRef),
        promotions,
        now,
      });
      matrix = compute();
    }
    const withProblem: Matrix =
      problem === undefined ? matrix : { ...matrix, problem };
    return this.#keep(entityRef, {
      matrix: withProblem,
      etag: etagOf(withProblem),
      input,
      judgement,
    });
  }

  #keep(entityRef: string, computed: Computed): Computed {
    if (this.#tracker.get(entityRef)) {
      this.#computed.set(entityRef, computed);
    }
    return computed;
  }

  /** When each source answered last changes all the time, and is no change of the matrix. */
  #withTimes(matrix: Matrix): Matrix {
    return {
      ...matrix,
      sources: matrix.sources.map(
        source => this.#store.state(`${source.kind}/${source.name}`) ?? source,
      ),
    };
  }

  #key(entityRef: string): string {
    return createHmac('sha256', this.#secret)
      .update(entityRef)
      .digest('hex')
      .slice(0, 32);
  }
}

function intentOf(facts: readonly StoredFact[]): Intent | undefined {
  const fact = facts.find(({ name }) => name === '');
  return fact && JSON.parse(JSON.stringify(fact.value));
}

function problemOf(facts: readonly StoredFact[]): string | undefined {
  const value = facts.find(({ name }) => name === 'problem')?.value;
  return typeof value === 'object' && value !== null && 'problem' in value
    ? String(value.problem)
    : undefined;
}

/** In promotion order, without repetition between neighbours. */
function versionsOf(input: Assembled): string[] {
  const versions = input.environments.flatMap(
    environment => runningVersion(environment, input) ?? [],
  );
  return versions.filter((version, index) => version !== versions[index - 1]);
}

function dependsOnFacts(
  entity: TrackedEntity,
  { source, facts }: Changes,
): boolean {
  const [kind, name] = splitSource(source);
  if (kind === 'scm') {
    return facts.some(fact => fact.scope === entity.entityRef);
  }
  if (kind === 'argocd') {
    return facts.some(
      fact =>
        fact.kind === FactKinds.application &&
        ownsApplication(entity.entity, {
          instance: name,
          name: fact.name,
          namespace: fact.scope,
          labels: fact.labels ?? {},
        }),
    );
  }
  const targets =
    entity.intent?.environments
      .flatMap(environment => targetsOf(environment))
      .filter(target => target.cluster === name) ?? [];
  return targets.some(target =>
    facts.some(
      fact =>
        fact.kind === FactKinds.cluster ||
        fact.scope === target.namespace ||
        fact.name === `Namespace/${target.namespace}`,
    ),
  );
}

function dependsOnSource(entity: TrackedEntity, source: string): boolean {
  const [kind, name] = splitSource(source);
  if (kind === 'kubernetes') {
    return (
      entity.intent?.environments.some(environment =>
        targetsOf(environment).some(target => target.cluster === name),
      ) ?? false
    );
  }
  if (kind === 'argocd') {
    return (
      entity.intent?.clusters.some(
        cluster => cluster.argocd?.instance === name,
      ) ?? false
    );
  }
  return true;
}

function splitSource(source: string): [string, string] {
  const slash = source.indexOf('/');
  return [source.slice(0, slash), source.slice(slash + 1)];
}

/** Of everything but times that pass by themselves. */
function etagOf(matrix: Matrix): string {
  const sources = matrix.sources.map(
    ({ lastObservedAt: _, ...source }: SourceState) => source,
  );
  return `"${createHash('sha256')
    .update(JSON.stringify({ ...matrix, computedAt: '', sources }))
    .digest('base64url')
    .slice(0, 27)}"`;
}
