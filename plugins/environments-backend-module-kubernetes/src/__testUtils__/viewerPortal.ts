/*
 * A portal in a process of its own, with the real Kubernetes plugin, which needs modules that the test runner does not load. Its configuration and the
 * file of its database are given as arguments; it tells its port, and everything that is logged at any level, on standard output.
 */
import { inspect } from 'util';
import { httpAuthServiceFactory } from '@backstage/backend-defaults/httpAuth';
import {
  coreServices,
  createServiceFactory,
  LoggerService,
} from '@backstage/backend-plugin-api';
import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import { catalogServiceRef } from '@backstage/plugin-catalog-node';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import kubernetesPlugin from '@backstage/plugin-kubernetes-backend';
import environmentsPlugin from '@envmatrix/backstage-plugin-environments-backend';
import knexFactory from 'knex';
import { environmentsModuleKubernetes } from '../module';

const [filename, config, entity] = process.argv.slice(2);

const write = (message: string, meta?: unknown) => {
  process.stdout.write(`${message} ${inspect(meta, { depth: null })}\n`);
};

const logger: LoggerService = {
  error: write,
  warn: write,
  info: write,
  debug: write,
  child: () => logger,
};

async function main() {
  const knex = knexFactory({
    client: 'better-sqlite3',
    connection: { filename },
    useNullAsDefault: true,
  });
  const { server } = await startTestBackend({
    features: [
      environmentsPlugin,
      environmentsModuleKubernetes,
      kubernetesPlugin,
      createServiceFactory({
        service: catalogServiceRef,
        deps: {},
        factory: () => catalogServiceMock({ entities: [JSON.parse(entity)] }),
      }),
      createServiceFactory({
        service: coreServices.rootLogger,
        deps: {},
        factory: () => logger,
      }),
      // The mock looks at a request again after the Kubernetes plugin put the cluster's token into it; the real one remembers who it was.
      httpAuthServiceFactory,
      mockServices.database.factory({ knex }),
      mockServices.rootConfig.factory({ data: JSON.parse(config) }),
    ],
  });
  process.stdout.write(`port ${server.port()}\n`);
}

main().catch(error => {
  process.stdout.write(`failed ${error?.stack ?? error}\n`);
  process.exit(1);
});
