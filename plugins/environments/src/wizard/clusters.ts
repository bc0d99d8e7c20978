import { EnvironmentAnswer, isRecord } from './answers';
import { ClusterPlace, IsolationModel, placesOf } from './isolation';

/** One cluster, as the wizard asks for it. What is not said takes what fits its place. */
export interface ClusterAnswer extends ClusterPlace {
  readonly kubernetesVersion?: string;
  readonly region?: string;
  readonly aws?: { readonly accountId: string; readonly region: string };
  readonly nodes?: {
    readonly type: string;
    readonly count: number;
    readonly max?: number;
  };
  readonly vpcCidr?: string;
  readonly destination?: string;
  readonly authMount?: string;
  readonly stateBucket?: string;
}

/** What was answered of clusters; entries that are none are left out. */
export function givenClusters(value: unknown): ClusterAnswer[] {
  return (Array.isArray(value) ? value : []).filter(isCluster);
}

function isCluster(entry: unknown): entry is ClusterAnswer {
  return (
    isRecord(entry) &&
    typeof entry.name === 'string' &&
    Array.isArray(entry.environments)
  );
}

/**
 * The clusters of a model, with what was said of each before: environments come and go on the same page, and what belongs to a
 * cluster stays with it. Clusters that production has beyond its first follow at the end.
 */
export function clustersFor(
  model: IsolationModel,
  environments: readonly EnvironmentAnswer[],
  given: readonly ClusterAnswer[],
): ClusterAnswer[] {
  if (model === 'custom' && given.length > 0) {
    return customPlaces(environments, given).map(place => ({
      ...given.find(({ name }) => name === place.name),
      ...place,
    }));
  }
  const places = placesOf(model, environments);
  const left = [...given];
  const take = (index: number) =>
    index < 0 ? undefined : left.splice(index, 1)[0];
  const matched = places.map(place =>
    take(
      left.findIndex(({ environments: inside }) =>
        inside.some(name => place.environments.includes(name)),
      ),
    ),
  );
  const production = environments
    .filter(({ kind }) => kind === 'production')
    .map(({ name }) => name);
  const names = environments.map(({ name }) => name);
  return [
    ...places.map((place, index) => {
      // An environment that was renamed takes its cluster along.
      const before =
        matched[index] ??
        take(
          left.findIndex(
            ({ environments: inside }) =>
              inside.length > 0 && inside.every(name => !names.includes(name)),
          ),
        );
      const isNamed =
        before !== undefined &&
        !(
          before.environments.length === 1 &&
          before.environments[0] === before.name
        );
      return {
        ...before,
        name: isNamed ? before.name : place.name,
        environments: place.environments,
      };
    }),
    ...left
      .filter(({ environments: inside }) => isOnly(inside, production))
      .map(cluster => ({ ...cluster, environments: production })),
  ];
}

/** In `custom` every environment stays where it was put; a new one goes where its kind is. */
function customPlaces(
  environments: readonly EnvironmentAnswer[],
  given: readonly ClusterAnswer[],
): ClusterPlace[] {
  const known = given.map(cluster => ({
    name: cluster.name,
    environments: cluster.environments.filter(name =>
      environments.some(environment => environment.name === name),
    ),
  }));
  const placed = new Set(known.flatMap(cluster => cluster.environments));
  const places = known.map(cluster => ({
    ...cluster,
    environments: [...cluster.environments],
  }));
  environments.forEach(({ name, kind }, index) => {
    if (placed.has(name)) {
      return;
    }
    // Renamed: the place that it left is empty now.
    const empty = places.find(place => place.environments.length === 0);
    const neighbour = environments
      .slice(0, index)
      .filter(other => other.kind === kind)
      .at(-1);
    const beside = places.find(place =>
      place.environments.includes(neighbour?.name ?? ''),
    );
    const target = empty ?? beside;
    if (target) {
      target.environments.push(name);
    } else {
      places.push({
        name: kind === 'production' ? 'prod' : 'nonprod',
        environments: [name],
      });
    }
  });
  const order = environments.map(({ name }) => name);
  return places
    .filter(place => place.environments.length > 0)
    .map(place => ({
      ...place,
      environments: order.filter(name => place.environments.includes(name)),
    }))
    .sort(
      (one, other) =>
        order.indexOf(one.environments[0]) -
        order.indexOf(other.environments[0]),
    );
}

function isOnly(inside: readonly string[], names: readonly string[]): boolean {
  return inside.length > 0 && inside.every(name => names.includes(name));
}

/** Whether nothing was said beyond what the model says. */
export function isPlain(
  model: IsolationModel,
  environments: readonly EnvironmentAnswer[],
  clusters: readonly ClusterAnswer[],
): boolean {
  const places = placesOf(model, environments);
  return (
    model !== 'custom' &&
    clusters.length === places.length &&
    clusters.every(
      (cluster, index) =>
        cluster.name === places[index].name &&
        Object.entries(cluster).every(
          ([key, value]) =>
            key === 'name' || key === 'environments' || value === undefined,
        ),
    )
  );
}

/** Puts an environment into the cluster of that name; a cluster that nothing runs in any more goes. */
export function moveToCluster(
  clusters: readonly ClusterAnswer[],
  environment: string,
  name: string,
): ClusterAnswer[] {
  const from = clusters.find(({ environments }) =>
    environments.includes(environment),
  );
  const target = clusters.find(
    cluster => cluster.name === name && cluster !== from,
  );
  if (from && !target && from.environments.length === 1) {
    return clusters.map(cluster =>
      cluster === from ? { ...from, name } : cluster,
    );
  }
  const without = clusters.map(cluster =>
    cluster === from
      ? {
          ...cluster,
          environments: cluster.environments.filter(
            other => other !== environment,
          ),
        }
      : cluster,
  );
  const placed = target
    ? without.map(cluster =>
        cluster.name === name
          ? { ...cluster, environments: [...cluster.environments, environment] }
          : cluster,
      )
    : [...without, { name, environments: [environment] }];
  return placed.filter(({ environments }) => environments.length > 0);
}

/** One more cluster for production, in another region. */
export function withRegion(
  clusters: readonly ClusterAnswer[],
  environments: readonly EnvironmentAnswer[],
): ClusterAnswer[] {
  const production = environments
    .filter(({ kind }) => kind === 'production')
    .map(({ name }) => name);
  const names = clusters.map(({ name }) => name);
  const base = production[0] ?? 'prod';
  const number = [2, 3, 4, 5, 6, 7].find(n => !names.includes(`${base}-${n}`));
  const name = `${base}-${number ?? clusters.length + 1}`;
  return [...clusters, { name, environments: production, region: '' }];
}

/** The clusters that an environment runs in. */
export function clustersOfEnvironment(
  clusters: readonly ClusterAnswer[],
  environment: string,
): ClusterAnswer[] {
  return clusters.filter(({ environments }) =>
    environments.includes(environment),
  );
}
