import {
  EnvironmentSource,
  EnvironmentSourceProvider,
} from '@envmatrix/backstage-plugin-environments-node';
import { ClusterSource } from './ClusterSource';
import {
  KubernetesPluginClient,
  ListedCluster,
} from './KubernetesPluginClient';
import { UserTokenCluster } from './UserTokenCluster';

/** Ways of authentication that need the token of the person who looks: such clusters cannot be watched by the portal itself. */
const USER_TOKEN_PROVIDERS = new Set(['oidc', 'google', 'aks', 'pinniped']);

/**
 * A source per cluster that the Kubernetes plugin knows.
 */
export class ClusterSourceProvider implements EnvironmentSourceProvider {
  readonly kind = 'kubernetes';
  readonly #client: KubernetesPluginClient;
  readonly #sources = new Map<string, EnvironmentSource>();

  constructor(options: { client: KubernetesPluginClient }) {
    this.#client = options.client;
  }

  async getSources(): Promise<readonly EnvironmentSource[]> {
    const clusters = await this.#client.clusters();
    return clusters.map(cluster => {
      const key = keyOf(cluster);
      const source = this.#sources.get(key) ?? this.#create(cluster);
      this.#sources.set(key, source);
      return source;
    });
  }

  #create(cluster: ListedCluster): EnvironmentSource {
    const client = this.#client;
    return needsUserToken(cluster)
      ? new UserTokenCluster({ cluster, client })
      : new ClusterSource({ cluster: cluster.name, client });
  }
}

function needsUserToken({ authProvider }: ListedCluster): boolean {
  return USER_TOKEN_PROVIDERS.has(authProvider);
}

/** Clusters that are watched are the same whichever way the portal authenticates. */
function keyOf(cluster: ListedCluster): string {
  const { name, authProvider, oidcTokenProvider = '' } = cluster;
  return JSON.stringify(
    needsUserToken(cluster) ? [name, authProvider, oidcTokenProvider] : [name],
  );
}
