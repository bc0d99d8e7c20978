import {
  argoRevisionFactName,
  FactKinds,
  TrackedRevision,
} from '@envmatrix/backstage-plugin-environments-node';
import {
  ApplicationFact,
  ArgoRevisionFact,
  EnvironmentInput,
} from '@envmatrix/engine';
import { FactReader } from '../store/FactStore';
import { LatestTransitions } from '../store/TransitionStore';

/** Revisions of charts are versions, and of branches that cannot be read names. */
const COMMIT = /^([0-9a-f]{40}|[0-9a-f]{64})$/;

/**
 * Who made the commits that applications were deployed from, as Argo CD tells: for environments whose deploy-config repository no git host
 * tells about. What is not known yet is for Argo CD to explain.
 */
export async function withRevisions(
  environments: readonly EnvironmentInput[],
  options: {
    readonly facts: FactReader;
    readonly transitions: LatestTransitions;
    /** Whether the git host tells of this environment, or will. */
    readonly isInGit: (environment: EnvironmentInput) => boolean;
  },
): Promise<{
  readonly environments: readonly EnvironmentInput[];
  readonly revisions: readonly TrackedRevision[];
}> {
  const { facts, transitions, isInGit } = options;
  const wanted = environments.map(environment => {
    const application = environment.application?.value;
    if (!application || isInGit(environment)) {
      return {};
    }
    const { name } = environment.definition;
    const arrivedAt = transitions.get(`${name} version`)?.at;
    return {
      current: revisionOf(application, application.sync.revision),
      deployed: revisionOf(application, deploymentOf(application, arrivedAt)),
    };
  });
  const revisions = unique(
    wanted.flatMap(({ current, deployed }) => [
      ...(current ? [current] : []),
      ...(deployed ? [deployed] : []),
    ]),
  );
  const found =
    revisions.length === 0
      ? []
      : await facts.find<ArgoRevisionFact>({
          kind: FactKinds.argoRevision,
          names: revisions.map(argoRevisionFactName),
        });
  const factOf = (revision: TrackedRevision | undefined) =>
    revision &&
    found.find(
      fact =>
        fact.source === `argocd/${revision.instance}` &&
        fact.name === argoRevisionFactName(revision),
    );
  return {
    revisions,
    environments: environments.map((environment, index) => {
      const { current, deployed } = wanted[index];
      const [currentFact, deployedFact] = [factOf(current), factOf(deployed)];
      return {
        ...environment,
        ...(currentFact ? { argocdRevision: currentFact } : {}),
        ...(deployedFact ? { argocdDeployed: deployedFact } : {}),
      };
    }),
  };
}

/** The deployment that brought the release: later ones changed something else. */
function deploymentOf(
  { history }: ApplicationFact,
  arrivedAt: string | undefined,
): string | undefined {
  return history
    .filter(
      ({ deployedAt }) =>
        arrivedAt === undefined ||
        Date.parse(deployedAt) <= Date.parse(arrivedAt),
    )
    .at(-1)?.revision;
}

function revisionOf(
  { instance, namespace, name, sources }: ApplicationFact,
  revision: string | undefined,
): TrackedRevision | undefined {
  // The source whose revision it is: the one with manifests.
  const repoURL = (sources.find(({ path }) => path) ?? sources[0])?.repoURL;
  return revision !== undefined && COMMIT.test(revision) && repoURL
    ? { instance, repoURL, revision, application: { namespace, name } }
    : undefined;
}

function unique(revisions: readonly TrackedRevision[]): TrackedRevision[] {
  return [
    ...new Map(
      revisions.map(revision => [
        `${revision.instance} ${argoRevisionFactName(revision)}`,
        revision,
      ]),
    ).values(),
  ];
}
