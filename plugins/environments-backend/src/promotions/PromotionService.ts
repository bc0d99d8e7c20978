import { randomUUID } from 'crypto';
import { LoggerService } from '@backstage/backend-plugin-api';
import {
  ConflictError,
  InputError,
  NotAllowedError,
  NotFoundError,
} from '@backstage/errors';
import {
  PromotionDelivery,
  TrackedEntity,
} from '@envmatrix/backstage-plugin-environments-node';
import {
  Gate,
  observePromotion,
  Promotion,
  PromotionPlan,
  shutGate,
  shutLater,
} from '@envmatrix/engine';
import { Computed } from '../matrix/KeptMatrix';
import { PromotionStore, StoredPromotion } from '../store/PromotionStore';
import { Person } from './Person';
import { Known, PromotionPlanner, requireKnown } from './PromotionPlanner';
import { actionsOf, nextStep, waitsForPin } from './promotionState';
import { PromotionWays } from './PromotionWays';
import {
  approversOf,
  environmentIn,
  modeOf,
  moved,
  pinSentence,
  presented,
  refuseIf,
  underWay,
} from './storedPromotion';

/** By whom a step was made that nobody made: what was observed says so. */
const OBSERVED = 'observed';

type Action = 'approve' | 'merge' | 'sync' | 'cancel';

const PAST: Readonly<Record<Action, string>> = {
  approve: 'approved',
  merge: 'merged',
  sync: 'synced',
  cancel: 'cancelled',
};

/**
 * Starts promotions on their way, and follows them by what is observed.
 */
export class PromotionService {
  readonly #store: PromotionStore;
  readonly #planner: PromotionPlanner;
  readonly #ways: PromotionWays;
  readonly #logger: LoggerService;
  readonly #changed: (entityRef: string) => void;
  /** One step of a promotion at a time. */
  readonly #steps = new Map<string, Promise<unknown>>();

  constructor(options: {
    store: PromotionStore;
    planner: PromotionPlanner;
    delivery: PromotionDelivery | undefined;
    logger: LoggerService;
    /** Something outside was changed: the sources should look again. */
    refresh: (entityRef: string) => void;
    /** A promotion moved on: the matrix shows it. */
    changed: (entityRef: string) => void;
  }) {
    this.#store = options.store;
    this.#planner = options.planner;
    this.#logger = options.logger;
    this.#changed = options.changed;
    this.#ways = new PromotionWays({
      ...options,
      save: promotion => this.#save(promotion),
    });
  }

  async plan(
    entity: TrackedEntity,
    computed: Computed,
    request: { from: string; to: string },
  ): Promise<PromotionPlan> {
    const plan = await this.#planner.plan(entity, computed, request);
    await this.#store.savePlan(entity.entityRef, plan);
    return plan;
  }

  /** The environment that a plan promotes to. */
  async environmentOfPlan(entityRef: string, planId: string): Promise<string> {
    return (await this.#requirePlan(entityRef, planId)).to;
  }

  async create(
    entity: TrackedEntity,
    computed: Computed,
    request: { planId: string; reason?: string; person: Person },
  ): Promise<Promotion> {
    const { planId, reason, person } = request;
    const plan = await this.#requirePlan(entity.entityRef, planId);
    const known = requireKnown(entity, computed);
    await this.#planner.assertUnmoved(known.entity, plan);
    const gates = await this.#gates(known, computed, plan);
    refuseIf(shutGate(gates));
    const waitsFor = gates.find(
      ({ id, state }) =>
        id === 'approval' && state === 'waiting' && plan.way === 'commit',
    );
    const { desired, application } = environmentIn(known.input, plan.to) ?? {};
    const operationBefore = application?.value.operation?.startedAt;
    const promotion: StoredPromotion = {
      id: randomUUID(),
      entityRef: entity.entityRef,
      plan,
      requestedBy: person.ref,
      ...(reason ? { reason } : {}),
      createdAt: new Date().toISOString(),
      state: 'waiting',
      steps: [],
      ...(desired?.value.version === undefined
        ? {}
        : { declaredBefore: desired.value.version }),
      ...(operationBefore === undefined ? {} : { operationBefore }),
    };
    if (!(await this.#store.insert(promotion))) {
      throw underWay(plan.to);
    }
    await this.#store.deletePlan(planId);
    return await this.#step(promotion.id, async () => {
      if (waitsFor) {
        const asked = moved(
          promotion,
          'waiting',
          'Asked for approval',
          person.ref,
        );
        return presented(await this.#save(asked), known.input);
      }
      return await this.#beginOrFail(known, promotion, person);
    });
  }

  async act(
    entity: TrackedEntity,
    computed: Computed,
    request: {
      id: string;
      action: Action;
      person: Person;
    },
  ): Promise<Promotion> {
    const { id, action, person } = request;
    const known = requireKnown(entity, computed);
    return await this.#step(id, async () => {
      const promotion = await this.#require(entity.entityRef, id);
      const mode = modeOf(known.input, promotion);
      if (!actionsOf(promotion, mode).includes(action)) {
        if (action === 'sync' && waitsForPin(promotion, mode)) {
          throw new ConflictError(pinSentence(promotion));
        }
        throw new ConflictError(
          `A promotion that is ${promotion.state} cannot be ${PAST[action]}`,
        );
      }
      switch (action) {
        case 'approve':
          return await this.#approve(known, computed, promotion, person);
        case 'merge':
          await this.#refuseUnlessStillOpen(known, computed, promotion);
          return await this.#ways.merge(known, promotion, person);
        case 'sync':
          await this.#refuseUnlessStillOpen(known, computed, promotion);
          return await this.#ways.sync(known, promotion, person);
        case 'cancel':
          return await this.#ways.cancel(known, promotion, person);
        default:
          throw new InputError(
            `There is no action '${action satisfies never}'`,
          );
      }
    });
  }

  async list(entityRef: string, computed: Computed): Promise<Promotion[]> {
    return (await this.#store.list(entityRef)).map(promotion =>
      presented(promotion, computed.input),
    );
  }

  async get(
    entityRef: string,
    id: string,
    computed: Computed,
  ): Promise<Promotion> {
    return presented(await this.#require(entityRef, id), computed.input);
  }

  /** Something was observed: promotions that wait for it move on. */
  async observe(entityRef: string, { input }: Computed): Promise<void> {
    if (!input) {
      return;
    }
    for (const { id } of await this.#store.open(entityRef)) {
      await this.#step(id, async () => {
        const promotion = await this.#require(entityRef, id);
        const environment = environmentIn(input, promotion.plan.to);
        const move =
          environment &&
          nextStep(
            promotion,
            modeOf(input, promotion),
            observePromotion(environment, input),
          );
        if (!move) {
          return;
        }
        const { step, landed, takenUp } = move;
        const { problem, remedy, ...rest } = step
          ? moved(promotion, step.state, step.what, OBSERVED)
          : promotion;
        await this.#save({
          ...rest,
          landed,
          ...(takenUp ? { takenUp } : {}),
          ...(step?.problem === undefined
            ? {}
            : { problem: step.problem, remedy: step.remedy }),
          ...(step || problem === undefined ? {} : { problem, remedy }),
        });
      });
    }
  }

  /** Pull requests are merged and closed on the git host too, where nobody tells us. */
  async lookAtPullRequests(
    knownOf: (entityRef: string) => Known | undefined,
  ): Promise<void> {
    for (const { id, entityRef } of await this.#store.proposed()) {
      const known = knownOf(entityRef);
      if (known) {
        await this.#step(id, () => this.#lookAtPullRequest(known, id)).catch(
          error =>
            this.#logger.debug(
              `The pull request of promotion ${id} was not looked at: ${error}`,
            ),
        );
      }
    }
  }

  async #lookAtPullRequest(known: Known, id: string): Promise<void> {
    const { entity } = known;
    const promotion = await this.#require(entity.entityRef, id);
    if (promotion.state !== 'proposed' || !promotion.pullRequest) {
      return;
    }
    const pullRequest = await this.#planner
      .repository()
      .getPullRequest({ entity, number: promotion.pullRequest.number });
    if (pullRequest.state === 'merged') {
      await this.#ways.merged(
        known,
        promotion,
        pullRequest,
        pullRequest.mergedBy ?? OBSERVED,
      );
    } else if (pullRequest.state === 'closed') {
      const what = `Pull request ${pullRequest.number} was closed`;
      await this.#save(
        moved(promotion, 'cancelled', what, OBSERVED, pullRequest.link),
      );
    }
  }

  async #beginOrFail(
    known: Known,
    promotion: StoredPromotion,
    person: Person,
  ): Promise<Promotion> {
    try {
      return await this.#ways.begin(known, promotion, person);
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      await this.#save({
        ...moved(promotion, 'failed', 'It could not begin', person.ref),
        problem,
        remedy: 'Look at the change again, and promote again',
      });
      throw error;
    }
  }

  /** Somebody else agrees; what was shown still has to be what happens, and the other gates still have to be open. */
  async #approve(
    known: Known,
    computed: Computed,
    promotion: StoredPromotion,
    person: Person,
  ): Promise<Promotion> {
    const { plan, requestedBy } = promotion;
    const by = approversOf(known.input, plan.to);
    if (!by.some(ref => person.memberOf.includes(ref))) {
      throw new NotAllowedError(
        `You may not approve promotions to ${plan.to}: that is for ${by.join(
          ', ',
        )}`,
      );
    }
    if (person.ref === requestedBy) {
      throw new NotAllowedError(
        'You asked for this promotion yourself; somebody else has to agree',
      );
    }
    await this.#planner.assertUnmoved(known.entity, plan);
    const gates = await this.#gates(known, computed, plan, [person.ref]);
    refuseIf(shutGate(gates));
    const approved = moved(promotion, 'waiting', 'Approved', person.ref);
    return await this.#beginOrFail(known, await this.#save(approved), person);
  }

  async #gates(
    known: Known,
    computed: Computed,
    { from, to, release, way }: PromotionPlan,
    approvedBy: readonly string[] = [],
  ): Promise<Gate[]> {
    return await this.#planner.gates(known, computed, {
      from,
      to,
      version: release.to,
      way,
      approvedBy,
    });
  }

  async #refuseUnlessStillOpen(
    known: Known,
    computed: Computed,
    { plan }: StoredPromotion,
  ): Promise<void> {
    refuseIf(shutLater(await this.#gates(known, computed, plan)));
  }

  async #step<T>(id: string, work: () => Promise<T>): Promise<T> {
    const before = this.#steps.get(id) ?? Promise.resolve();
    const step = before.catch(() => undefined).then(work);
    this.#steps.set(id, step);
    try {
      return await step;
    } finally {
      if (this.#steps.get(id) === step) {
        this.#steps.delete(id);
      }
    }
  }

  async #save(promotion: StoredPromotion): Promise<StoredPromotion> {
    if (!(await this.#store.update(promotion))) {
      throw underWay(promotion.plan.to);
    }
    this.#changed(promotion.entityRef);
    return promotion;
  }

  async #requirePlan(
    entityRef: string,
    planId: string,
  ): Promise<PromotionPlan> {
    const plan = await this.#store.plan(entityRef, planId);
    if (!plan) {
      throw new NotFoundError(
        'This plan is not there any more. Look at the change again.',
      );
    }
    if (Date.parse(plan.expiresAt) < Date.now()) {
      throw new ConflictError(
        'This plan has expired. Look at the change again.',
      );
    }
    return plan;
  }

  async #require(entityRef: string, id: string): Promise<StoredPromotion> {
    const promotion = await this.#store.get(entityRef, id);
    if (!promotion) {
      throw new NotFoundError(`There is no promotion '${id}' of ${entityRef}`);
    }
    return promotion;
  }
}
