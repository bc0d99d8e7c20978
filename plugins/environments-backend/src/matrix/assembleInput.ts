import {
  ApplicationFact,
  ClusterFact,
  CommitFact,
  ComparisonFact,
  DesiredFact,
  EnvironmentInput,
  Intent,
  KubernetesObject,
  MatrixInput,
  Seen,
  SourceState,
  TargetInput,
  runningVersion,
  targetsOf,
} from '@envmatrix/engine';
import {
  FactKinds,
  TrackedEntity,
} from '@envmatrix/backstage-plugin-environments-node';
import { FactStore, StoredFact } from '../store/FactStore';
import { Transition } from '../store/TransitionStore';
import { StoredPromotion } from '../store/PromotionStore';
import { isActive } from '../promotions/promotionState';
import { applicationOf, ownsApplication, workloadSelector } from './selectors';

/** What one environment's facts are, before the rules are asked. */
export type Assembled = Omit<
  MatrixInput,
  'findings' | 'differences' | 'updates'
> & { readonly intent: Intent };

/**
 * Reads from the store everything that the matrix of one entity depends on.
 */
export async function assembleInput(options: {
  entity: TrackedEntity;
  intent: Intent;
  store: FactStore;
  transitions: ReadonlyMap<string, Transition>;
  promotions: readonly StoredPromotion[];
  now: string;
}): Promise<Assembled> {
  const { entity, intent, store, transitions, promotions, now } = options;
  const { entityRef } = entity;
  const clusters = [
    ...new Set(
      intent.environments.flatMap(environment =>
        targetsOf(environment).map(target => target.cluster),
      ),
    ),
  ];
  const instances = [
    ...new Set(
      intent.clusters.flatMap(cluster => cluster.argocd?.instance ?? []),
    ),
  ];
  const [live, clusterFacts, applications, desired, commits, comparisons] =
    await Promise.all([
      Promise.all(clusters.map(cluster => liveObjects(store, cluster, intent))),
      store.find({ kind: FactKinds.cluster }),
      Promise.all(
        instances.map(instance =>
          store.find({
            kind: FactKinds.application,
            source: `argocd/${instance}`,
          }),
        ),
      ),
      store.find({ kind: FactKinds.desired, scopes: [entityRef] }),
      store.find({ kind: FactKinds.commit, scopes: [entityRef] }),
      store.find({ kind: FactKinds.comparison, scopes: [entityRef] }),
    ]);
  const liveByCluster = new Map(
    clusters.map((cluster, index) => [cluster, live[index]]),
  );
  const ours = applications
    .flat()
    .map(fact => ({
      ...seen<ApplicationFact>(fact).value,
      observedAt: fact.observedAt,
    }))
    .filter(application => ownsApplication(entity.entity, application));
  const scmStates = store.states().filter(state => state.kind === 'scm');
  const used = new Map<string, SourceState>();
  const use = (kind: string, name: string): SourceState => {
    const state = store.state(`${kind}/${name}`) ?? notConfigured(kind, name);
    used.set(`${kind}/${name}`, state);
    return state;
  };
  const environments = intent.environments.map(
    (definition): EnvironmentInput => {
      const targets = targetsOf(definition).map((target): TargetInput => {
        const clusterFact = clusterFacts.find(
          fact => fact.source === `kubernetes/${target.cluster}`,
        );
        return {
          ...target,
          source: use('kubernetes', target.cluster),
          objects: (liveByCluster.get(target.cluster) ?? [])
            .filter(
              fact =>
                fact.scope === target.namespace ||
                fact.name === `Namespace/${target.namespace}`,
            )
            .map(fact => seen<KubernetesObject>(fact)),
          ...(clusterFact
            ? { clusterFact: seen<ClusterFact>(clusterFact) }
            : {}),
        };
      });
      const declaration = intent.clusters.find(
        cluster => cluster.name === targets[0]?.cluster,
      )?.argocd;
      const application = applicationOf(
        definition,
        intent.metadata.name,
        cluster =>
          intent.clusters.find(entry => entry.name === cluster)?.argocd
            ?.destination ?? cluster,
        ours,
      );
      const fact = desired.find(entry => entry.name === definition.name);
      const instance = application?.instance ?? declaration?.instance;
      const scm = fact ? store.state(fact.source) : scmStates[0];
      if (scm) {
        used.set(`${scm.kind}/${scm.name}`, scm);
      }
      const promotion = promotions.find(
        entry => entry.plan.to === definition.name && isActive(entry.state),
      );
      const arrived = transitions.get(`${definition.name} version`);
      return {
        definition,
        targets,
        ...(application
          ? {
              application: {
                value: application,
                observedAt: application.observedAt,
              },
            }
          : {}),
        ...(instance === undefined ? {} : { argocd: use('argocd', instance) }),
        ...(fact ? { desired: seen<DesiredFact>(fact) } : {}),
        ...(scm ? { scm } : {}),
        ...(arrived
          ? {
              arrived: {
                at: arrived.at,
                ...(arrived.by ? { by: arrived.by } : {}),
              },
            }
          : {}),
        ...(promotion
          ? { activePromotion: { id: promotion.id, state: promotion.state } }
          : {}),
      };
    },
  );
  const names = {
    service: intent.metadata.name,
    selector: workloadSelector(entity.entity),
  };
  return {
    entityRef,
    intent,
    ...names,
    now,
    environments: withReleases(
      environments,
      names,
      commits.map(fact => seen<CommitFact>(fact).value),
      comparisons.map(fact => seen<ComparisonFact>(fact).value),
    ),
    sources: [...used.values()],
  };
}

async function liveObjects(
  store: FactStore,
  cluster: string,
  intent: Intent,
): Promise<StoredFact[]> {
  const namespaces = intent.environments.flatMap(environment =>
    targetsOf(environment)
      .filter(target => target.cluster === cluster)
      .map(target => target.namespace),
  );
  const source = `kubernetes/${cluster}`;
  const [inNamespaces, namespaceObjects] = await Promise.all([
    store.find({ kind: FactKinds.object, source, scopes: namespaces }),
    store.find({
      kind: FactKinds.object,
      source,
      scopes: [''],
      names: namespaces.map(namespace => `Namespace/${namespace}`),
    }),
  ]);
  return [...inNamespaces, ...namespaceObjects];
}

/** Versions are known only once the workloads are read, and commits and comparisons go by versions. */
function withReleases(
  environments: readonly EnvironmentInput[],
  names: { service: string; selector: string },
  commits: readonly CommitFact[],
  comparisons: readonly ComparisonFact[],
): EnvironmentInput[] {
  const versions = new Map(
    environments.map(environment => [
      environment.definition.name,
      runningVersion(environment, names),
    ]),
  );
  return environments.map(environment => {
    const version = versions.get(environment.definition.name);
    const { from } = environment.definition.delivery;
    const earlier = from === undefined ? undefined : versions.get(from);
    const commit = commits.find(entry => entry.version === version);
    return {
      ...environment,
      ...(commit ? { commit } : {}),
      ...comparisonOf(earlier, version, comparisons),
    };
  });
}

function comparisonOf(
  from: string | undefined,
  to: string | undefined,
  comparisons: readonly ComparisonFact[],
): { comparison?: ComparisonFact } {
  if (from === undefined || to === undefined) {
    return {};
  }
  if (from === to) {
    return {
      comparison: { from, to, status: 'identical', behindBy: 0, aheadBy: 0 },
    };
  }
  const known = comparisons.find(
    entry => entry.from === from && entry.to === to,
  );
  return known ? { comparison: known } : {};
}

function seen<T>(fact: StoredFact): Seen<T> {
  // Facts are written by sources through typed reducers; the store keeps them as they were given.
  return {
    value: JSON.parse(JSON.stringify(fact.value)),
    observedAt: fact.observedAt,
  };
}

function notConfigured(kind: string, name: string): SourceState {
  const what =
    kind === 'kubernetes'
      ? `cluster '${name}' in the Kubernetes configuration`
      : `Argo CD instance '${name}' in 'argocd.appLocatorMethods'`;
  return {
    kind,
    name,
    status: 'not-configured',
    reason: `There is no ${what} of the portal`,
  };
}
