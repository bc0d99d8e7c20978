import { Intent, IntentEnvironment } from '@envmatrix/engine';
import { approverOwners, codeOwners } from './templateValues/codeOwners';
import { environmentValues } from './templateValues/environments';

/**
 * What a git host has to hold to, so that the gates of an intent are more than an agreement.
 *
 * @public
 */
export interface RepositoryProtection {
  /** The branch that Argo CD and the pipelines follow. */
  readonly branch: string;
  /** How a change gets there; absent where anybody who may write may push it, and only its history is kept. */
  readonly review?: {
    readonly approvals: number;
    /** Checks of the generated workflows that a pull request has to pass, as the host calls them. */
    readonly checks: readonly string[];
    /** The only files that may be pushed without a pull request: those that releases and promotions by commit change. */
    readonly directFiles: readonly string[];
  };
  /** Teams that `CODEOWNERS` names, each with what it belongs to: `acme/payments`. */
  readonly codeOwners: readonly string[];
  /** Deployment environments of the host, and the teams that have to agree before a workflow goes on. */
  readonly deployments: readonly {
    readonly environment: string;
    readonly reviewers: readonly string[];
  }[];
  /** Client id of the app that pushes the releases of the pipelines, where the host has apps. */
  readonly deployApp?: string;
}

const BRANCH = 'main';

/** Workflow and job of the generated pipelines, as they are asked about in pull requests. */
const CHECKS = {
  github: { infrastructure: ['check'], deployConfig: ['validate'] },
  gitea: {
    infrastructure: ['Check / check (pull_request)'],
    deployConfig: ['Validate / validate (pull_request)'],
  },
  gitlab: { infrastructure: ['check'], deployConfig: ['validate'] },
} as const;

/**
 * How the two repositories are to be protected, from the gates of the intent. A protection never stands in the way of a promotion that
 * the intent asks for.
 *
 * @public
 */
export function repositoryProtection(intent: Intent): {
  readonly infrastructure: RepositoryProtection;
  readonly deployConfig: RepositoryProtection;
} {
  const environments = intent.environments.map((environment, index) =>
    environmentValues(intent, environment, index),
  );
  const checks = CHECKS[intent.scm?.dialect ?? 'gitea'];
  const teams = teamsOf(intent);
  const asksReviewers =
    intent.prodGate?.includes('github-environment') ?? false;
  // Reviewers of an environment are asked by a workflow: nobody may go round it with a push.
  const guarded =
    asksReviewers ||
    environments.some(({ change }) => change === 'pull-request');
  const direct = environments.filter(({ change }) => change !== 'pull-request');
  const common = { branch: BRANCH, codeOwners: teams, deployments: [] };
  const deployApp = intent.scm?.github?.appClientId;
  return {
    infrastructure: {
      ...common,
      ...(guarded
        ? {
            review: {
              approvals: 1,
              checks: checks.infrastructure,
              directFiles: [],
            },
          }
        : {}),
    },
    deployConfig: {
      ...common,
      ...(guarded
        ? {
            review: {
              approvals: 1,
              checks: checks.deployConfig,
              directFiles: direct.flatMap(environment =>
                releaseFiles(intent, environment),
              ),
            },
          }
        : {}),
      deployments: asksReviewers
        ? intent.environments
            .filter(({ kind }) => kind === 'production')
            .map(environment => ({
              environment: environment.name,
              reviewers: reviewersOf(intent, environment),
            }))
        : [],
      ...(deployApp === undefined ? {} : { deployApp }),
    },
  };
}

/** What a release or a promotion into an environment changes. */
function releaseFiles(
  intent: Intent,
  environment: ReturnType<typeof environmentValues>,
): string[] {
  const service = intent.metadata.name;
  const overlay = `apps/${service}/overlays/${environment.name}/kustomization.yaml`;
  if (!environment.pinned) {
    return [overlay];
  }
  return intent.argocd?.style === 'applicationset'
    ? [overlay, `argocd/applicationsets/${service}-${environment.name}.yaml`]
    : [
        overlay,
        ...environment.targets.map(
          ({ name }) => `argocd/applications/${service}-${name}.yaml`,
        ),
      ];
}

/**
 * Who lets a workflow go on. Any one of them is enough for the host, so that where the intent says who approves, nobody else is
 * among them.
 */
function reviewersOf(
  intent: Intent,
  environment: IntentEnvironment,
): readonly string[] {
  const approvers = teamsAmong(approverOwners(intent, environment));
  return approvers.length > 0 ? approvers : intent.scm?.github?.reviewers ?? [];
}

/** The teams among the code owners; people have their own rights. */
function teamsOf(intent: Intent): string[] {
  return teamsAmong([
    ...codeOwners(intent).both.split(' '),
    ...intent.environments.flatMap(environment =>
      approverOwners(intent, environment),
    ),
  ]);
}

function teamsAmong(owners: readonly string[]): string[] {
  return [...new Set(owners)]
    .map(owner => owner.slice(1))
    .filter(owner => owner.includes('/'));
}
