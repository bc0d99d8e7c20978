import { IntentInput } from '@envmatrix/engine';
import { DEFAULT_KUBERNETES_VERSION } from '../defaults';
import { RenderError } from '../types';
import { Answers, EnvironmentAnswers, secretKeysOf } from './answersSchema';

type Cluster = IntentInput['clusters'][number];

type ClusterAnswers = Extract<Answers['clusters'], readonly unknown[]>[number];

/** The region of a cluster that was described one by one. */
export function regionOf(
  { clusters }: Answers,
  name: string,
): string | undefined {
  const cluster = Array.isArray(clusters)
    ? clusters.find(candidate => candidate.name === name)
    : undefined;
  return cluster?.region ?? cluster?.aws?.region;
}

/**
 * The clusters that an isolation model stands for, or those that were described one by one.
 *
 * @throws {@link RenderError} when `custom` comes without clusters.
 */
export function clustersOf(
  answers: Answers,
  environments: readonly EnvironmentAnswers[],
): Cluster[] {
  return placesOf(answers, environments).map(place =>
    clusterOf(answers, place),
  );
}

function placesOf(
  answers: Answers,
  environments: readonly EnvironmentAnswers[],
): (ClusterAnswers & { environments: string[] })[] {
  const { clusters } = answers;
  if (Array.isArray(clusters) && clusters.length > 0) {
    return clusters.map(cluster => ({
      ...cluster,
      environments: [
        ...new Set([
          ...(cluster.environments ?? []),
          ...environments
            .filter(({ targets }) =>
              targets?.some(target => target.cluster === cluster.name),
            )
            .map(({ name }) => name),
        ]),
      ],
    }));
  }
  const names = Array.isArray(clusters) ? undefined : clusters;
  const ofKind = (kind: EnvironmentAnswers['kind']) =>
    environments.filter(entry => entry.kind === kind).map(({ name }) => name);
  const isolation = answers.isolation ?? 'shared-nonprod';
  switch (isolation) {
    case 'shared-nonprod':
      return [
        {
          name: names?.nonProduction ?? 'nonprod',
          environments: ofKind('non-production'),
        },
        {
          name: names?.production ?? 'prod',
          environments: ofKind('production'),
        },
      ];
    case 'separate':
      return environments.map(({ name }) => ({ name, environments: [name] }));
    case 'namespaces':
      return [
        {
          name: names?.shared ?? 'shared',
          environments: environments.map(({ name }) => name),
        },
      ];
    case 'custom':
      throw new RenderError(
        'clusters',
        "isolation 'custom' needs the list of clusters, each with the environments that run in it",
      );
    default:
      return isolation satisfies never;
  }
}

function clusterOf(
  answers: Answers,
  place: ClusterAnswers & { environments: string[] },
): Cluster {
  const { name } = place;
  const version =
    place.kubernetesVersion ??
    (typeof answers.kubernetesVersion === 'string'
      ? answers.kubernetesVersion
      : answers.kubernetesVersion?.[name]) ??
    DEFAULT_KUBERNETES_VERSION;
  const nodes = place.nodes ?? answers.nodes?.[name];
  const account = answers.aws?.accounts[name];
  const region = place.region ?? answers.aws?.region;
  const aws =
    place.aws ??
    (region && account ? { accountId: account, region } : undefined);
  const authMount =
    place.authMount ??
    (secretKeysOf(answers).length === 0 ? undefined : `kubernetes-${name}`);
  return {
    name,
    environments: place.environments,
    kubernetesVersion: version,
    argocd: {
      instance: answers.argocd?.instance ?? 'main',
      destination: place.destination ?? name,
    },
    ...(aws === undefined ? {} : { aws }),
    ...(nodes === undefined ? {} : { nodes }),
    ...(authMount === undefined ? {} : { vault: { authMount } }),
  };
}
