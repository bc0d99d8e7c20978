import { randomUUID } from 'crypto';
import { LoggerService } from '@backstage/backend-plugin-api';
import {
  ConflictError,
  InputError,
  NotAllowedError,
  NotFoundError,
} from '@backstage/errors';
import {
  Author,
  PromotionDelivery,
  PullRequestState,
  TrackedEntity,
} from '@envmatrix/backstage-plugin-environments-node';
import {
  Gate,
  observePromotion,
  Promotion,
  PromotionPlan,
  PromotionState,
  shutGate,
  shutLater,
} from '@envmatrix/engine';
import { Assembled } from '../matrix/assembleInput';
import { Computed } from '../matrix/KeptMatrix';
import { PromotionStore, StoredPromotion } from '../store/PromotionStore';
import { outside } from './outside';
import { Known, PromotionPlanner, requireKnown } from './PromotionPlanner';
import { actionsOf, DeliveryMode, nextStep } from './promotionState';

/** Who does something, and on whose behalf git shows it. */
export interface Person {
  readonly ref: string;
  /** Entity references of the groups that they belong to, and their own. */
  readonly memberOf: readonly string[];
  readonly author: Author;
}

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
  readonly #delivery: PromotionDelivery | undefined;
  readonly #logger: LoggerService;
  readonly #refresh: (entityRef: string) => void;
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
    this.#delivery = options.delivery;
    this.#logger = options.logger;
    this.#refresh = options.refresh;
    this.#changed = options.changed;
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
        throw new ConflictError(
          `A promotion that is ${promotion.state} cannot be ${PAST[action]}`,
        );
      }
      switch (action) {
        case 'approve':
          return await this.#approve(known, computed, promotion, person);
        case 'merge':
          await this.#refuseUnlessStillOpen(known, computed, promotion);
          return await this.#merge(known, promotion, person);
        case 'sync':
          await this.#refuseUnlessStillOpen(known, computed, promotion);
          return await this.#sync(known, promotion, person);
        case 'cancel':
          return await this.#cancel(known, promotion, person);
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
        const { step, landed } = move;
        const { problem, remedy, ...rest } = step
          ? moved(promotion, step.state, step.what, OBSERVED)
          : promotion;
        await this.#save({
          ...rest,
          landed,
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
      await this.#merged(
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
      return await this.#begin(known, promotion, person);
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
    const by = approversOf(known, plan.to);
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

  async #begin(
    known: Known,
    promotion: StoredPromotion,
    person: Person,
  ): Promise<Promotion> {
    const { entity, input } = known;
    const { plan, reason } = promotion;
    const { revision, files } = plan;
    const title = `Promote ${input.service} ${plan.release.to} to ${plan.to}`;
    const { requestedBy } = promotion;
    const body = [
      ...(reason ? [reason, ''] : []),
      `Promoted-from: ${plan.from}`,
      `Requested-by: ${requestedBy}`,
      ...(person.ref === requestedBy ? [] : [`Approved-by: ${person.ref}`]),
    ].join('\n');
    const { author } = person;
    switch (plan.way) {
      case 'sync':
        return await this.#sync(known, promotion, person);
      case 'commit': {
        const { sha, link } = await outside(() =>
          this.#planner.repository().commit({
            entity,
            revision,
            files,
            message: `${title}\n\n${body}`,
            author,
          }),
        );
        const what = `Committed ${sha.slice(0, 7)}`;
        const state = stateInGit(modeOf(input, promotion));
        const next = await this.#save({
          ...moved(promotion, state, what, person.ref, link),
          mergedSha: sha,
        });
        await this.#lookAtGit(known, plan.to);
        return presented(next, input);
      }
      case 'pull-request': {
        const { number, link } = await outside(() =>
          this.#planner.repository().openPullRequest({
            entity,
            revision,
            branch: `promote/${plan.to}-${plan.release.to}`,
            files,
            title,
            body,
            author,
          }),
        );
        const what = `Opened pull request ${number}`;
        const next = await this.#save({
          ...moved(promotion, 'proposed', what, person.ref, link),
          pullRequest: { number, link },
        });
        return presented(next, input);
      }
      case 'workflow':
        throw new InputError('Promotions by workflow are not offered yet');
      default:
        throw new InputError(`There is no way '${plan.way satisfies never}'`);
    }
  }

  async #merge(
    known: Known,
    promotion: StoredPromotion,
    person: Person,
  ): Promise<Promotion> {
    const { pullRequest } = promotion;
    if (!pullRequest) {
      throw new ConflictError('This promotion has no pull request');
    }
    const merged = await outside(() =>
      this.#planner.repository().mergePullRequest({
        entity: known.entity,
        number: pullRequest.number,
      }),
    );
    return await this.#merged(known, promotion, merged, person.ref);
  }

  async #merged(
    known: Known,
    promotion: StoredPromotion,
    { number, link, mergedSha }: PullRequestState,
    by: string,
  ): Promise<Promotion> {
    const state = stateInGit(modeOf(known.input, promotion));
    const what = `Merged pull request ${number}`;
    const next = await this.#save({
      ...moved(promotion, state, what, by, link),
      ...(mergedSha ? { mergedSha } : {}),
    });
    await this.#lookAtGit(known, promotion.plan.to);
    return presented(next, known.input);
  }

  async #sync(
    { input }: Known,
    promotion: StoredPromotion,
    person: Person,
  ): Promise<Promotion> {
    const { plan, state, mergedSha } = promotion;
    const delivery = this.#delivery;
    const application = environmentIn(input, plan.to)?.application?.value;
    if (!delivery || !application) {
      throw new ConflictError(
        `Argo CD has no application for ${plan.to}, or is not configured`,
      );
    }
    const { instance, name, namespace, project, operation, link } = application;
    // What was shown is what is synced; after a failure, git as it is now may hold what puts it right. Argo CD takes no revision where it syncs by itself.
    const revision =
      state === 'failed' || application.automated
        ? undefined
        : mergedSha ?? plan.revision;
    await outside(() =>
      delivery.sync({
        instance,
        application: name,
        namespace,
        project,
        ...(revision === undefined ? {} : { revision }),
        // Removing what git no longer has is a decision that nobody was shown here.
        prune: false,
      }),
    );
    const what = `Started the sync of ${name}`;
    const { problem, remedy, operationBefore, ...rest } = moved(
      promotion,
      'syncing',
      what,
      person.ref,
      link,
    );
    const next = await this.#save({
      ...rest,
      ...(operation?.startedAt === undefined
        ? {}
        : { operationBefore: operation.startedAt }),
    });
    return presented(next, input);
  }

  async #cancel(
    { entity, input }: Known,
    promotion: StoredPromotion,
    person: Person,
  ): Promise<Promotion> {
    const { state, pullRequest, plan } = promotion;
    if (state === 'proposed' && pullRequest) {
      await outside(() =>
        this.#planner
          .repository()
          .closePullRequest({ entity, number: pullRequest.number }),
      );
    }
    const isInGit = state !== 'proposed' && state !== 'waiting';
    const what =
      isInGit && plan.way !== 'sync'
        ? 'Cancelled; the change stays in git'
        : 'Cancelled';
    const next = await this.#save(
      moved(promotion, 'cancelled', what, person.ref),
    );
    return presented(next, input);
  }

  /** Argo CD looks at git every few minutes by itself; after a change it is told to. */
  async #lookAtGit({ entity, input }: Known, environment: string) {
    this.#refresh(entity.entityRef);
    const application = environmentIn(input, environment)?.application?.value;
    if (this.#delivery && application) {
      const { instance, name, namespace, project } = application;
      try {
        await this.#delivery.refresh({
          instance,
          application: name,
          namespace,
          project,
        });
      } catch (error) {
        this.#logger.warn(
          `Argo CD was not told to look at git for ${name}: ${
            error instanceof Error ? error.message : error
          }`,
        );
      }
    }
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

function refuseIf(gate: Gate | undefined): void {
  if (gate) {
    throw new ConflictError(
      `${gate.title}: ${gate.reason}${
        gate.opensAt ? `; it opens ${gate.opensAt}` : ''
      }`,
    );
  }
}

function approversOf({ input }: Known, environment: string): readonly string[] {
  const { gates = [] } =
    environmentIn(input, environment)?.definition.delivery ?? {};
  return gates.flatMap(gate => ('approval' in gate ? gate.approval.by : []));
}

function underWay(environment: string): ConflictError {
  return new ConflictError(
    `Another promotion to ${environment} is under way; finish or cancel it first`,
  );
}

function environmentIn(input: Assembled | undefined, name: string) {
  return input?.environments.find(({ definition }) => definition.name === name);
}

function modeOf(
  input: Assembled | undefined,
  { plan }: { plan: { to: string } },
): DeliveryMode {
  return environmentIn(input, plan.to)?.definition.delivery.sync ?? 'manual';
}

/** Where a change in git leads: to a sync that comes by itself, or that somebody starts. */
function stateInGit(mode: DeliveryMode): PromotionState {
  return mode === 'automatic' ? 'syncing' : 'merged';
}

function moved(
  promotion: StoredPromotion,
  state: PromotionState,
  what: string,
  by: string,
  link?: string,
): StoredPromotion {
  const step = { at: new Date().toISOString(), what, by };
  return {
    ...promotion,
    state,
    steps: [...promotion.steps, { ...step, ...(link ? { link } : {}) }],
  };
}

function presented(
  promotion: StoredPromotion,
  input: Assembled | undefined,
): Promotion {
  const {
    entityRef: _entityRef,
    mergedSha: _mergedSha,
    landed: _landed,
    declaredBefore: _declaredBefore,
    operationBefore: _operationBefore,
    ...rest
  } = promotion;
  return { ...rest, actions: actionsOf(promotion, modeOf(input, promotion)) };
}
