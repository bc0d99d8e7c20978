import {
  EnvironmentSource,
  SourceContext,
} from '@envmatrix/backstage-plugin-environments-node';
import { ClusterRun } from './ClusterRun';
import { KubernetesPluginClient } from './KubernetesPluginClient';
import { Timing, TIMING } from './timing';

/**
 * One cluster, watched through the Kubernetes plugin.
 */
export class ClusterSource implements EnvironmentSource {
  readonly kind = 'kubernetes';
  readonly name: string;
  readonly #client: KubernetesPluginClient;
  readonly #timing: Timing;
  readonly #random: () => number;
  #run: ClusterRun | undefined;

  constructor(options: {
    cluster: string;
    client: KubernetesPluginClient;
    timing?: Partial<Timing>;
    random?: () => number;
  }) {
    this.name = options.cluster;
    this.#client = options.client;
    this.#timing = { ...TIMING, ...options.timing };
    this.#random = options.random ?? Math.random;
  }

  async run(context: SourceContext): Promise<void> {
    const run = new ClusterRun({
      cluster: this.name,
      client: this.#client,
      context,
      timing: this.#timing,
      random: this.#random,
    });
    this.#run = run;
    try {
      await run.run();
    } finally {
      this.#run = undefined;
    }
  }

  async refresh({ signal }: { signal: AbortSignal }): Promise<void> {
    await this.#run?.look(signal);
  }
}
