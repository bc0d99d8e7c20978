import { randomUUID } from 'crypto';
import { LoggerService } from '@backstage/backend-plugin-api';
import {
  Entity,
  parseEntityRef,
  RELATION_API_CONSUMED_BY,
  RELATION_DEPENDENCY_OF,
  RELATION_OWNED_BY,
} from '@backstage/catalog-model';
import { ConflictError, InputError, NotFoundError } from '@backstage/errors';
import {
  Author,
  PromotionDelivery,
  PromotionRepository,
  Rendered,
  TrackedEntity,
} from '@envmatrix/backstage-plugin-environments-node';
import {
  assessPromotion,
  EnvironmentColumn,
  Gate,
  observePromotion,
  Promotion,
  PromotionPlan,
  PromotionWay,
  proposePromotion,
} from '@envmatrix/engine';
import { Computed } from '../matrix/MatrixService';
import { Assembled } from '../matrix/assembleInput';
import { PromotionStore, StoredPromotion } from '../store/PromotionStore';
import { actionsOf, isActive, nextStep } from './promotionState';

/** A plan that nobody confirmed by then is made again. */
const PLAN_MS = 15 * 60_000;

/** Who does something, and on whose behalf git shows it. */
export interface Person {
  readonly ref: string;
  readonly author: Author;
}

/**
 * Plans promotions, starts them on their way, and follows them by what is observed.
 */
export class PromotionService {
  readonly #store: PromotionStore;
  readonly #repository: PromotionRepository | undefined;
  readonly #delivery: PromotionDelivery | undefined;
  readonly #logger: LoggerService;
  readonly #refresh: (entityRef: string) => void;
  readonly #changed: (entityRef: string) => void;
  /** One step of a promotion at a time. */
  readonly #steps = new Map<string, Promise<unknown>>();

  constructor(options: {
    store: PromotionStore;
    repository: PromotionRepository | undefined;
    delivery: PromotionDelivery | undefined;
    logger: LoggerService;
    /** Something outside was changed: the sources should look again. */
    refresh: (entityRef: string) => void;
    /** A promotion moved on: the matrix shows it. */
    changed: (entityRef: string) => void;
  }) {
    this.#store = options.store;
    this.#repository = options.repository;
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
    const { input } = computed;
    if (!input) {
      throw new ConflictError(
        `The environments of ${entity.entityRef} are not known yet: ${
          computed.matrix.problem ?? 'its intent is being read'
        }`,
      );
    }
    const { to, from } = columnsOf(computed, request);
    const target = input.intent.environments.find(
      environment => environment.name === to.name,
    );
    if (target?.delivery.from !== from.name) {
      throw new InputError(
        `${to.name} is promoted from ${
          target?.delivery.from ?? 'nowhere'
        }, not from ${from.name}`,
      );
    }
    const repository = this.#requireRepository();
    const withIntent = { ...entity, intent: input.intent };
    const snapshot = await repository.snapshot({ entity: withIntent });
    const proposed = proposePromotion({
      intent: input.intent,
      from: from.name,
      to: to.name,
      files: snapshot.files,
    });
    const [effect, commits] = await Promise.all([
      this.#effect(withIntent, input, {
        to: to.name,
        from: from.name,
        files: snapshot.files,
        proposed: proposed.files,
      }),
      this.#commits(withIntent, to.summary.version, proposed.release.to),
    ]);
    const createdAt = new Date();
    const plan: PromotionPlan = {
      id: randomUUID(),
      from: from.name,
      to: to.name,
      revision: snapshot.revision,
      createdAt: createdAt.toISOString(),
      expiresAt: new Date(createdAt.getTime() + PLAN_MS).toISOString(),
      release: {
        ...(to.summary.version === undefined
          ? {}
          : { from: to.summary.version }),
        to: proposed.release.to,
        ...commits,
      },
      files: proposed.files,
      ...effect,
      gates: gatesOf(from, proposed.release.to),
      impact: impactOf(entity.entity),
      way:
        proposed.files.length === 0
          ? 'sync'
          : wayOf(target.delivery.way, target.kind),
    };
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
    const { entityRef } = entity;
    const plan = await this.#requirePlan(entityRef, request.planId);
    const { input } = computed;
    if (!input) {
      throw new ConflictError(`The environments of ${entityRef} are not known`);
    }
    const withIntent = { ...entity, intent: input.intent };
    await this.#assertUnmoved(withIntent, plan);
    const { from } = columnsOf(computed, plan);
    const closed = gatesOf(from, plan.release.to).find(
      gate => gate.state !== 'open',
    );
    if (closed) {
      throw new ConflictError(`${closed.title}: ${closed.reason}`);
    }
    const promotion: StoredPromotion = {
      id: randomUUID(),
      entityRef,
      plan,
      requestedBy: request.person.ref,
      ...(request.reason ? { reason: request.reason } : {}),
      createdAt: new Date().toISOString(),
      state: 'waiting',
      steps: [],
    };
    if (!(await this.#store.insert(promotion))) {
      throw new ConflictError(
        `Another promotion to ${plan.to} is under way; finish or cancel it first`,
      );
    }
    return await this.#step(promotion.id, async () => {
      try {
        return await this.#begin(withIntent, input, promotion, request.person);
      } catch (error) {
        const problem = error instanceof Error ? error.message : String(error);
        await this.#save({
          ...moved(
            promotion,
            'failed',
            `It could not begin: ${problem}`,
            request.person.ref,
          ),
          problem,
          remedy: 'Look at the change again, and promote again',
        });
        throw error;
      }
    });
  }

  async act(
    entity: TrackedEntity,
    computed: Computed,
    request: {
      id: string;
      action: 'merge' | 'sync' | 'cancel';
      person: Person;
    },
  ): Promise<Promotion> {
    const { input } = computed;
    const withIntent = {
      ...entity,
      ...(input ? { intent: input.intent } : {}),
    };
    return await this.#step(request.id, async () => {
      const promotion = await this.#require(entity.entityRef, request.id);
      const mode = modeOf(input, promotion);
      if (!actionsOf(promotion, mode).includes(request.action)) {
        throw new ConflictError(
          `A promotion that is ${promotion.state} cannot be ${
            { merge: 'merged', sync: 'synced', cancel: 'cancelled' }[
              request.action
            ]
          }`,
        );
      }
      switch (request.action) {
        case 'merge':
          return await this.#merge(
            withIntent,
            input,
            promotion,
            request.person,
          );
        case 'sync':
          return await this.#sync(input, promotion, request.person);
        case 'cancel':
          return await this.#cancel(withIntent, promotion, request.person);
        default:
          throw new InputError(
            `There is no action '${request.action satisfies never}'`,
          );
      }
    });
  }

  async list(entityRef: string, computed: Computed): Promise<Promotion[]> {
    return (await this.#store.list(entityRef)).map(promotion =>
      presented(promotion, modeOf(computed.input, promotion)),
    );
  }

  async get(
    entityRef: string,
    id: string,
    computed: Computed,
  ): Promise<Promotion> {
    const promotion = await this.#require(entityRef, id);
    return presented(promotion, modeOf(computed.input, promotion));
  }

  /** Something was observed: promotions that wait for it move on. */
  async observe(entityRef: string, computed: Computed): Promise<void> {
    const { input } = computed;
    if (!input) {
      return;
    }
    for (const { id } of await this.#store.open(entityRef)) {
      await this.#step(id, async () => {
        const promotion = await this.#require(entityRef, id);
        const environment = input.environments.find(
          candidate => candidate.definition.name === promotion.plan.to,
        );
        const step =
          environment &&
          nextStep(
            promotion,
            modeOf(input, promotion),
            observePromotion(environment, input),
          );
        if (!step) {
          return;
        }
        const { problem, remedy, ...rest } = moved(
          promotion,
          step.state,
          step.what,
          'observed',
        );
        await this.#save({
          ...rest,
          ...(step.problem === undefined
            ? {}
            : { problem: step.problem, remedy: step.remedy }),
        });
        if (
          step.state === 'merged' ||
          (promotion.state === 'proposed' && step.state === 'syncing')
        ) {
          await this.#lookAtGit(input, promotion.plan.to);
        }
      });
    }
  }

  async #begin(
    entity: TrackedEntity,
    input: Assembled,
    promotion: StoredPromotion,
    person: Person,
  ): Promise<Promotion> {
    const { plan } = promotion;
    const service = input.service;
    const title = `Promote ${service} ${plan.release.to} to ${plan.to}`;
    const trailer = `${
      promotion.reason ? `${promotion.reason}\n\n` : ''
    }Promoted-from: ${plan.from}\nRequested-by: ${person.ref}`;
    switch (plan.way) {
      case 'sync':
        return await this.#sync(input, promotion, person);
      case 'commit': {
        const { sha, link } = await this.#requireRepository().commit({
          entity,
          revision: plan.revision,
          files: plan.files,
          message: `${title}\n\n${trailer}`,
          author: person.author,
        });
        const state =
          modeOf(input, promotion) === 'automatic' ? 'syncing' : 'merged';
        const next = await this.#save({
          ...moved(
            promotion,
            state,
            `Committed ${sha.slice(0, 7)}`,
            person.ref,
            link,
          ),
          mergedSha: sha,
        });
        await this.#lookAtGit(input, plan.to);
        return presented(next, modeOf(input, next));
      }
      case 'pull-request': {
        const branch = `promote/${plan.to}-${plan.release.to}`;
        const { number, link } =
          await this.#requireRepository().openPullRequest({
            entity,
            revision: plan.revision,
            branch,
            files: plan.files,
            title,
            body: trailer,
            author: person.author,
          });
        const next = await this.#save({
          ...moved(
            promotion,
            'proposed',
            `Opened pull request ${number}`,
            person.ref,
            link,
          ),
          pullRequest: { number, link },
        });
        return presented(next, modeOf(input, next));
      }
      case 'workflow':
        throw new InputError('Promotions by workflow are not offered yet');
      default:
        throw new InputError(`There is no way '${plan.way satisfies never}'`);
    }
  }

  async #merge(
    entity: TrackedEntity,
    input: Assembled | undefined,
    promotion: StoredPromotion,
    person: Person,
  ): Promise<Promotion> {
    if (!promotion.pullRequest) {
      throw new ConflictError('This promotion has no pull request');
    }
    const merged = await this.#requireRepository().mergePullRequest({
      entity,
      number: promotion.pullRequest.number,
    });
    const mode = modeOf(input, promotion);
    const next = await this.#save({
      ...moved(
        promotion,
        mode === 'automatic' ? 'syncing' : 'merged',
        `Merged pull request ${merged.number}`,
        person.ref,
        merged.link,
      ),
      ...(merged.mergedSha ? { mergedSha: merged.mergedSha } : {}),
    });
    await this.#lookAtGit(input, promotion.plan.to);
    return presented(next, mode);
  }

  async #sync(
    input: Assembled | undefined,
    promotion: StoredPromotion,
    person: Person,
  ): Promise<Promotion> {
    const application = applicationIn(input, promotion.plan.to);
    if (!this.#delivery || !application) {
      throw new ConflictError(
        `Argo CD has no application for ${promotion.plan.to}, or is not configured`,
      );
    }
    const { instance, name, namespace, project, automated } = application;
    const syncedAt = new Date().toISOString();
    await this.#delivery.sync({
      instance,
      application: name,
      namespace,
      project,
      prune: automated,
    });
    const { problem, remedy, ...rest } = moved(
      promotion,
      'syncing',
      `Started the sync of ${name}`,
      person.ref,
      application.link,
    );
    const next = await this.#save({ ...rest, syncedAt });
    return presented(next, modeOf(input, next));
  }

  async #cancel(
    entity: TrackedEntity,
    promotion: StoredPromotion,
    person: Person,
  ): Promise<Promotion> {
    if (promotion.state === 'proposed' && promotion.pullRequest) {
      await this.#requireRepository().closePullRequest({
        entity,
        number: promotion.pullRequest.number,
      });
    }
    const what =
      promotion.state === 'merged'
        ? 'Cancelled; the change stays in git and is live with the next sync'
        : 'Cancelled';
    const next = await this.#save(
      moved(promotion, 'cancelled', what, person.ref),
    );
    return presented(next, 'automatic');
  }

  async #effect(
    entity: TrackedEntity,
    input: Assembled,
    options: {
      from: string;
      to: string;
      files: Readonly<Record<string, string>>;
      proposed: PromotionPlan['files'];
    },
  ): Promise<
    Pick<PromotionPlan, 'changes' | 'changesUnknown' | 'restarts' | 'findings'>
  > {
    const nothing = {
      changes: [],
      restarts: [],
      findings: { starts: [], stops: [], stays: [] },
    };
    const after: Record<string, string> = { ...options.files };
    for (const file of options.proposed) {
      if (file.after === undefined) {
        delete after[file.path];
      } else {
        after[file.path] = file.after;
      }
    }
    const repository = this.#requireRepository();
    const names = input.environments.map(({ definition }) => definition.name);
    const rendered = await Promise.all(
      names.map(environment =>
        repository.render({ entity, environment, files: options.files }),
      ),
    );
    const changed = await repository.render({
      entity,
      environment: options.to,
      files: after,
    });
    const failure = [...rendered, changed].find(
      (entry): entry is Extract<Rendered, { problem: string }> =>
        'problem' in entry,
    );
    if (failure) {
      return { ...nothing, changesUnknown: failure.problem };
    }
    const manifests = Object.fromEntries(
      names.map((name, index) => [name, textOf(rendered[index])]),
    );
    return assessPromotion({
      intent: input.intent,
      from: options.from,
      to: options.to,
      now: input.now,
      manifests,
      after: textOf(changed),
    });
  }

  async #commits(
    entity: TrackedEntity,
    from: string | undefined,
    to: string,
  ): Promise<Pick<PromotionPlan['release'], 'commits' | 'commitsUnknown'>> {
    if (from === undefined) {
      return { commitsUnknown: 'Nothing runs there yet' };
    }
    if (from === to) {
      return { commits: [] };
    }
    try {
      return {
        commits: await this.#requireRepository().commits({ entity, from, to }),
      };
    } catch (error) {
      return {
        commitsUnknown: error instanceof Error ? error.message : String(error),
      };
    }
  }

  /** A plan is a promise: what was shown is what happens, or nothing does. */
  async #assertUnmoved(
    entity: TrackedEntity & { intent: Assembled['intent'] },
    plan: PromotionPlan,
  ): Promise<void> {
    const { files, revision } = await this.#requireRepository().snapshot({
      entity,
    });
    if (revision === plan.revision) {
      return;
    }
    const now = proposePromotion({
      intent: entity.intent,
      from: plan.from,
      to: plan.to,
      files,
    });
    if (JSON.stringify(now.files) !== JSON.stringify(plan.files)) {
      const what =
        now.release.to === plan.release.to
          ? `the files of ${plan.to} changed`
          : `${plan.from} has ${now.release.to} by now`;
      throw new ConflictError(
        `Git moved on from ${plan.revision.slice(0, 7)} to ${revision.slice(
          0,
          7,
        )} since this was shown: ${what}. Look at the change again.`,
      );
    }
  }

  /** Argo CD looks at git every few minutes by itself; after a change it is told to. */
  async #lookAtGit(
    input: Assembled | undefined,
    environment: string,
  ): Promise<void> {
    if (input) {
      this.#refresh(input.entityRef);
    }
    const application = applicationIn(input, environment);
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
    await this.#store.update(promotion);
    this.#changed(promotion.entityRef);
    return promotion;
  }

  async #require(entityRef: string, id: string): Promise<StoredPromotion> {
    const promotion = await this.#store.get(entityRef, id);
    if (!promotion) {
      throw new NotFoundError(`There is no promotion '${id}' of ${entityRef}`);
    }
    return promotion;
  }

  async #requirePlan(entityRef: string, id: string): Promise<PromotionPlan> {
    const plan = await this.#store.plan(entityRef, id);
    if (!plan || Date.parse(plan.expiresAt) < Date.now()) {
      throw new NotFoundError(
        'This plan is not there any more, or has expired. Look at the change again.',
      );
    }
    return plan;
  }

  #requireRepository(): PromotionRepository {
    if (!this.#repository) {
      throw new InputError(
        'No module for git is installed, so nothing can be promoted; add environments-backend-module-scm to the backend',
      );
    }
    return this.#repository;
  }
}

/** Conditions on a promotion: the release is healthy where it was tried. */
function gatesOf(from: EnvironmentColumn, version: string): Gate[] {
  return [
    {
      id: 'health',
      title: `Healthy in ${from.name}`,
      ...healthGate(from, version),
    },
  ];
}

function healthGate(
  { name, summary }: EnvironmentColumn,
  version: string,
): Pick<Gate, 'state' | 'reason'> {
  const { observations, health, ready, digest } = summary;
  const unknown = [
    observations.version,
    observations.health,
    observations.ready,
  ].find(({ status }) => status !== 'observed');
  if (unknown) {
    return {
      state: unknown.status === 'absent' ? 'closed' : 'unknown',
      reason: unknown.reason ?? `What runs in ${name} is not known`,
    };
  }
  if (summary.version !== version) {
    return {
      state: 'waiting',
      reason: `git says ${version} for ${name}, which still runs ${summary.version}`,
    };
  }
  if (health !== 'Healthy') {
    return {
      state: health === 'Progressing' ? 'waiting' : 'closed',
      reason: summary.detail ?? `${name} is ${health}`,
    };
  }
  return {
    state: 'open',
    reason: `${ready} ready${
      digest ? `, digest ${digest.replace('sha256:', '').slice(0, 8)}…` : ''
    }`,
  };
}

function wayOf(
  way: PromotionWay | undefined,
  kind: 'production' | 'non-production',
): PromotionWay {
  return way ?? (kind === 'production' ? 'pull-request' : 'commit');
}

function columnsOf(
  computed: Computed,
  request: { from: string; to: string },
): { from: EnvironmentColumn; to: EnvironmentColumn } {
  const find = (name: string) => {
    const column = computed.matrix.environments.find(
      candidate => candidate.name === name,
    );
    if (!column) {
      throw new InputError(
        `There is no environment '${name}'; there are ${
          computed.matrix.environments
            .map(candidate => candidate.name)
            .join(', ') || 'none'
        }`,
      );
    }
    return column;
  };
  return { from: find(request.from), to: find(request.to) };
}

function impactOf(entity: Entity): PromotionPlan['impact'] {
  const targets = (types: readonly string[]) => [
    ...new Set(
      (entity.relations ?? [])
        .filter(relation => types.includes(relation.type))
        .map(relation => relation.targetRef),
    ),
  ];
  return {
    dependents: targets([
      RELATION_DEPENDENCY_OF,
      RELATION_API_CONSUMED_BY,
    ]).filter(ref => parseEntityRef(ref).kind !== 'resource'),
    owners: targets([RELATION_OWNED_BY]),
  };
}

function applicationIn(input: Assembled | undefined, environment: string) {
  return input?.environments.find(
    candidate => candidate.definition.name === environment,
  )?.application?.value;
}

function modeOf(
  input: Assembled | undefined,
  promotion: { plan: { to: string } },
): 'automatic' | 'manual' {
  return (
    input?.intent.environments.find(
      environment => environment.name === promotion.plan.to,
    )?.delivery.sync ?? 'manual'
  );
}

function moved(
  promotion: StoredPromotion,
  state: StoredPromotion['state'],
  what: string,
  by: string,
  link?: string,
): StoredPromotion {
  return {
    ...promotion,
    state,
    steps: [
      ...promotion.steps,
      { at: new Date().toISOString(), what, by, ...(link ? { link } : {}) },
    ],
  };
}

function presented(
  promotion: StoredPromotion,
  mode: 'automatic' | 'manual',
): Promotion {
  const {
    entityRef: _entityRef,
    mergedSha: _mergedSha,
    syncedAt: _syncedAt,
    ...rest
  } = promotion;
  return {
    ...rest,
    actions:
      isActive(promotion.state) || promotion.state === 'failed'
        ? actionsOf(promotion, mode)
        : [],
  };
}

function textOf(rendered: Rendered): string {
  return 'manifests' in rendered ? rendered.manifests : '';
}
