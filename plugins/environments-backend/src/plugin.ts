import {
  coreServices,
  createBackendPlugin,
} from '@backstage/backend-plugin-api';
import {
  actionsRegistryServiceRef,
  metricsServiceRef,
} from '@backstage/backend-plugin-api/alpha';
import { ScmIntegrations } from '@backstage/integration';
import { catalogServiceRef } from '@backstage/plugin-catalog-node';
import { eventsServiceRef } from '@backstage/plugin-events-node';
import { signalsServiceRef } from '@backstage/plugin-signals-node';
import {
  environmentsMatrixReadPermission,
  environmentsPromotionCreatePermission,
  parseEntityEnvironmentRef,
} from '@envmatrix/backstage-plugin-environments-common';
import {
  EnvironmentSourceProvider,
  environmentsPromotionsExtensionPoint,
  environmentsSourcesExtensionPoint,
  PromotionDelivery,
  PromotionRepository,
  RepositoryProbe,
} from '@envmatrix/backstage-plugin-environments-node';
import { registerActions } from './actions/registerActions';
import { Collector } from './collector/Collector';
import { ConfiguredSources } from './collector/ConfiguredSources';
import { LeaseKeeper } from './collector/LeaseKeeper';
import { PushFollower } from './collector/PushFollower';
import { RevisionFollower } from './collector/RevisionFollower';
import { Tracker } from './collector/Tracker';
import { FleetService } from './fleet/FleetService';
import { LiveMatrices } from './live/LiveMatrices';
import { IntentReader } from './matrix/IntentReader';
import { MatrixService } from './matrix/MatrixService';
import { Metrics } from './metrics/Metrics';
import { PreviewService } from './preview/PreviewService';
import { PromotionPlanner, requireKnown } from './promotions/PromotionPlanner';
import { PromotionService } from './promotions/PromotionService';
import { readConfig } from './readConfig';
import { Access } from './router/Access';
import { createRouter } from './router/createRouter';
import {
  entityEnvironmentResourceRef,
  environmentPermissionRules,
} from './router/permissionRules';
import { installationSecret, openDatabase } from './store/database';
import { FactStore } from './store/FactStore';
import { LeaseStore } from './store/LeaseStore';
import { PromotionStore } from './store/PromotionStore';
import { SourceStates } from './store/SourceStates';
import { TransitionStore } from './store/TransitionStore';

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
        actionsRegistry: actionsRegistryServiceRef,
        metricsService: metricsServiceRef,
        auditor: coreServices.auditor,
        userInfo: coreServices.userInfo,
        auth: coreServices.auth,
        catalog: catalogServiceRef,
        config: coreServices.rootConfig,
        database: coreServices.database,
        events: eventsServiceRef,
        httpAuth: coreServices.httpAuth,
        httpRouter: coreServices.httpRouter,
        lifecycle: coreServices.lifecycle,
        logger: coreServices.logger,
        permissions: coreServices.permissions,
        permissionsRegistry: coreServices.permissionsRegistry,
        scheduler: coreServices.scheduler,
        signals: signalsServiceRef,
        urlReader: coreServices.urlReader,
      },
      async init({
        actionsRegistry,
        metricsService,
        auditor,
        userInfo,
        auth,
        catalog,
        config: rootConfig,
        database,
        events,
        httpAuth,
        httpRouter,
        lifecycle,
        logger,
        permissions,
        permissionsRegistry,
        scheduler,
        signals,
        urlReader,
      }) {
        const config = readConfig(rootConfig);
        const knex = await openDatabase(database);
        const facts = new FactStore(knex);
        const states = new SourceStates(knex);
        await states.begin(new Date().toISOString());
        const transitions = new TransitionStore(knex);
        const promotionStore = new PromotionStore(knex);
        const metrics = new Metrics(metricsService, {
          states: () => states.all(),
        });
        const leases = new LeaseStore(knex);
        const tracker = new Tracker({
          catalog,
          auth,
          logger,
          hasDefinitions: config.definitions.length > 0,
        });
        const configured = new ConfiguredSources(
          providers.map(({ kind }) => kind),
        );
        const collector = new Collector({
          providers,
          facts,
          states,
          configured,
          tracker,
          leases,
          keeper: new LeaseKeeper({ store: leases, logger }),
          metrics,
          logger,
        });
        const matrices = new MatrixService({
          facts,
          intents: new IntentReader({
            facts,
            states,
            configured,
            definitions: config.definitions,
          }),
          states,
          configured,
          transitions,
          promotions: promotionStore,
          tracker,
          signals,
          logger,
          secret: await installationSecret(knex),
          exceptions: config.exceptions,
        });
        const promotions = new PromotionService({
          store: promotionStore,
          planner: new PromotionPlanner({ repository, transitions }),
          delivery,
          logger,
          refresh: entityRef => {
            collector
              .refresh(entityRef)
              .catch(error =>
                logger.warn(`A look at ${entityRef} failed: ${error}`),
              );
          },
          changed: entityRef => matrices.invalidate([entityRef]),
        });

        matrices.onTimed = ms => metrics.matrixComputed(ms);
        collector.onFacts = changes => matrices.invalidateFacts(changes);
        collector.onState = source => matrices.invalidateSource(source);
        configured.onChange = () => matrices.invalidateAll();
        tracker.onTracked = entityRefs => matrices.invalidate(entityRefs);
        const lookAtGit = (entityRef: string) => {
          collector
            .look('scm', entityRef)
            .catch(error =>
              logger.warn(`A look at git for ${entityRef} failed: ${error}`),
            );
        };
        const revisions = new RevisionFollower({ lookAtGit });
        const pushes = new PushFollower({
          entities: () => tracker.entities(),
          look: lookAtGit,
        });
        await pushes.subscribe(events);
        matrices.onComputed = ({ entityRef }, computed) => {
          revisions.follow(entityRef, computed.input?.environments ?? []);
          promotions
            .observe(entityRef, computed)
            .catch(error =>
              logger.error(`Promotions of ${entityRef} did not move on`, error),
            );
        };

        permissionsRegistry.addPermissions([environmentsMatrixReadPermission]);
        permissionsRegistry.addResourceType({
          resourceRef: entityEnvironmentResourceRef,
          permissions: [environmentsPromotionCreatePermission],
          rules: Object.values(environmentPermissionRules),
          getResources: async resourceRefs =>
            resourceRefs.map(resourceRef => {
              const { entityRef, environment } =
                parseEntityEnvironmentRef(resourceRef);
              const entity = tracker.get(entityRef);
              const definition = entity?.intent?.environments.find(
                candidate => candidate.name === environment,
              );
              return entity && definition
                ? { entity: entity.entity, environment, kind: definition.kind }
                : undefined;
            }),
        });

        const access = new Access({
          httpAuth,
          permissions,
          catalog,
          userInfo,
          emailDomain: config.emailDomain,
        });
        const fleet = new FleetService({ tracker, matrices });
        registerActions({ registry: actionsRegistry, access, matrices, fleet });
        httpRouter.use(
          createRouter({
            access,
            auditor,
            collector,
            configured,
            fleet,
            live: new LiveMatrices({
              onDemand: source => collector.onDemand(source),
              overlaid: (entity, overlay) => matrices.overlaid(entity, overlay),
              meterOf: source => metrics.of(source),
            }),
            matrices,
            preview: new PreviewService({
              catalog,
              urlReader,
              integrations: ScmIntegrations.fromConfig(rootConfig),
              probe,
              defaultTemplate: config.previewTemplate,
            }),
            promotions,
            states,
            tracker,
            transitions,
            validateResponses: process.env.NODE_ENV !== 'production',
          }),
        );

        const { historyRetentionMs } = config;
        if (historyRetentionMs !== undefined) {
          await scheduler.scheduleTask({
            id: 'prune-history',
            frequency: { hours: 1 },
            timeout: { minutes: 10 },
            scope: 'global',
            fn: async () => {
              const before = new Date(Date.now() - historyRetentionMs);
              await transitions.prune(before.toISOString());
            },
          });
        }

        const look = async () => {
          const looks = await Promise.allSettled([
            tracker.refresh(),
            collector.discover(),
            promotions.lookAtPullRequests(entityRef => {
              const entity = tracker.get(entityRef);
              const computed = matrices.known(entityRef);
              return entity && computed?.input
                ? requireKnown(entity, computed)
                : undefined;
            }),
          ]);
          for (const result of looks) {
            if (result.status === 'rejected') {
              logger.warn(`A regular look failed: ${result.reason}`);
            }
          }
        };
        let timer: NodeJS.Timeout | undefined;
        let stopped = false;
        const keepLooking = async () => {
          await look();
          if (!stopped) {
            timer = setTimeout(keepLooking, config.trackingIntervalMs);
          }
        };
        // Other plugins, the catalog and Kubernetes among them, answer only once all have started.
        lifecycle.addStartupHook(() => {
          keepLooking();
        });
        lifecycle.addShutdownHook(async () => {
          stopped = true;
          clearTimeout(timer);
          matrices.stop();
          pushes.stop();
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
