import {
  coreServices,
  createBackendPlugin,
} from '@backstage/backend-plugin-api';
import { readDurationFromConfig } from '@backstage/config';
import { ScmIntegrations } from '@backstage/integration';
import { catalogServiceRef } from '@backstage/plugin-catalog-node';
import { signalsServiceRef } from '@backstage/plugin-signals-node';
import { durationToMilliseconds } from '@backstage/types';
import {
  environmentsMatrixReadPermission,
  environmentsPromotionCreatePermission,
} from '@envmatrix/backstage-plugin-environments-common';
import {
  EnvironmentSourceProvider,
  environmentsPromotionsExtensionPoint,
  environmentsSourcesExtensionPoint,
  PromotionDelivery,
  PromotionRepository,
  RepositoryProbe,
} from '@envmatrix/backstage-plugin-environments-node';
import { Collector } from './collector/Collector';
import { Tracker } from './collector/Tracker';
import { MatrixService } from './matrix/MatrixService';
import { PreviewService } from './preview/PreviewService';
import { PromotionService } from './promotions/PromotionService';
import { Access, parseEnvironmentResourceRef } from './router/access';
import { createRouter } from './router/createRouter';
import {
  entityEnvironmentResourceRef,
  environmentPermissionRules,
} from './router/permissionRules';
import { installationSecret, openDatabase } from './store/database';
import { FactStore } from './store/FactStore';
import { PromotionStore } from './store/PromotionStore';
import { TransitionStore } from './store/TransitionStore';

/** How often the catalog is read for entities, and the providers for sources. */
const DEFAULT_TRACKING_INTERVAL = { seconds: 15 };

/**
 * The environments plugin: watches sources, works out a matrix per entity, and promotes.
 *
 * @public
 */
export const environmentsPlugin = createBackendPlugin({
  pluginId: 'environments',
  register(env) {
    const providers: EnvironmentSourceProvider[] = [];
    let repository: PromotionRepository | undefined;
    let delivery: PromotionDelivery | undefined;
    let probe: RepositoryProbe | undefined;

    env.registerExtensionPoint(environmentsSourcesExtensionPoint, {
      addSourceProvider(provider) {
        if (providers.some(known => known.kind === provider.kind)) {
          throw new Error(
            `A provider of sources of kind '${provider.kind}' is already registered`,
          );
        }
        providers.push(provider);
      },
    });
    env.registerExtensionPoint(environmentsPromotionsExtensionPoint, {
      setRepository(value) {
        repository = once('repository', repository, value);
      },
      setDelivery(value) {
        delivery = once('delivery', delivery, value);
      },
      setRepositoryProbe(value) {
        probe = once('repository probe', probe, value);
      },
    });

    env.registerInit({
      deps: {
        auditor: coreServices.auditor,
        auth: coreServices.auth,
        catalog: catalogServiceRef,
        config: coreServices.rootConfig,
        database: coreServices.database,
        httpAuth: coreServices.httpAuth,
        httpRouter: coreServices.httpRouter,
        lifecycle: coreServices.lifecycle,
        logger: coreServices.logger,
        permissions: coreServices.permissions,
        permissionsRegistry: coreServices.permissionsRegistry,
        signals: signalsServiceRef,
        urlReader: coreServices.urlReader,
        userInfo: coreServices.userInfo,
      },
      async init({
        auditor,
        auth,
        catalog,
        config,
        database,
        httpAuth,
        httpRouter,
        lifecycle,
        logger,
        permissions,
        permissionsRegistry,
        signals,
        urlReader,
        userInfo,
      }) {
        const knex = await openDatabase(database);
        const store = new FactStore(knex);
        await store.begin(new Date().toISOString());
        const transitions = new TransitionStore(knex);
        const promotionStore = new PromotionStore(knex);
        const tracker = new Tracker({ catalog, auth, logger });
        const collector = new Collector({ providers, store, tracker, logger });
        const matrices = new MatrixService({
          store,
          transitions,
          promotions: promotionStore,
          tracker,
          signals,
          logger,
          secret: await installationSecret(knex),
        });
        const promotions = new PromotionService({
          store: promotionStore,
          repository,
          delivery,
          logger,
          refresh: entityRef => {
            collector
              .refresh([entityRef])
              .catch(error =>
                logger.warn(`A look at ${entityRef} failed: ${error}`),
              );
          },
          changed: entityRef => matrices.invalidate([entityRef]),
        });

        collector.onFacts = changes => matrices.invalidateFacts(changes);
        collector.onState = source => matrices.invalidateSource(source);
        tracker.onTracked = entityRefs => matrices.invalidate(entityRefs);
        matrices.onComputed = (entity, computed) => {
          promotions
            .observe(entity.entityRef, computed)
            .catch(error =>
              logger.error(
                `Promotions of ${entity.entityRef} did not move on`,
                error,
              ),
            );
        };

        permissionsRegistry.addPermissions([environmentsMatrixReadPermission]);
        permissionsRegistry.addResourceType({
          resourceRef: entityEnvironmentResourceRef,
          permissions: [environmentsPromotionCreatePermission],
          rules: environmentPermissionRules,
          getResources: async resourceRefs =>
            resourceRefs.map(resourceRef => {
              const { entityRef, environment } =
                parseEnvironmentResourceRef(resourceRef);
              const entity = tracker.get(entityRef);
              const definition = entity?.intent?.environments.find(
                candidate => candidate.name === environment,
              );
              return entity && definition
                ? { entity: entity.entity, environment, kind: definition.kind }
                : undefined;
            }),
        });

        const access = new Access({ httpAuth, permissions, catalog, userInfo });
        const preview = new PreviewService({
          catalog,
          urlReader,
          integrations: ScmIntegrations.fromConfig(config),
          probe,
        });
        httpRouter.use(
          createRouter({
            access,
            auditor,
            collector,
            matrices,
            preview,
            promotions,
            store,
            tracker,
            transitions,
          }),
        );

        const intervalKey = 'environments.tracking.interval';
        const intervalMs = durationToMilliseconds(
          config.has(intervalKey)
            ? readDurationFromConfig(config, { key: intervalKey })
            : DEFAULT_TRACKING_INTERVAL,
        );
        let timer: NodeJS.Timeout | undefined;
        let stopped = false;
        const look = async () => {
          const [tracked] = await Promise.allSettled([
            tracker.refresh(),
            collector.discover(),
          ]);
          if (tracked.status === 'rejected') {
            logger.warn(
              `The catalog was not read: ${
                tracked.reason instanceof Error
                  ? tracked.reason.message
                  : tracked.reason
              }`,
            );
          }
          if (!stopped) {
            timer = setTimeout(look, intervalMs);
          }
        };
        // Other plugins, the catalog and Kubernetes among them, answer only once all have started.
        lifecycle.addStartupHook(() => {
          look();
        });
        lifecycle.addShutdownHook(async () => {
          stopped = true;
          clearTimeout(timer);
          matrices.stop();
          await collector.stop();
        });
      },
    });
  },
});

function once<T>(what: string, before: T | undefined, value: T): T {
  if (before !== undefined) {
    throw new Error(`A ${what} for promotions is already registered`);
  }
  return value;
}
