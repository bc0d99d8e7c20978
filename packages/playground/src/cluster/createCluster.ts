import {
  createService,
  JsonDocument,
  systemClock,
  type Clock,
  type ClusterHandle,
  type ImageRegistry,
  type KubeObject,
  type LocalService,
} from '../core';
import { createApiHandler } from './api/createApiHandler';
import { openServerCertificate } from './certificates';
import { autoscalerController } from './controllers/autoscalers';
import {
  certificateController,
  issuerController,
} from './controllers/certificates';
import { ControllerManager } from './controllers/controllerManager';
import { DeploymentController } from './controllers/deployments';
import { DisruptionController } from './controllers/disruptionBudgets';
import {
  externalSecretController,
  secretStoreController,
} from './controllers/externalSecrets';
import { GarbageCollector } from './controllers/garbageCollector';
import {
  DEFAULT_TIMINGS,
  Kubelet,
  type PodTimings,
} from './controllers/kubelet';
import { QuotaController } from './controllers/quotas';
import { ReplicaSetController } from './controllers/replicaSets';
import { ingressController, routeController } from './controllers/routes';
import type { StatusController } from './controllers/StatusController';
import { notServed } from './errors';
import { findKind } from './resources';
import { parseLabelSelector } from './selectors';
import { ObjectStore, type StoredCluster } from './store';
import { clone } from './values';
import { Writes } from './writes';

/** @public */
export interface ClusterOptions {
  name: string;
  /** Port on loopback; 0 takes a free one. */
  port: number;
  /** Bearer token of the portal's service account. */
  token: string;
  /** Absolute path of the file that keeps the cluster's objects. */
  stateFile: string;
  /** Absolute path of the file that keeps its certificates. */
  certificateFile: string;
  registry: ImageRegistry;
  /** Milliseconds that the steps of a pod take. */
  timings?: Partial<PodTimings>;
  clock?: Clock;
  bookmarkIntervalMs?: number;
  /** How many changes a watch can reach back over. */
  historyLimit?: number;
  log?: (message: string) => void;
}

/** @public */
export interface Cluster {
  readonly service: LocalService;
  readonly handle: ClusterHandle;
  /** What clients check the server's certificate with, in PEM. */
  readonly caCertificate: string;
  /** Stops the service and the controllers, and brings the state to disk. */
  close(): Promise<void>;
}

const GIT_VERSION = 'v1.36.1';
/** Kubernetes' own, and the one in which a platform watches over its services. */
const NAMESPACES = [
  'default',
  'kube-node-lease',
  'kube-public',
  'kube-system',
  'monitoring',
];

/**
 * A cluster: an API server that reads as the real one does, the controllers behind it, and a handle that writes.
 *
 * @public
 */
export async function createCluster(options: ClusterOptions): Promise<Cluster> {
  const {
    name,
    token,
    registry,
    clock = systemClock,
    bookmarkIntervalMs = 60_000,
    historyLimit = 1_000,
    log = () => undefined,
  } = options;
  const document = await JsonDocument.open<StoredCluster>({
    file: options.stateFile,
    initial: () => ({ resourceVersion: 1, objects: {} }),
    delayMs: 500,
    onError: error => log(`${name}: ${error.message}`),
  });
  const { caCertificate, certificate, key } = await openServerCertificate({
    file: options.certificateFile,
    cluster: name,
    now: clock.now(),
  });
  const store = new ObjectStore({ document, clock, historyLimit });
  const writes = new Writes(store, clock, caCertificate);

  const timers = new Set<() => void>();
  const manager = new ControllerManager({
    store,
    onError: (controller, error) => log(`${name}: ${controller}: ${error}`),
  });
  const later =
    (controller: () => Parameters<ControllerManager['enqueue']>[0]) =>
    (milliseconds: number, key_: string) => {
      const cancel = clock.after(milliseconds, () => {
        timers.delete(cancel);
        manager.enqueue(controller(), key_);
      });
      timers.add(cancel);
      return () => {
        timers.delete(cancel);
        cancel();
      };
    };
  const deployments: DeploymentController = new DeploymentController({
    store,
    writes,
    clock,
    later: later(() => deployments),
  });
  const nodes = [1, 2, 3].map(number => `${name}-${number}`);
  const timings = { ...DEFAULT_TIMINGS, ...options.timings };
  const kubelet: Kubelet = new Kubelet({
    store,
    clock,
    registry,
    timings,
    nodes,
    later: later(() => kubelet),
  });
  const externalSecrets: StatusController = externalSecretController(
    store,
    clock,
    later(() => externalSecrets),
  );
  const controllers = [
    // ReplicaSets before Deployments: of what both look at, the effect is counted after it happened.
    new ReplicaSetController({ store, writes, clock }),
    deployments,
    kubelet,
    new QuotaController(store),
    new DisruptionController(store, clock),
    autoscalerController(store, clock),
    routeController(store, clock),
    ingressController(store),
    secretStoreController(store, clock),
    externalSecrets,
    issuerController(store, clock),
    certificateController(store, clock),
    new GarbageCollector({ store, writes }),
  ];
  controllers.forEach(controller => manager.add(controller));

  for (const namespace of NAMESPACES) {
    if (
      !store
        .all()
        .some(
          object =>
            object.kind === 'Namespace' && object.metadata.name === namespace,
        )
    ) {
      writes.apply(
        { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
        'kube-apiserver',
      );
    }
  }
  manager.resync();

  const service = createService({
    name,
    port: options.port,
    tls: { key, cert: certificate },
    handler: createApiHandler({
      store,
      clock,
      token,
      gitVersion: GIT_VERSION,
      bookmarkIntervalMs,
    }),
    onCondition: condition => {
      if (condition === 'up') {
        manager.start();
      } else {
        manager.pause();
      }
      if (condition === 'stopped') {
        store.forgetHistory();
      }
    },
  });

  return {
    service,
    caCertificate,
    handle: createHandle({ name, service, store, writes }),
    close: async () => {
      await service.stop();
      manager.close();
      kubelet.close();
      timers.forEach(cancel => cancel());
      await document.flush();
    },
  };
}

function createHandle({
  name,
  service,
  store,
  writes,
}: {
  name: string;
  service: LocalService;
  store: ObjectStore;
  writes: Writes;
}): ClusterHandle {
  const resourceOf = (apiVersion: string, kind: string) => {
    const resource = findKind(apiVersion, kind);
    if (!resource) {
      throw notServed();
    }
    return resource;
  };
  return {
    name,
    get server() {
      return service.url;
    },
    gitVersion: GIT_VERSION,
    async apply(object, { fieldManager }) {
      await service.reachable();
      return clone(writes.apply(object, fieldManager));
    },
    async remove(ref) {
      await service.reachable();
      writes.remove(ref);
    },
    async get({ apiVersion, kind, namespace, name: object }) {
      await service.reachable();
      const found = store.get(resourceOf(apiVersion, kind), namespace, object);
      return found && clone(found);
    },
    async list({ apiVersion, kind, namespace, labelSelector = '' }) {
      await service.reachable();
      return clone<KubeObject[]>(
        store
          .list(resourceOf(apiVersion, kind), namespace)
          .filter(parseLabelSelector(labelSelector)),
      );
    },
    subscribe: listener =>
      store.subscribe(({ type, object }) =>
        listener({ type, object: clone(object) }),
      ),
  };
}
