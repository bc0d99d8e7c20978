import {
  capacityOf,
  Intent,
  IntentEnvironment,
  parseQuantity,
  targetsOf,
} from '@envmatrix/engine';
import {
  AWS_NODE_DEFAULTS,
  DATABASE_DEFAULTS,
  DEFAULT_KUBERNETES_VERSION,
  NODE_DEFAULTS,
  positionOf,
  QUOTA_DEFAULTS,
} from '../defaults';
import { listOf, runsIn } from './sentences';

/** The part of a node that pods get, as the rule about capacity (CAP-01) has it. */
const USABLE = 0.9;

export type RootValues = ReturnType<typeof rootValues>[number];

/** The platform roots of shared clusters first, then the environments in promotion order: the order of provisioning. */
export function rootValues(intent: Intent) {
  const environmentRoots = new Set(
    intent.environments.flatMap(environment =>
      targetsOf(environment).map(target => rootName(environment, target)),
    ),
  );
  const shared = intent.clusters.filter(cluster => {
    const maker = makerOf(intent, cluster.name);
    return maker !== undefined && !environmentRoots.has(maker);
  });
  return [
    ...shared.map(cluster => ({
      ...clusterValues(intent, cluster.name),
      name: makerOf(intent, cluster.name) ?? cluster.name,
      platform: true,
      create_cluster: true,
      create_database: false,
      platform_root: undefined,
      environment: undefined,
      namespace: undefined,
      protected: occupants(intent, cluster.name).some(
        environment => environment.kind === 'production',
      ),
      position: 'between' as const,
      waf: false,
      host: undefined,
      database: undefined,
      state: stateValues(
        intent,
        makerOf(intent, cluster.name) ?? cluster.name,
        cluster.name,
      ),
      holds: platformSentence(occupants(intent, cluster.name)),
    })),
    ...intent.environments.flatMap((environment, index) =>
      targetsOf(environment).map(target =>
        environmentRoot(intent, environment, index, {
          cluster: target.cluster,
          namespace: target.namespace,
          name: rootName(environment, target),
        }),
      ),
    ),
  ];
}

function environmentRoot(
  intent: Intent,
  environment: IntentEnvironment,
  index: number,
  place: {
    cluster: string;
    namespace: string;
    name: string;
  },
) {
  const maker = makerOf(intent, place.cluster);
  const platformRoot = maker === place.name ? undefined : maker;
  const position = positionOf(environment, index);
  const service = intent.metadata.name;
  return {
    ...clusterValues(intent, place.cluster),
    ...(intent.vpcCidr?.[place.name]
      ? { vpc_cidr: intent.vpcCidr[place.name] }
      : {}),
    name: place.name,
    platform: false,
    create_cluster: platformRoot === undefined,
    create_database: intent.service.database !== 'none',
    platform_root: platformRoot,
    environment: environment.name,
    namespace: place.namespace,
    protected: environment.kind === 'production',
    position,
    waf: environment.infrastructure?.waf ?? position !== 'first',
    host: environment.host,
    database: {
      ...DATABASE_DEFAULTS[position],
      ...environment.infrastructure?.database,
    },
    state: stateValues(intent, place.name, place.cluster),
    holds: platformRoot
      ? `What ${environment.name} of ${service} has of its own in cluster ${place.cluster}`
      : `Cluster and network of ${environment.name}`,
  };
}

/** The root that makes a cluster, where that is not simply the root of the one environment in it. */
function makerOf(intent: Intent, name: string): string | undefined {
  const cluster = intent.clusters.find(entry => entry.name === name);
  return (
    cluster?.terraformRoot ??
    (occupants(intent, name).length > 1 ? name : undefined)
  );
}

function rootName(
  environment: IntentEnvironment,
  target: { cluster: string; region?: string },
): string {
  return targetsOf(environment).length === 1
    ? environment.name
    : `${environment.name}-${target.region ?? target.cluster}`;
}

function platformSentence(inside: readonly IntentEnvironment[]): string {
  const names = listOf(inside.map(({ name }) => name));
  return inside.length > 1
    ? `The cluster that ${names} share`
    : `The cluster that ${names} runs in`;
}

function clusterValues(intent: Intent, name: string) {
  const index = intent.clusters.findIndex(cluster => cluster.name === name);
  const cluster = intent.clusters[index];
  const holds = occupants(intent, name).some(
    environment => environment.kind === 'production',
  )
    ? 'production'
    : 'non-production';
  const defaults =
    intent.cloud === 'aws' ? AWS_NODE_DEFAULTS[holds] : NODE_DEFAULTS[holds];
  const type = cluster?.nodes?.type ?? defaults.type;
  const nodes = {
    type,
    count: Math.max(defaults.count, nodesFor(intent, name, type)),
    ...cluster?.nodes,
  };
  return {
    cluster_name: name,
    kubernetes_version:
      cluster?.kubernetesVersion ?? DEFAULT_KUBERNETES_VERSION,
    node_type: nodes.type,
    node_count: nodes.count,
    node_max: nodes.max ?? nodes.count * 2,
    account_id: cluster?.aws?.accountId,
    region: cluster?.aws?.region,
    vpc_cidr: intent.vpcCidr?.[name] ?? `10.${10 * (index + 1)}.0.0/16`,
    single_nat_gateway: holds !== 'production',
  };
}

/** The least nodes of a type that carry what the quotas of a cluster promise; 0 for a type of which nothing is known. */
function nodesFor(intent: Intent, cluster: string, type: string): number {
  const each = capacityOf(type);
  if (!each) {
    return 0;
  }
  const counts = (['cpu', 'memory'] as const).map(resource => {
    const promised = intent.environments.reduce((sum, environment, index) => {
      if (!runsIn(environment, cluster)) {
        return sum;
      }
      const quota: Readonly<Record<string, unknown>> =
        environment.quota ?? QUOTA_DEFAULTS[positionOf(environment, index)];
      const amount = Number(parseQuantity(quota[`requests.${resource}`]) ?? 0);
      // Quantities are counted in billionths, and memory in bytes.
      return sum + amount / 1e9 / (resource === 'cpu' ? 1 : 2 ** 30);
    }, 0);
    return Math.ceil(promised / (each[resource] * USABLE));
  });
  return Math.max(...counts);
}

/** Where a root keeps its state: a bucket per account, a key per root. */
function stateValues(intent: Intent, root: string, clusterName: string) {
  const cluster = intent.clusters.find(({ name }) => name === clusterName);
  const kind =
    intent.stateBackend?.kind ?? (intent.cloud === 'aws' ? 's3' : 'local');
  const account = cluster?.aws?.accountId;
  // An account has one bucket, in the region of its first cluster, whatever regions its roots are in.
  const home = intent.clusters.find(
    ({ aws }) => aws !== undefined && aws.accountId === account,
  );
  return {
    kind,
    bucket:
      kind === 's3'
        ? intent.stateBackend?.buckets?.[clusterName] ??
          `${intent.metadata.name}-terraform-state-${account ?? clusterName}`
        : undefined,
    key: `${intent.metadata.name}/${root}/terraform.tfstate`,
    region: home?.aws?.region,
  };
}

function occupants(intent: Intent, cluster: string) {
  return intent.environments.filter(environment =>
    runsIn(environment, cluster),
  );
}
