import { LoggerService } from '@backstage/backend-plugin-api';
import { ConflictError, InputError } from '@backstage/errors';
import {
  PromotionDelivery,
  PullRequestState,
} from '@envmatrix/backstage-plugin-environments-node';
import {
  pinnedTo,
  Promotion,
  PromotionPlan,
  SOURCE_COMMIT_TRAILER,
} from '@envmatrix/engine';
import { Assembled } from '../matrix/assembleInput';
import { StoredPromotion } from '../store/PromotionStore';
import { outside } from './outside';
import { Person } from './Person';
import { Known, PromotionPlanner } from './PromotionPlanner';
import {
  applicationsIn,
  modeOf,
  moved,
  presented,
  stateInGit,
} from './storedPromotion';

/**
 * The steps of a promotion that change something outside: git, a pull request, Argo CD. Each ends with the promotion saved as it is then.
 */
export class PromotionWays {
  readonly #planner: PromotionPlanner;
  readonly #delivery: PromotionDelivery | undefined;
  readonly #logger: LoggerService;
  readonly #refresh: (entityRef: string) => void;
  readonly #save: (promotion: StoredPromotion) => Promise<StoredPromotion>;

  constructor(options: {
    planner: PromotionPlanner;
    delivery: PromotionDelivery | undefined;
    logger: LoggerService;
    /** Something outside was changed: the sources should look again. */
    refresh: (entityRef: string) => void;
    save: (promotion: StoredPromotion) => Promise<StoredPromotion>;
  }) {
    this.#planner = options.planner;
    this.#delivery = options.delivery;
    this.#logger = options.logger;
    this.#refresh = options.refresh;
    this.#save = options.save;
  }

  async begin(
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
      ...sourceCommitOf(input, plan),
      `Requested-by: ${requestedBy}`,
      ...(person.ref === requestedBy ? [] : [`Approved-by: ${person.ref}`]),
    ].join('\n');
    const { author } = person;
    switch (plan.way) {
      case 'sync':
        return await this.sync(known, promotion, person);
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

  async merge(
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
    return await this.merged(known, promotion, merged, person.ref);
  }

  async merged(
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

  async sync(
    { input }: Known,
    promotion: StoredPromotion,
    person: Person,
  ): Promise<Promotion> {
    const { plan, state, mergedSha } = promotion;
    const delivery = this.#delivery;
    const applications = applicationsIn(input, plan.to);
    const [first] = applications;
    if (!delivery || !first) {
      throw new ConflictError(
        `Argo CD has no application for ${plan.to}, or is not configured`,
      );
    }
    for (const application of applications) {
      const { instance, name, namespace, project } = application;
      // What was shown is what is synced: the commit that the application is pinned to, or the one that holds the change. After a failure, git as
      // it is now may hold what puts it right. Argo CD takes no revision where it syncs by itself.
      const revision =
        state === 'failed' || application.automated
          ? undefined
          : pinnedTo(application) ?? mergedSha ?? plan.revision;
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
    }
    const { operation, link } = first;
    const what = `Started the sync of ${applications
      .map(({ name }) => name)
      .join(' and ')}`;
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

  async cancel(
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

  /** Argo CD looks at git every few minutes by itself; after a change it is told to. What deploys the application comes first: it may have a new pin. */
  async #lookAtGit({ entity, input }: Known, environment: string) {
    this.#refresh(entity.entityRef);
    if (!this.#delivery) {
      return;
    }
    const looks = applicationsIn(input, environment).flatMap(
      ({ instance, name, namespace, project, managedBy }) => [
        ...(managedBy?.kind === 'Application'
          ? [{ instance, namespace, application: managedBy.name }]
          : []),
        { instance, namespace, application: name, project },
      ],
    );
    for (const look of looks) {
      try {
        await this.#delivery.refresh(look);
      } catch (error) {
        this.#logger.warn(
          `Argo CD was not told to look at git for ${look.application}: ${
            error instanceof Error ? error.message : error
          }`,
        );
      }
    }
  }
}

/** The commit that the release was built from goes along, so that it is known from git alone. */
function sourceCommitOf(
  { releases }: Assembled,
  { from, release }: PromotionPlan,
): string[] {
  const { commit } =
    releases.find(
      ({ environment, version }) =>
        environment === from && version === release.to,
    ) ?? {};
  return commit === undefined ? [] : [`${SOURCE_COMMIT_TRAILER}: ${commit}`];
}
