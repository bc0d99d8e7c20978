import { Intent, IntentEnvironment, targetsOf } from '@envmatrix/engine';
import {
  AWS_NODE_DEFAULTS,
  DATABASE_DEFAULTS,
  DEFAULT_KUBERNETES_VERSION,
  NODE_DEFAULTS,
  positionOf,
} from '../defaults';
import { runsIn } from './sentences';

export type RootValues = ReturnType<typeof rootValues>[number];

/** The platform roots of shared clusters first, then the environments in promotion order: the order of provisioning. */
export function rootValues(intent: Intent) {
  const shared = intent.clusters.filter(
    cluster => occupants(intent, cluster.name).length > 1,
  );
  return [
    ...shared.map(cluster => ({
      ...clusterValues(intent, cluster.name),
      name: cluster.name,
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
      state: stateValues(intent, cluster.name, cluster.name),
      holds: `The cluster that ${occupants(intent, cluster.name)
        .map(environment => environment.name)
        .join(' and ')} share`,
    })),
    ...intent.environments.flatMap((environment, index) =>
      targetsOf(environment).map((target, _, targets) =>
        environmentRoot(intent, environment, index, {
          cluster: target.cluster,
          namespace: target.namespace,
          name:
            targets.length === 1
              ? environment.name
              : `${environment.name}-${target.region ?? target.cluster}`,
          isShared: shared.some(cluster => cluster.name === target.cluster),
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
    isShared: boolean;
  },
) {
  const position = positionOf(environment, index);
  const service = intent.metadata.name;
  return {
    ...clusterValues(intent, place.cluster),
    ...(intent.vpcCidr?.[place.name]
      ? { vpc_cidr: intent.vpcCidr[place.name] }
      : {}),
    name: place.name,
    platform: false,
    create_cluster: !place.isShared,
    create_database: intent.service.database !== 'none',
    platform_root: place.isShared ? place.cluster : undefined,
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
    holds: place.isShared
      ? `What ${environment.name} of ${service} has of its own in cluster ${place.cluster}`
      : `Cluster and network of ${environment.name}`,
  };
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
  const nodes = { ...defaults, ...cluster?.nodes };
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
