import type { KubeObject } from '../core';
import { CUSTOM_DEFAULTS } from './customDefaults';
import { canonicalQuantity } from './quantity';
import {
  childOf,
  fieldsOf,
  isFields,
  objectsOf,
  setDefault,
  type Fields,
} from './values';

function completeFrom(target: Fields, key: string, source: Fields): void {
  for (const [name, value] of Object.entries(source)) {
    setDefault(childOf(target, key), name, value);
  }
}

function canonicalAmounts(amounts: Fields): void {
  for (const [name, value] of Object.entries(amounts)) {
    amounts[name] = canonicalQuantity(value);
  }
}

function workloadTemplate(spec: Fields): void {
  const template = childOf(spec, 'template');
  childOf(template, 'metadata');
  podSpec(childOf(template, 'spec'));
}

const isLatest = (image: unknown) =>
  !/[^/]+[:@][^/]+$/.test(String(image)) || String(image).endsWith(':latest');

function podSpec(spec: Fields): void {
  for (const volume of objectsOf(spec.volumes)) {
    volumeDefaults(volume);
  }
  for (const container of [
    ...objectsOf(spec.initContainers),
    ...objectsOf(spec.containers),
  ]) {
    containerDefaults(container);
  }
  setDefault(spec, 'restartPolicy', 'Always');
  setDefault(spec, 'terminationGracePeriodSeconds', 30);
  setDefault(spec, 'dnsPolicy', 'ClusterFirst');
  if (spec.serviceAccountName === undefined) {
    delete spec.serviceAccount;
  } else {
    // The older name of the same field.
    spec.serviceAccount = spec.serviceAccountName;
  }
  setDefault(spec, 'securityContext', {});
  setDefault(spec, 'schedulerName', 'default-scheduler');
}

function volumeDefaults(volume: Fields): void {
  if (Object.keys(volume).length === 1) {
    volume.emptyDir = {};
  }
  for (const source of ['configMap', 'secret', 'downwardAPI', 'projected']) {
    const value = volume[source];
    if (isFields(value)) {
      setDefault(value, 'defaultMode', 0o644);
    }
  }
}

function containerDefaults(container: Fields): void {
  objectsOf(container.ports).forEach(port =>
    setDefault(port, 'protocol', 'TCP'),
  );
  for (const variable of objectsOf(container.env)) {
    const reference = fieldsOf(variable.valueFrom).fieldRef;
    if (isFields(reference)) {
      setDefault(reference, 'apiVersion', 'v1');
    }
  }
  const resources = childOf(container, 'resources');
  canonicalAmounts(fieldsOf(resources.limits));
  canonicalAmounts(fieldsOf(resources.requests));
  for (const name of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
    const probe = container[name];
    if (isFields(probe)) {
      probeDefaults(probe);
    }
  }
  setDefault(container, 'terminationMessagePath', '/dev/termination-log');
  setDefault(container, 'terminationMessagePolicy', 'File');
  setDefault(
    container,
    'imagePullPolicy',
    isLatest(container.image) ? 'Always' : 'IfNotPresent',
  );
}

function probeDefaults(probe: Fields): void {
  if (isFields(probe.httpGet)) {
    setDefault(probe.httpGet, 'path', '/');
    setDefault(probe.httpGet, 'scheme', 'HTTP');
  }
  if (isFields(probe.grpc)) {
    setDefault(probe.grpc, 'service', '');
  }
  setDefault(probe, 'timeoutSeconds', 1);
  setDefault(probe, 'periodSeconds', 10);
  setDefault(probe, 'successThreshold', 1);
  setDefault(probe, 'failureThreshold', 3);
}

const DEFAULTS: Readonly<Record<string, (object: KubeObject) => void>> = {
  Namespace: namespace => {
    namespace.metadata.labels = {
      'kubernetes.io/metadata.name': namespace.metadata.name,
      ...namespace.metadata.labels,
    };
    setDefault(childOf(namespace, 'spec'), 'finalizers', ['kubernetes']);
    setDefault(childOf(namespace, 'status'), 'phase', 'Active');
  },
  Deployment: deployment => {
    const spec = childOf(deployment, 'spec');
    setDefault(spec, 'replicas', 1);
    workloadTemplate(spec);
    const strategy = childOf(spec, 'strategy');
    setDefault(strategy, 'type', 'RollingUpdate');
    if (strategy.type === 'RollingUpdate') {
      const rolling = childOf(strategy, 'rollingUpdate');
      setDefault(rolling, 'maxUnavailable', '25%');
      setDefault(rolling, 'maxSurge', '25%');
    }
    setDefault(spec, 'revisionHistoryLimit', 10);
    setDefault(spec, 'progressDeadlineSeconds', 600);
  },
  StatefulSet: statefulSet => {
    const spec = childOf(statefulSet, 'spec');
    setDefault(spec, 'replicas', 1);
    workloadTemplate(spec);
    setDefault(spec, 'podManagementPolicy', 'OrderedReady');
    const strategy = childOf(spec, 'updateStrategy');
    setDefault(strategy, 'type', 'RollingUpdate');
    if (strategy.type === 'RollingUpdate') {
      setDefault(childOf(strategy, 'rollingUpdate'), 'partition', 0);
    }
    setDefault(spec, 'revisionHistoryLimit', 10);
    setDefault(spec, 'persistentVolumeClaimRetentionPolicy', {
      whenDeleted: 'Retain',
      whenScaled: 'Retain',
    });
  },
  DaemonSet: daemonSet => {
    const spec = childOf(daemonSet, 'spec');
    workloadTemplate(spec);
    const strategy = childOf(spec, 'updateStrategy');
    setDefault(strategy, 'type', 'RollingUpdate');
    if (strategy.type === 'RollingUpdate') {
      const rolling = childOf(strategy, 'rollingUpdate');
      setDefault(rolling, 'maxUnavailable', 1);
      setDefault(rolling, 'maxSurge', 0);
    }
    setDefault(spec, 'revisionHistoryLimit', 10);
  },
  Pod: pod => podSpec(childOf(pod, 'spec')),
  Service: service => {
    const spec = childOf(service, 'spec');
    for (const port of objectsOf(spec.ports)) {
      setDefault(port, 'protocol', 'TCP');
      setDefault(port, 'targetPort', port.port);
    }
    setDefault(spec, 'type', 'ClusterIP');
    setDefault(spec, 'sessionAffinity', 'None');
    setDefault(spec, 'ipFamilies', ['IPv4']);
    setDefault(spec, 'ipFamilyPolicy', 'SingleStack');
    setDefault(spec, 'internalTrafficPolicy', 'Cluster');
    setDefault(childOf(service, 'status'), 'loadBalancer', {});
  },
  Secret: secret => setDefault(secret, 'type', 'Opaque'),
  Ingress: ingress =>
    setDefault(childOf(ingress, 'status'), 'loadBalancer', {}),
  NetworkPolicy: policy => {
    const spec = childOf(policy, 'spec');
    for (const rule of [
      ...objectsOf(spec.ingress),
      ...objectsOf(spec.egress),
    ]) {
      objectsOf(rule.ports).forEach(port =>
        setDefault(port, 'protocol', 'TCP'),
      );
    }
    setDefault(
      spec,
      'policyTypes',
      spec.egress === undefined ? ['Ingress'] : ['Ingress', 'Egress'],
    );
  },
  HorizontalPodAutoscaler: autoscaler => {
    const spec = childOf(autoscaler, 'spec');
    setDefault(spec, 'minReplicas', 1);
    setDefault(spec, 'metrics', [
      {
        type: 'Resource',
        resource: {
          name: 'cpu',
          target: { type: 'Utilization', averageUtilization: 80 },
        },
      },
    ]);
    setDefault(childOf(autoscaler, 'status'), 'desiredReplicas', 0);
    setDefault(childOf(autoscaler, 'status'), 'currentMetrics', null);
  },
  PriorityClass: priorityClass =>
    setDefault(priorityClass, 'preemptionPolicy', 'PreemptLowerPriority'),
  ResourceQuota: quota => {
    canonicalAmounts(childOf(childOf(quota, 'spec'), 'hard'));
    childOf(quota, 'status');
  },
  LimitRange: limitRange => {
    for (const limit of objectsOf(childOf(limitRange, 'spec').limits)) {
      ['max', 'min', 'default', 'defaultRequest'].forEach(key =>
        canonicalAmounts(fieldsOf(limit[key])),
      );
      if (limit.type === 'Container') {
        completeFrom(limit, 'default', fieldsOf(limit.max));
        completeFrom(limit, 'defaultRequest', fieldsOf(limit.default));
        completeFrom(limit, 'defaultRequest', fieldsOf(limit.min));
      }
    }
  },
  ...CUSTOM_DEFAULTS,
};

/** Fills in what the API server fills in, on an object that nobody else has seen yet. */
export function applyDefaults(object: KubeObject): void {
  DEFAULTS[object.kind]?.(object);
}
