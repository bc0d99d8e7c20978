import {
  ApplicationFact,
  ArgoCdFilesFact,
  ArgoClusterFact,
  ArgoProjectFact,
  ClusterFact,
  CommitFact,
  ComparisonFact,
  DesiredFact,
  EnvironmentInput,
  Intent,
  IntentEnvironment,
  KubernetesObject,
  MatrixInput,
  runningVersion,
  TargetInput,
  targetsOf,
} from '@envmatrix/engine';
import {
  FactKinds,
  TrackedEntity,
  workloadSelector,
} from '@envmatrix/backstage-plugin-environments-node';
import { ConfiguredSources } from '../collector/ConfiguredSources';
import { FactReader, StoredFact } from '../store/FactStore';
import { StateReader } from '../store/SourceStates';
import { StoredPromotion } from '../store/PromotionStore';
import { LatestTransitions } from '../store/TransitionStore';
import { ownedApplications } from './ownedApplications';
import { applicationOf } from './selectors';
import { UsedSources } from './UsedSources';

/** What one entity's facts are, before the rules are asked. */
export type Assembled = Omit<
  MatrixInput,
  'findings' | 'differences' | 'updates'
> & {
  readonly intent: Intent;
  /** What git tells Argo CD, once it was read. */
  readonly argocdFiles?: ArgoCdFilesFact;
};

interface Options {
  readonly entity: TrackedEntity;
  readonly intent: Intent;
  readonly facts: FactReader;
  readonly states: StateReader;
  readonly configured: ConfiguredSources;
  readonly transitions: LatestTransitions;
  /** The ones that are under way. */
  readonly promotions: readonly StoredPromotion[];
  readonly now: string;
}

/**
 * Reads from the store everything that the matrix of one entity depends on.
 */
export async function assembleInput(options: Options): Promise<Assembled> {
  const { entity, intent, now } = options;
  const names = {
    service: intent.metadata.name,
    selector: workloadSelector(entity.entity),
  };
  const facts = await readFacts(options);
  const used = new UsedSources(options.states, options.configured);
  const environments = intent.environments.map(definition =>
    environmentInput(definition, facts, used, options),
  );
  return {
    entityRef: entity.entityRef,
    intent,
    ...names,
    now,
    environments: withReleases(environments, names, facts, options.transitions),
    sources: used.all(),
    ...(facts.argocdFiles ? { argocdFiles: facts.argocdFiles } : {}),
  };
}

interface Facts {
  readonly live: ReadonlyMap<string, readonly StoredFact<KubernetesObject>[]>;
  readonly clusters: readonly StoredFact<ClusterFact>[];
  /** The entity's own. */
  readonly applications: readonly StoredFact<ApplicationFact>[];
  /** Of the clusters and projects of these applications. */
  readonly argocdClusters: readonly StoredFact<ArgoClusterFact>[];
  readonly argocdProjects: readonly StoredFact<ArgoProjectFact>[];
  readonly desired: readonly StoredFact<DesiredFact>[];
  readonly argocdFiles: ArgoCdFilesFact | undefined;
  readonly commits: readonly CommitFact[];
  readonly comparisons: readonly ComparisonFact[];
}

async function readFacts({ entity, intent, facts }: Options): Promise<Facts> {
  const { entityRef } = entity;
  const clusters = unique(
    intent.environments.flatMap(environment =>
      targetsOf(environment).map(target => target.cluster),
    ),
  );
  const instances = unique(
    intent.clusters.flatMap(cluster => cluster.argocd?.instance ?? []),
  );
  const scopes = [entityRef];
  const [
    live,
    clusterFacts,
    applications,
    desired,
    [argocdFiles],
    commits,
    comparisons,
  ] = await Promise.all([
    Promise.all(
      clusters.map(
        async cluster =>
          [cluster, await liveObjects(facts, cluster, intent)] as const,
      ),
    ),
    facts.find<ClusterFact>({ kind: FactKinds.cluster }),
    Promise.all(
      instances.map(instance =>
        facts.find<ApplicationFact>({
          kind: FactKinds.application,
          source: `argocd/${instance}`,
          ...ownedApplications(entity.entity),
        }),
      ),
    ),
    facts.find<DesiredFact>({ kind: FactKinds.desired, scopes }),
    facts.find<ArgoCdFilesFact>({ kind: FactKinds.argocdFiles, scopes }),
    facts.find<CommitFact>({ kind: FactKinds.commit, scopes }),
    facts.find<ComparisonFact>({ kind: FactKinds.comparison, scopes }),
  ]);
  const owned = applications.flat();
  const [argocdClusters, argocdProjects] = await Promise.all([
    facts.find<ArgoClusterFact>({
      kind: FactKinds.argoCluster,
      names: unique(owned.flatMap(({ value }) => value.destination.name ?? [])),
    }),
    facts.find<ArgoProjectFact>({
      kind: FactKinds.argoProject,
      names: unique(owned.map(({ value }) => value.project)),
    }),
  ]);
  return {
    live: new Map(live),
    clusters: clusterFacts,
    applications: owned,
    argocdClusters,
    argocdProjects,
    desired,
    argocdFiles: argocdFiles?.value,
    commits: commits.map(({ value }) => value),
    comparisons: comparisons.map(({ value }) => value),
  };
}

async function liveObjects(
  facts: FactReader,
  cluster: string,
  intent: Intent,
): Promise<StoredFact<KubernetesObject>[]> {
  const namespaces = intent.environments.flatMap(environment =>
    targetsOf(environment)
      .filter(target => target.cluster === cluster)
      .map(target => target.namespace),
  );
  const query = { kind: FactKinds.object, source: `kubernetes/${cluster}` };
  const found = await Promise.all([
    facts.find<KubernetesObject>({ ...query, scopes: namespaces }),
    facts.find<KubernetesObject>({
      ...query,
      scopes: [''],
      names: namespaces.map(namespaceFact),
    }),
  ]);
  return found.flat();
}

function namespaceFact(namespace: string): string {
  return `Namespace/${namespace}`;
}

function environmentInput(
  definition: IntentEnvironment,
  facts: Facts,
  used: UsedSources,
  { intent, promotions }: Options,
): EnvironmentInput {
  const targets = targetsOf(definition).map((target): TargetInput => {
    const clusterFact = facts.clusters.find(
      fact => fact.source === `kubernetes/${target.cluster}`,
    );
    return {
      ...target,
      source: used.of('kubernetes', target.cluster),
      objects: (facts.live.get(target.cluster) ?? []).filter(
        fact =>
          fact.scope === target.namespace ||
          fact.name === namespaceFact(target.namespace),
      ),
      ...(clusterFact ? { clusterFact } : {}),
    };
  });
  const argocdOf = (cluster: string | undefined) =>
    intent.clusters.find(entry => entry.name === cluster)?.argocd;
  const application = applicationOf(
    definition,
    intent.metadata.name,
    cluster => argocdOf(cluster)?.destination ?? cluster,
    facts.applications,
  );
  const ofApplication = <T>(
    list: readonly StoredFact<T>[],
    name: string | undefined,
  ) =>
    list.find(
      fact => fact.source === application?.source && fact.name === name,
    );
  const argocdCluster = ofApplication(
    facts.argocdClusters,
    application?.value.destination.name,
  );
  const argocdProject = ofApplication(
    facts.argocdProjects,
    application?.value.project,
  );
  const instance =
    application?.value.instance ?? argocdOf(targets[0]?.cluster)?.instance;
  const desired = facts.desired.find(fact => fact.name === definition.name);
  const scm = used.scm(desired?.source, intent.repositories.deployConfig);
  const active = promotions.find(({ plan }) => plan.to === definition.name);
  return {
    definition,
    targets,
    ...(application ? { application } : {}),
    ...(instance === undefined ? {} : { argocd: used.of('argocd', instance) }),
    ...(argocdCluster ? { argocdCluster } : {}),
    ...(argocdProject ? { argocdProject } : {}),
    ...(desired ? { desired } : {}),
    ...(scm ? { scm } : {}),
    ...(active
      ? { activePromotion: { id: active.id, state: active.state } }
      : {}),
  };
}

/** Versions are known only once the workloads are read; commits, comparisons and arrivals go by versions. */
function withReleases(
  environments: readonly EnvironmentInput[],
  names: { service: string; selector: string },
  { commits, comparisons }: Facts,
  transitions: LatestTransitions,
): EnvironmentInput[] {
  const versions = new Map(
    environments.map(environment => [
      environment.definition.name,
      runningVersion(environment, names),
    ]),
  );
  return environments.map(environment => {
    const { name, delivery } = environment.definition;
    const version = versions.get(name);
    const earlier =
      delivery.from === undefined ? undefined : versions.get(delivery.from);
    const commit = commits.find(entry => entry.version === version);
    const comparison = comparisonOf(earlier, version, comparisons);
    const arrival = transitions.get(`${name} version`);
    // Argo CD knows who synced, git knows who decided.
    const change = environment.desired?.value;
    const by =
      (change?.version === version ? change?.lastChange?.author : undefined) ??
      arrival?.by;
    return {
      ...environment,
      ...(commit ? { commit } : {}),
      ...(comparison ? { comparison } : {}),
      ...(arrival && arrival.to === version
        ? {
            arrived: {
              at: arrival.at,
              ...(by ? { by } : {}),
            },
          }
        : {}),
    };
  });
}

function comparisonOf(
  from: string | undefined,
  to: string | undefined,
  comparisons: readonly ComparisonFact[],
): ComparisonFact | undefined {
  if (from === undefined || to === undefined) {
    return undefined;
  }
  return from === to
    ? { from, to, status: 'identical', behindBy: 0, aheadBy: 0 }
    : comparisons.find(entry => entry.from === from && entry.to === to);
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
