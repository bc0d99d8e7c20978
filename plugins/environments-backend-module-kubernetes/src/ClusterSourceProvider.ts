import { once } from 'events';
import {
  EnvironmentSource,
  EnvironmentSourceProvider,
  SourceContext,
} from '@envmatrix/backstage-plugin-environments-node';
import { KubernetesPluginClient } from './KubernetesPluginClient';
import { ClusterSource } from './ClusterSource';

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
    return clusters.map(({ name, authProvider }) => {
      const isWatchable = !USER_TOKEN_PROVIDERS.has(authProvider);
      const key = `${name} ${isWatchable ? '' : authProvider}`;
      const source =
        this.#sources.get(key) ??
        (isWatchable
          ? new ClusterSource({ cluster: name, client: this.#client })
          : unwatchable(name, authProvider));
      this.#sources.set(key, source);
      return source;
    });
  }
}

function unwatchable(name: string, authProvider: string): EnvironmentSource {
  return {
    kind: 'kubernetes',
    name,
    async run({ sink, signal }: SourceContext) {
      await sink.state({
        status: 'not-configured',
        reason: `Cluster ${name} is read with the token of the person who looks (authProvider ${authProvider}), so the portal cannot watch it; give it a service account to see it here`,
      });
      if (!signal.aborted) {
        await once(signal, 'abort');
      }
    },
  };
}
