import { Intent, IntentEnvironment } from '@envmatrix/engine';
import {
  DEFAULT_KUBERNETES_VERSION,
  NODE_DEFAULTS,
  positionOf,
  PURPOSE_DEFAULTS,
  QUOTA_DEFAULTS,
  WORKLOAD_DEFAULTS,
} from './defaults';

/** What the skeleton's files may use; documented in the skeleton's README. */
export type TemplateValues = ReturnType<typeof templateValues>;

export function templateValues(intent: Intent) {
  const environments = intent.environments.map((environment, index) =>
    environmentValues(intent, environment, index),
  );
  const { metadata, service } = intent;
  return {
    service: metadata.name,
    title: metadata.title ?? metadata.name,
    description:
      metadata.description ??
      `Runs in ${environments.map(environment => environment.name).join(', ')}`,
    owner: metadata.owner,
    owner_name: lastPart(metadata.owner),
    system: metadata.system,
    system_name:
      metadata.system === undefined ? undefined : lastPart(metadata.system),
    image: service.image,
    version: service.initialVersion,
    port: service.port,
    probes: service.probes,
    repositories: {
      infrastructure: intent.repositories.infrastructure,
      deployConfig: intent.repositories.deployConfig,
      source: intent.repositories.source,
    },
    argocd_instance: intent.clusters.find(cluster => cluster.argocd)?.argocd
      ?.instance,
    environments,
    production: environments[environments.length - 1],
    promoted: environments.filter(
      environment => environment.from !== undefined,
    ),
    guarded: environments
      .filter(environment => environment.guarded)
      .map(environment => environment.name)
      .join(' and '),
    clusters: intent.clusters.map(cluster => ({
      name: cluster.name,
      environments: intent.environments
        .filter(environment => environment.cluster === cluster.name)
        .map(environment => environment.name),
      shared:
        intent.environments.filter(
          environment => environment.cluster === cluster.name,
        ).length > 1,
    })),
    roots: rootValues(intent),
    isolation_sentence: isolationSentence(intent),
  };
}

function environmentValues(
  intent: Intent,
  environment: IntentEnvironment,
  index: number,
) {
  const position = positionOf(environment, index);
  const defaults = WORKLOAD_DEFAULTS[position];
  const { workload, delivery } = environment;
  const cluster = intent.clusters.find(
    candidate => candidate.name === environment.cluster,
  );
  const automatic = delivery.sync === 'automatic';
  const way =
    delivery.way ??
    (environment.kind === 'production' ? 'pull-request' : 'commit');
  return {
    name: environment.name,
    kind: environment.kind,
    cluster: environment.cluster,
    namespace: environment.namespace,
    destination: cluster?.argocd?.destination ?? environment.cluster,
    purpose: environment.purpose ?? PURPOSE_DEFAULTS[position].purpose,
    dataClass: environment.dataClass ?? PURPOSE_DEFAULTS[position].dataClass,
    automatic,
    guarded: position !== 'first',
    from: delivery.from,
    way: delivery.from === undefined ? undefined : way,
    arrival: arrival(delivery.from, way, automatic),
    arrival_sentence: arrivalSentence(intent, delivery.from, way),
    gates_sentence:
      delivery.from === undefined
        ? undefined
        : `it runs healthy in ${delivery.from}`,
    workload: {
      replicas:
        typeof workload?.replicas === 'number'
          ? workload.replicas
          : defaults.replicas,
      requests: { ...defaults.requests, ...workload?.requests },
      limits: { ...defaults.limits, ...workload?.limits },
      env: Object.entries({
        LOG_LEVEL: defaults.logLevel,
        ...workload?.env,
      }).map(([name, value]) => ({ name, value })),
    },
    quota: Object.entries(environment.quota ?? QUOTA_DEFAULTS[position]).map(
      ([name, value]) => ({ name, value: String(value) }),
    ),
  };
}

/** The platform roots of shared clusters first, then the environments in promotion order: the order of provisioning. */
function rootValues(intent: Intent) {
  const occupants = (cluster: string) =>
    intent.environments.filter(environment => environment.cluster === cluster);
  const shared = intent.clusters.filter(
    cluster => occupants(cluster.name).length > 1,
  );
  const service = intent.metadata.name;
  const base = (clusterName: string | undefined) => {
    const index = intent.clusters.findIndex(
      cluster => cluster.name === clusterName,
    );
    const nodes =
      NODE_DEFAULTS[
        occupants(`${clusterName}`).some(
          environment => environment.kind === 'production',
        )
          ? 'production'
          : 'non-production'
      ];
    return {
      cluster_name: clusterName,
      kubernetes_version:
        intent.clusters[index]?.kubernetesVersion ?? DEFAULT_KUBERNETES_VERSION,
      node_type: nodes.type,
      node_count: nodes.count,
      vpc_cidr: `10.${10 * (index + 1)}.0.0/16`,
    };
  };
  return [
    ...shared.map(cluster => ({
      ...base(cluster.name),
      name: cluster.name,
      platform: true,
      create_cluster: true,
      platform_root: undefined,
      namespace: undefined,
      protected: false,
      holds: `The cluster that ${occupants(cluster.name)
        .map(environment => environment.name)
        .join(' and ')} share`,
    })),
    ...intent.environments.map(environment => {
      const isShared = shared.some(
        cluster => cluster.name === environment.cluster,
      );
      return {
        ...base(environment.cluster),
        name: environment.name,
        platform: false,
        create_cluster: !isShared,
        platform_root: isShared ? environment.cluster : undefined,
        namespace: environment.namespace,
        protected: environment.kind === 'production',
        holds: isShared
          ? `What ${environment.name} of ${service} has of its own in cluster ${environment.cluster}`
          : `Cluster and network of ${environment.name}`,
      };
    }),
  ];
}

function isolationSentence(intent: Intent): string {
  const parts = intent.clusters.map(cluster => {
    const names = intent.environments
      .filter(environment => environment.cluster === cluster.name)
      .map(environment => environment.name);
    return names.length > 1
      ? `${names.join(' and ')} share the cluster ${
          cluster.name
        }, each in a namespace of its own`
      : `${names.join('')} has the cluster ${cluster.name} to itself`;
  });
  const text = parts.join('; ');
  return `${text[0].toUpperCase()}${text.slice(1)}.`;
}

function arrival(
  from: string | undefined,
  way: string,
  automatic: boolean,
): string {
  if (from === undefined) {
    return 'with every release that is built';
  }
  const change =
    way === 'pull-request'
      ? `by pull request from ${from}`
      : `when someone promotes it from ${from}`;
  return automatic ? change : `${change}, then a sync by hand`;
}

function arrivalSentence(
  intent: Intent,
  from: string | undefined,
  way: string,
): string {
  if (from === undefined) {
    return `Every release of ${intent.metadata.name} arrives here by itself: continuous integration sets the tag after it has built the image.`;
  }
  return way === 'pull-request'
    ? `A pull request sets the tag that ${from} runs; merging it is the decision.`
    : `A commit sets the tag that ${from} runs, when someone promotes it.`;
}

function lastPart(reference: string): string {
  return reference.slice(
    Math.max(reference.lastIndexOf('/'), reference.lastIndexOf(':')) + 1,
  );
}
