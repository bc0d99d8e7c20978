import {
  ApplicationFact,
  ArgoCdFilesFact,
  ArgoClusterFact,
  ArgoPartFact,
  ArgoProjectFact,
  ClusterFact,
  DesiredFact,
  EnvironmentInput,
  Intent,
  IntentEnvironment,
  KubernetesObject,
  MatrixInput,
  TargetInput,
  targetsOf,
} from '@envmatrix/engine';
import { INTENT_ANNOTATION } from '@envmatrix/backstage-plugin-environments-common';
import {
  FactKinds,
  TrackedEntity,
  TrackedRelease,
  TrackedRevision,
  workloadSelector,
} from '@envmatrix/backstage-plugin-environments-node';
import { ConfiguredSources } from '../collector/ConfiguredSources';
import { FactReader, StoredFact } from '../store/FactStore';
import { StateReader } from '../store/SourceStates';
import { StoredPromotion } from '../store/PromotionStore';
import { LatestTransitions } from '../store/TransitionStore';
import { withRevisions } from './deployedRevisions';
import { ownedApplications } from './ownedApplications';
import { withReleases } from './releases';
import { applicationOf, applicationOfTarget } from './selectors';
import { UsedSources } from './UsedSources';

/** What one entity's facts are, before the rules are asked. */
export type Assembled = Omit<
  MatrixInput,
  'findings' | 'differences' | 'updates'
> & {
  readonly intent: Intent;
  /** What git tells Argo CD, once it was read. */
  readonly argocdFiles?: ArgoCdFilesFact;
  readonly releases: readonly TrackedRelease[];
  /** What Argo CD is to explain. */
  readonly revisions: readonly TrackedRevision[];
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
  const declared = intent.environments.map(definition =>
    environmentInput(definition, facts, used, options),
  );
  const released = await withReleases(declared, {
    entityRef: entity.entityRef,
    intent,
    names,
    facts: options.facts,
    transitions: options.transitions,
    onRegistry: image => used.registry(image),
  });
  const isRead =
    entity.entity.metadata.annotations?.[INTENT_ANNOTATION] !== undefined;
  const { environments, revisions } = await withRevisions(
    released.environments,
    {
      facts: options.facts,
      transitions: options.transitions,
      isInGit: ({ desired, scm }) =>
        desired !== undefined || (isRead && scm !== undefined),
    },
  );
  return {
    entityRef: entity.entityRef,
    intent,
    ...names,
    now,
    environments,
    releases: released.releases,
    revisions,
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
  /** What instances do not tell at present. */
  readonly argocdUntold: readonly StoredFact<ArgoPartFact>[];
  readonly desired: readonly StoredFact<DesiredFact>[];
  readonly argocdFiles: ArgoCdFilesFact | undefined;
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
  const [live, clusterFacts, applications, desired, [argocdFiles]] =
    await Promise.all([
      Promise.all(
        clusters.map(
          async cluster =>
            [cluster, await liveObjects(facts, cluster, intent)] as const,
        ),
      ),
      facts.find<ClusterFact>({ kind: FactKinds.cluster }),
      Promise.all(
        instances.map(instance =>
          ownedApplications(facts, entity.entity, {
            source: `argocd/${instance}`,
          }),
        ),
      ),
      facts.find<DesiredFact>({ kind: FactKinds.desired, scopes }),
      facts.find<ArgoCdFilesFact>({ kind: FactKinds.argocdFiles, scopes }),
    ]);
  const owned = applications.flat();
  const [argocdClusters, argocdProjects, argocdUntold] = await Promise.all([
    facts.find<ArgoClusterFact>({
      kind: FactKinds.argoCluster,
      names: unique(owned.flatMap(({ value }) => value.destination.name ?? [])),
    }),
    facts.find<ArgoProjectFact>({
      kind: FactKinds.argoProject,
      names: unique(owned.map(({ value }) => value.project)),
    }),
    facts.find<ArgoPartFact>({ kind: FactKinds.argoPart }),
  ]);
  return {
    live: new Map(live),
    clusters: clusterFacts,
    applications: owned,
    argocdClusters,
    argocdProjects,
    argocdUntold,
    desired,
    argocdFiles: argocdFiles?.value,
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
  const argocdOf = (cluster: string | undefined) =>
    intent.clusters.find(entry => entry.name === cluster)?.argocd;
  const destinationOf = (cluster: string) =>
    argocdOf(cluster)?.destination ?? cluster;
  const places = targetsOf(definition);
  const targets = places.map((target): TargetInput => {
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
      ...(places.length > 1
        ? deployedTo(definition, target, destinationOf, facts)
        : {}),
    };
  });
  const application = applicationOf(
    definition,
    intent.metadata.name,
    destinationOf,
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
  const argocdUntold = facts.argocdUntold
    .filter(fact => fact.source === `argocd/${instance}`)
    .map(({ value }) => value);
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
    ...(argocdUntold.length > 0 ? { argocdUntold } : {}),
    ...(desired ? { desired } : {}),
    ...(scm ? { scm } : {}),
    ...(active
      ? {
          activePromotion: {
            id: active.id,
            state: active.state,
            steps: active.steps.length,
          },
        }
      : {}),
  };
}

/** What Argo CD says of one of several targets. */
function deployedTo(
  definition: IntentEnvironment,
  target: { readonly cluster: string; readonly namespace: string },
  destinationOf: (cluster: string) => string,
  { applications, argocdClusters }: Facts,
): Pick<TargetInput, 'application' | 'argocdCluster'> {
  const application = applicationOfTarget(
    definition,
    target,
    destinationOf,
    applications,
  );
  const argocdCluster = argocdClusters.find(
    fact =>
      fact.source === application?.source &&
      fact.name === application?.value.destination.name,
  );
  return {
    ...(application ? { application } : {}),
    ...(argocdCluster ? { argocdCluster } : {}),
  };
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
