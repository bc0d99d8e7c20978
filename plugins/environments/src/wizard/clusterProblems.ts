import { EnvironmentAnswer } from './answers';
import { ClusterAnswer, clustersOfEnvironment } from './clusters';
import { defaultNetwork, DEFAULT_KUBERNETES_VERSION } from './clusterDefaults';
import { IsolationModel } from './isolation';
import { networkOf, overlap } from './network';

/** A cell of the table of clusters. */
export type ClusterSetting =
  | 'name'
  | 'region'
  | 'accountId'
  | 'kubernetesVersion'
  | 'nodes.count'
  | 'nodes.max'
  | 'vpcCidr';

/** Something to put right, and the cell that it is in. */
export interface ClusterProblem {
  readonly cluster: number;
  readonly setting: ClusterSetting;
  readonly message: string;
  /** Nothing was said yet where something has to be. */
  readonly isMissing: boolean;
}

const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const ACCOUNT = /^[0-9]{12}$/;
const VERSION = /^1\.([0-9]{1,2})$/;

/** What the problems of clusters depend on. */
export interface ClusterContext {
  readonly model: IsolationModel;
  readonly isAws: boolean;
  readonly environments: readonly EnvironmentAnswer[];
}

/** What is wrong with the clusters, cell by cell, by the rules that the repositories are checked by. */
export function clusterProblems(
  clusters: readonly ClusterAnswer[],
  context: ClusterContext,
): ClusterProblem[] {
  const production = new Set(
    context.environments
      .filter(({ kind }) => kind === 'production')
      .map(({ name }) => name),
  );
  const holdsProduction = (cluster: ClusterAnswer) =>
    cluster.environments.some(name => production.has(name));
  return clusters.flatMap((cluster, index) => {
    const problems: ClusterProblem[] = [];
    const add = (
      setting: ClusterSetting,
      message: string | undefined,
      value: unknown = 'said',
    ) =>
      message &&
      problems.push({ cluster: index, setting, message, isMissing: !value });
    add('name', nameProblem(clusters, index, context, holdsProduction));
    add('kubernetesVersion', versionProblem(clusters, index, holdsProduction));
    add(
      'accountId',
      accountProblem(clusters, index, context, holdsProduction),
      cluster.aws?.accountId ?? '',
    );
    add(
      'region',
      regionProblem(clusters, index, context),
      cluster.region ?? '',
    );
    add('vpcCidr', networkProblem(clusters, index));
    const { nodes } = cluster;
    if (nodes && !(nodes.count >= 1)) {
      add('nodes.count', 'At least one');
    }
    if (nodes?.max !== undefined && nodes.max < nodes.count) {
      add('nodes.max', `At least the ${nodes.count} that are there`);
    }
    return problems;
  });
}

type Holds = (cluster: ClusterAnswer) => boolean;

function nameProblem(
  clusters: readonly ClusterAnswer[],
  index: number,
  { model, environments }: ClusterContext,
  holdsProduction: Holds,
): string | undefined {
  const { name, environments: inside } = clusters[index];
  if (!NAME.test(name)) {
    return 'Lower-case letters, digits and hyphens; a letter or digit at both ends';
  }
  if (clusters.findIndex(other => other.name === name) < index) {
    return 'Another cluster has this name';
  }
  if (inside.length > 1 && environments.some(other => other.name === name)) {
    return 'An environment has this name, and the cluster has several in it; both get a Terraform root';
  }
  const isMixed =
    holdsProduction(clusters[index]) &&
    inside.some(one =>
      environments.some(
        ({ name: other, kind }) => other === one && kind !== 'production',
      ),
    );
  return isMixed && model !== 'namespaces'
    ? 'Production needs a cluster of its own here; to share one, choose Namespaces'
    : undefined;
}

function minorOf({ kubernetesVersion }: ClusterAnswer): number | undefined {
  const minor = VERSION.exec(
    kubernetesVersion ?? DEFAULT_KUBERNETES_VERSION,
  )?.[1];
  return minor === undefined ? undefined : Number(minor);
}

function versionProblem(
  clusters: readonly ClusterAnswer[],
  index: number,
  holdsProduction: Holds,
): string | undefined {
  const own = minorOf(clusters[index]);
  if (own === undefined) {
    return `A minor version such as ${DEFAULT_KUBERNETES_VERSION}`;
  }
  for (const other of clusters) {
    const minor = minorOf(other) ?? own;
    if (Math.abs(minor - own) > 1) {
      return `More than one minor version away from 1.${minor} of ${other.name}`;
    }
    if (
      minor > own &&
      holdsProduction(other) &&
      !holdsProduction(clusters[index])
    ) {
      return `Older than 1.${minor} of ${other.name}: a new version reaches production last`;
    }
  }
  return undefined;
}

function accountProblem(
  clusters: readonly ClusterAnswer[],
  index: number,
  { isAws, model }: ClusterContext,
  holdsProduction: Holds,
): string | undefined {
  const account = clusters[index].aws?.accountId ?? '';
  if (!isAws) {
    return undefined;
  }
  if (!ACCOUNT.test(account)) {
    return '12 digits';
  }
  const other = clusters.find(
    cluster =>
      cluster.aws?.accountId === account &&
      holdsProduction(cluster) !== holdsProduction(clusters[index]),
  );
  return other && model !== 'namespaces'
    ? `${other.name} is in this account; production needs one of its own`
    : undefined;
}

function regionProblem(
  clusters: readonly ClusterAnswer[],
  index: number,
  { environments }: ClusterContext,
): string | undefined {
  const { region = '', environments: inside } = clusters[index];
  const siblings = environments
    .filter(({ name }) => inside.includes(name))
    .map(({ name }) => clustersOfEnvironment(clusters, name))
    .find(found => found.length > 1);
  if (!siblings) {
    return undefined;
  }
  if (!NAME.test(region)) {
    return 'A region such as eu-central-1';
  }
  return siblings.some(
    other => other !== clusters[index] && other.region === region,
  )
    ? 'Each cluster of production needs a region of its own'
    : undefined;
}

function networkProblem(
  clusters: readonly ClusterAnswer[],
  index: number,
): string | undefined {
  const networks = clusters.map(({ vpcCidr }, at) =>
    networkOf(vpcCidr ?? defaultNetwork(at)),
  );
  const own = networks[index];
  if (!own) {
    return 'An IPv4 network such as 10.10.0.0/16';
  }
  if (own.size < 16 || own.size > 20) {
    return 'Between /16 and /20: nine subnets are cut out of it';
  }
  const other = networks.findIndex(
    (network, at) => at < index && network && overlap(network, own),
  );
  return other < 0
    ? undefined
    : `Overlaps the network of ${clusters[other].name}; the two could never be connected`;
}
