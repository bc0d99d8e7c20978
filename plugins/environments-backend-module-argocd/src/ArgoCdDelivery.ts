import { NotFoundError } from '@backstage/errors';
import { PromotionDelivery } from '@envmatrix/backstage-plugin-environments-node';
import { z } from 'zod';
import { ArgoCdClient } from './client/ArgoCdClient';

/**
 * Syncs applications through the instance that has them.
 */
export class ArgoCdDelivery implements PromotionDelivery {
  readonly #clients: ReadonlyMap<string, ArgoCdClient>;

  constructor(options: { clients: ReadonlyMap<string, ArgoCdClient> }) {
    this.#clients = options.clients;
  }

  async sync(options: {
    instance: string;
    application: string;
    namespace: string;
    project: string;
    revision?: string;
    prune: boolean;
  }): Promise<void> {
    const { instance, application, namespace, project, revision, prune } =
      options;
    await this.#client(instance).post(
      z.unknown(),
      ['api', 'v1', 'applications', application, 'sync'],
      {
        body: {
          appNamespace: namespace,
          project,
          prune,
          dryRun: false,
          ...(revision === undefined ? {} : { revision }),
        },
      },
    );
  }

  async refresh(options: {
    instance: string;
    application: string;
    namespace: string;
    project?: string;
  }): Promise<void> {
    const { instance, application, namespace, project } = options;
    await this.#client(instance).get(
      z.unknown(),
      ['api', 'v1', 'applications', application],
      {
        query: {
          refresh: 'normal',
          appNamespace: namespace,
          ...(project === undefined ? {} : { project }),
        },
      },
    );
  }

  #client(instance: string): ArgoCdClient {
    const client = this.#clients.get(instance);
    if (!client) {
      throw new NotFoundError(
        `There is no Argo CD instance '${instance}' in 'argocd.appLocatorMethods'`,
      );
    }
    return client;
  }
}
