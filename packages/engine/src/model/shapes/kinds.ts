import {
  any,
  duration,
  hidden,
  plain,
  quantity,
  reference,
  set,
} from './leaves';
import {
  externalSecret,
  ingress,
  networkPolicy,
  roleReference,
  roleRules,
  route,
  service,
  subjects,
} from './network';
import {
  amounts,
  labelSelector,
  map,
  metadata,
  objectReference,
  without,
} from './parts';
import { podSpec } from './podSpec';
import { SCALED_OBJECT } from '../workloads';
import { ListShape, MapShape, Shape } from './shape';
import {
  cronJob,
  daemonSet,
  deployment,
  horizontalPodAutoscaler,
  job,
  persistentVolumeClaim,
  podDisruptionBudget,
  rollout,
  statefulSet,
} from './workloads';

const limitRange = map(
  {
    limits: {
      type: 'list',
      key: item => `${item.type}`,
      item: map(
        {
          max: amounts,
          min: amounts,
          default: amounts,
          defaultRequest: amounts,
          maxLimitRequestRatio: amounts,
        },
        { prepare: value => without(value, new Set(['type'])) },
      ),
    },
  },
  { split: true },
);

const resourceQuota = map(
  { hard: map({}, { rest: quantity, split: true }), scopes: set },
  { split: true },
);

const certificate = map(
  {
    dnsNames: set,
    duration,
    renewBefore: duration,
    issuerRef: map(
      { name: reference },
      { defaults: () => ({ group: 'cert-manager.io', kind: 'Issuer' }) },
    ),
  },
  { split: true },
);

/** Where metrics are fetched: each place by itself. */
const endpoints: ListShape = {
  type: 'list',
  item: any,
  key: 'index',
  identity: ['port', 'targetPort', 'path'],
};

const monitor = map(
  {
    selector: labelSelector,
    endpoints,
    podMetricsEndpoints: endpoints,
  },
  { split: true },
);

/** What KEDA fills in. */
const scaledObject = map(
  { scaleTargetRef: map({ name: reference }, { defaults: withDeployment }) },
  {
    split: true,
    defaults: () => ({
      minReplicaCount: 0,
      maxReplicaCount: 100,
      pollingInterval: 30,
      cooldownPeriod: 300,
    }),
  },
);

function withDeployment() {
  return { apiVersion: 'apps/v1', kind: 'Deployment' };
}

/** What the `spec` of a kind looks like. */
const SPECS: Readonly<Record<string, MapShape>> = {
  'apps/Deployment': deployment,
  'apps/StatefulSet': statefulSet,
  'apps/DaemonSet': daemonSet,
  'apps/ReplicaSet': deployment,
  'argoproj.io/Rollout': rollout,
  'batch/Job': job,
  'batch/CronJob': cronJob,
  Pod: podSpec,
  Service: service,
  PersistentVolumeClaim: persistentVolumeClaim,
  ResourceQuota: resourceQuota,
  LimitRange: limitRange,
  'networking.k8s.io/NetworkPolicy': networkPolicy,
  'networking.k8s.io/Ingress': ingress,
  'gateway.networking.k8s.io/HTTPRoute': route,
  'gateway.networking.k8s.io/GRPCRoute': route,
  'policy/PodDisruptionBudget': podDisruptionBudget,
  'autoscaling/HorizontalPodAutoscaler': horizontalPodAutoscaler,
  'external-secrets.io/ExternalSecret': externalSecret,
  [SCALED_OBJECT]: scaledObject,
  'cert-manager.io/Certificate': certificate,
  'monitoring.coreos.com/ServiceMonitor': monitor,
  'monitoring.coreos.com/PodMonitor': monitor,
};

const GENERIC_SPEC = map({ refreshInterval: duration }, { split: true });

const SECRET_DATA = map({}, { rest: hidden, split: true });

/** Fields beside `metadata` and `spec`, of the kinds that have them. */
const TOP_LEVEL: Readonly<Record<string, Readonly<Record<string, Shape>>>> = {
  ConfigMap: {
    data: map({}, { rest: plain, split: true }),
    binaryData: map({}, { rest: plain, split: true }),
  },
  Secret: { data: SECRET_DATA, stringData: SECRET_DATA },
  ServiceAccount: {
    imagePullSecrets: {
      type: 'list',
      item: objectReference,
      key: item => `${item.name}`,
    },
    automountServiceAccountToken: plain,
  },
  'rbac.authorization.k8s.io/Role': { rules: roleRules },
  'rbac.authorization.k8s.io/ClusterRole': { rules: roleRules },
  'rbac.authorization.k8s.io/RoleBinding': {
    subjects,
    roleRef: roleReference,
  },
  'rbac.authorization.k8s.io/ClusterRoleBinding': {
    subjects,
    roleRef: roleReference,
  },
};

/** Only of the kinds that are known, so that it cannot grow. */
const shapes = new Map<string, MapShape>();

/** The shape of a whole object of a kind, `group/Kind` or `Kind` of the core group. */
export function shapeOfKind(kind: string): MapShape {
  const known = shapes.get(kind);
  if (known) {
    return known;
  }
  const shape = map(
    {
      metadata,
      spec: Object.hasOwn(SPECS, kind) ? SPECS[kind] : GENERIC_SPEC,
      ...(Object.hasOwn(TOP_LEVEL, kind) ? TOP_LEVEL[kind] : {}),
    },
    {
      rest: any,
      split: true,
      keepEmpty: true,
      prepare: value => {
        const { kind: _kind, status: _status, ...rest } = value;
        return rest;
      },
      ...(kind === 'Secret' ? { defaults: () => ({ type: 'Opaque' }) } : {}),
    },
  );
  if (Object.hasOwn(SPECS, kind) || Object.hasOwn(TOP_LEVEL, kind)) {
    shapes.set(kind, shape);
  }
  return shape;
}
