import { randomUUID } from 'crypto';
import {
  Entity,
  parseEntityRef,
  RELATION_API_CONSUMED_BY,
  RELATION_DEPENDENCY_OF,
  RELATION_OWNED_BY,
} from '@backstage/catalog-model';
import { ConflictError, InputError } from '@backstage/errors';
import {
  PromotionRepository,
  TrackedEntity,
} from '@envmatrix/backstage-plugin-environments-node';
import {
  assessPromotion,
  EnvironmentColumn,
  filesAtPin,
  Gate,
  Intent,
  judgeGates,
  pinnedCommit,
  PromotionPlan,
  PromotionWay,
  proposePromotion,
} from '@envmatrix/engine';
import { Assembled } from '../matrix/assembleInput';
import { Computed } from '../matrix/KeptMatrix';
import { TransitionStore } from '../store/TransitionStore';
import { outside } from './outside';

/** A plan that nobody confirmed by then is made again. */
const PLAN_MS = 15 * 60_000;

type Effect = Pick<
  PromotionPlan,
  'changes' | 'changesUnknown' | 'restarts' | 'findings'
>;

const NO_EFFECT: Effect = {
  changes: [],
  restarts: [],
  findings: { starts: [], stops: [], stays: [] },
};

/** An entity whose environments are known. */
export interface Known {
  readonly entity: TrackedEntity & { readonly intent: Intent };
  readonly input: Assembled;
}

/**
 * Works out what a promotion would do, from the head of the deploy-config repository as it is now.
 */
export class PromotionPlanner {
  readonly #repository: PromotionRepository | undefined;
  readonly #transitions: Pick<TransitionStore, 'latest'>;
  readonly #now: () => Date;

  constructor(options: {
    repository: PromotionRepository | undefined;
    transitions: Pick<TransitionStore, 'latest'>;
    now?: () => Date;
  }) {
    this.#repository = options.repository;
    this.#transitions = options.transitions;
    this.#now = options.now ?? (() => new Date());
  }

  async plan(
    entity: TrackedEntity,
    computed: Computed,
    request: { from: string; to: string },
  ): Promise<PromotionPlan> {
    const known = requireKnown(entity, computed);
    const { intent } = known.entity;
    const { from, to } = columnsOf(computed, request);
    const target = intent.environments.find(({ name }) => name === to.name);
    if (target?.delivery.from !== from.name) {
      throw new InputError(
        `${to.name} is promoted from ${
          target?.delivery.from ?? 'nowhere'
        }, not from ${from.name}`,
      );
    }
    const { revision, files } = await outside(() =>
      this.repository().snapshot({ entity: known.entity }),
    );
    const proposed = await outside(async () =>
      proposePromotion({
        intent,
        from: from.name,
        to: to.name,
        files,
        revision,
      }),
    );
    const { summary } = to;
    const isLive =
      summary.observations.version.status === 'observed' &&
      summary.version === proposed.release.to &&
      summary.sync !== 'OutOfSync';
    if (proposed.files.length === 0 && isLive) {
      throw new ConflictError(
        `${to.name} runs ${proposed.release.to} already: there is nothing to promote`,
      );
    }
    const [effect, commits] = await Promise.all([
      this.#effect(known, { from: from.name, to: to.name, files, proposed }),
      this.#commits(known.entity, summary.version, proposed.release.to),
    ]);
    const way =
      proposed.files.length === 0
        ? 'sync'
        : wayOf(target.delivery.way, target.kind);
    const gates = await this.gates(known, computed, {
      from: from.name,
      to: to.name,
      version: proposed.release.to,
      way,
    });
    const createdAt = this.#now();
    return {
      id: randomUUID(),
      from: from.name,
      to: to.name,
      revision,
      createdAt: createdAt.toISOString(),
      expiresAt: new Date(createdAt.getTime() + PLAN_MS).toISOString(),
      release: {
        ...(summary.version === undefined ? {} : { from: summary.version }),
        to: proposed.release.to,
        ...commits,
      },
      files: proposed.files,
      ...effect,
      gates,
      impact: impactOf(entity.entity),
      way,
    };
  }

  /** A plan is a promise: what was shown is what happens, or nothing does. */
  async assertUnmoved(
    entity: Known['entity'],
    plan: PromotionPlan,
  ): Promise<void> {
    const { files, revision } = await outside(() =>
      this.repository().snapshot({ entity }),
    );
    if (revision === plan.revision) {
      return;
    }
    const { from, to } = plan;
    const now = await outside(async () =>
      proposePromotion({
        intent: entity.intent,
        from,
        to,
        files,
        revision: plan.revision,
      }),
    );
    if (JSON.stringify(now.files) !== JSON.stringify(plan.files)) {
      const what =
        now.release.to === plan.release.to
          ? `the files of ${to} changed`
          : `${from} has ${now.release.to} by now`;
      throw new ConflictError(
        `Git moved on from ${plan.revision.slice(0, 7)} to ${revision.slice(
          0,
          7,
        )} since this was shown: ${what}. Look at the change again.`,
      );
    }
  }

  /** The conditions on a promotion, as they are now. */
  async gates(
    { entity, input }: Known,
    computed: Computed,
    promotion: {
      from: string;
      to: string;
      version: string;
      way: PromotionWay;
      approvedBy?: readonly string[];
    },
  ): Promise<Gate[]> {
    const { from, to } = columnsOf(computed, promotion);
    const target = input.environments.find(
      ({ definition }) => definition.name === to.name,
    );
    if (!target) {
      throw new InputError(`There is no environment '${to.name}'`);
    }
    const latest = await this.#transitions.latest(entity.entityRef);
    return judgeGates(target.definition.delivery.gates ?? [], {
      from,
      target,
      version: promotion.version,
      way: promotion.way,
      since: {
        version: latest.get(`${from.name} version`),
        health: latest.get(`${from.name} health`),
      },
      findings: computed.judgement.findings,
      approvedBy: promotion.approvedBy,
      now: this.#now().toISOString(),
    });
  }

  repository(): PromotionRepository {
    if (!this.#repository) {
      throw new InputError(
        'No module for git is installed, so nothing can be promoted; add environments-backend-module-scm to the backend',
      );
    }
    return this.#repository;
  }

  async #effect(
    { entity, input }: Known,
    options: {
      from: string;
      to: string;
      files: Readonly<Record<string, string>>;
      proposed: Pick<PromotionPlan, 'files'>;
    },
  ): Promise<Effect> {
    const { from, to, files, proposed } = options;
    const after = { ...files };
    for (const file of proposed.files) {
      if (file.after === undefined) {
        delete after[file.path];
      } else {
        after[file.path] = file.after;
      }
    }
    const render = (environment: string, tree: typeof files) =>
      outside(() =>
        this.repository().render({ entity, environment, files: tree }),
      );
    const names = input.environments.map(({ definition }) => definition.name);
    const applied = await this.#applied(entity, to, files);
    if ('problem' in applied) {
      return { ...NO_EFFECT, changesUnknown: applied.problem };
    }
    const [changed, ...rendered] = await Promise.all([
      // A pin that stays where it is keeps out what the branch has by now.
      render(to, proposed.files.length === 0 ? applied.files : after),
      ...names.map(name => render(name, name === to ? applied.files : files)),
    ]);
    const manifests: Record<string, string> = {};
    for (const [index, result] of rendered.entries()) {
      if ('problem' in result) {
        return { ...NO_EFFECT, changesUnknown: result.problem };
      }
      manifests[names[index]] = result.manifests;
    }
    if ('problem' in changed) {
      return { ...NO_EFFECT, changesUnknown: changed.problem };
    }
    return await outside(async () =>
      assessPromotion({
        intent: input.intent,
        from,
        to,
        now: new Date().toISOString(),
        manifests,
        after: changed.manifests,
      }),
    );
  }

  /** What the target applies now: the branch, or the commit that it is pinned to, from where a promotion brings changes of the base too. */
  async #applied(
    entity: Known['entity'],
    to: string,
    files: Readonly<Record<string, string>>,
  ): Promise<
    { files: Readonly<Record<string, string>> } | { problem: string }
  > {
    const { intent } = entity;
    const overlay = `apps/${intent.metadata.name}/overlays/${to}`;
    const revision = pinnedCommit({ overlay, files });
    if (revision === undefined) {
      return { files };
    }
    try {
      const pinned = await this.repository().snapshot({ entity, revision });
      return {
        files: filesAtPin({
          intent,
          environment: to,
          files,
          pinned: pinned.files,
        }),
      };
    } catch (error) {
      return {
        problem: `${to} is pinned to ${revision.slice(
          0,
          7,
        )}, which cannot be read: ${
          error instanceof Error ? error.message : error
        }`,
      };
    }
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
      return { commits: await this.repository().commits({ entity, from, to }) };
    } catch (error) {
      return {
        commitsUnknown: error instanceof Error ? error.message : String(error),
      };
    }
  }
}

/** @throws ConflictError while the intent of the entity has not been read. */
export function requireKnown(entity: TrackedEntity, computed: Computed): Known {
  const { input, matrix } = computed;
  if (!input) {
    throw new ConflictError(
      `The environments of ${entity.entityRef} are not known yet: ${
        matrix.problem ?? 'its intent is being read'
      }`,
    );
  }
  const { intent, releases } = input;
  return { entity: { ...entity, intent, releases }, input };
}

function columnsOf(
  { matrix }: Computed,
  request: { from: string; to: string },
): { from: EnvironmentColumn; to: EnvironmentColumn } {
  const find = (name: string) => {
    const column = matrix.environments.find(entry => entry.name === name);
    if (!column) {
      const names = matrix.environments.map(entry => entry.name);
      throw new InputError(
        `There is no environment '${name}'; there are ${
          names.join(', ') || 'none'
        }`,
      );
    }
    return column;
  };
  return { from: find(request.from), to: find(request.to) };
}

function wayOf(
  way: PromotionWay | undefined,
  kind: 'production' | 'non-production',
): PromotionWay {
  return way ?? (kind === 'production' ? 'pull-request' : 'commit');
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
