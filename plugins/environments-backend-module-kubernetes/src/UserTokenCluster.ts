import { once } from 'events';
import {
  EnvironmentSource,
  FactKinds,
  OnDemandAccess,
  OnDemandReading,
  OnDemandRequest,
  SourceContext,
} from '@envmatrix/backstage-plugin-environments-node';
import { ByteBudget } from './ByteBudget';
import {
  KubernetesPluginClient,
  ListedCluster,
} from './KubernetesPluginClient';
import { Places } from './Places';
import { tokenHeader } from './tokenHeader';
import { ViewerReading } from './ViewerReading';

/** People for whom one cluster is read at the same time; the next ones wait for a moment. */
const READERS = 4;

/** For one look of one person, in bytes and pages of 500 objects: a namespace of a service is a fraction of it. */
const BOUNDS = {
  allBytes: 32 * 1024 * 1024,
  bodyBytes: 16 * 1024 * 1024,
  pages: 4,
};

/**
 * A cluster that lets in nobody but people: it is not watched, and nothing of it is stored. It is read with the token of whoever looks.
 */
export class UserTokenCluster implements EnvironmentSource {
  readonly kind = 'kubernetes';
  readonly name: string;
  readonly onDemand: OnDemandAccess;
  readonly #client: KubernetesPluginClient;
  readonly #places = new Places(READERS);

  constructor(options: {
    cluster: ListedCluster;
    client: KubernetesPluginClient;
  }) {
    const { name, authProvider, oidcTokenProvider } = options.cluster;
    this.name = name;
    this.#client = options.client;
    this.onDemand = {
      needs: {
        authProvider,
        ...(oidcTokenProvider ? { tokenProvider: oidcTokenProvider } : {}),
      },
      read: request => this.#read(request),
    };
  }

  async run({ sink, signal }: SourceContext): Promise<void> {
    const { authProvider, tokenProvider } = this.onDemand.needs;
    // From when the portal was let in by itself.
    await sink.replace({ kind: FactKinds.object }, []);
    await sink.replace({ kind: FactKinds.cluster }, []);
    await sink.state({
      status: 'not-configured',
      reason: `Cluster ${
        this.name
      } is read with your own token (${authProvider}${
        tokenProvider ? ` of ${tokenProvider}` : ''
      }), and the portal keeps nothing of it`,
    });
    if (!signal.aborted) {
      await once(signal, 'abort');
    }
  }

  async #read(request: OnDemandRequest): Promise<OnDemandReading> {
    const { credentials, token, namespaces, meter, signal } = request;
    const leave = await this.#places.take(signal);
    if (!leave) {
      return {
        observation: {
          status: 'timeout',
          reason: `Others are reading cluster ${this.name} at this moment, and it takes them long: look again in a moment`,
        },
        facts: [],
      };
    }
    try {
      const client = this.#client
        .counting(() => meter?.request())
        .as(
          {
            credentials,
            tokenHeader: tokenHeader(this.onDemand.needs, token),
          },
          {
            maxBodyBytes: BOUNDS.bodyBytes,
            maxPages: BOUNDS.pages,
            budget: new ByteBudget(BOUNDS.allBytes),
          },
        );
      return await new ViewerReading({
        cluster: this.name,
        client,
        namespaces,
        signal,
      }).read();
    } finally {
      leave();
    }
  }
}
