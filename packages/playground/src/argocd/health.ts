import { fieldsOf, objectsOf, type Fields } from '../cluster/values';
import type { KubeObject } from '../core';
import { CUSTOM_CHECKS } from './customHealth';
import {
  groupVersionOf,
  type HealthStatus,
  type HealthStatusCode,
} from './resources';

const numberOf = (value: unknown): number =>
  typeof value === 'number' ? value : 0;

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : '';

const HEALTHY: HealthStatus = { status: 'Healthy' };
const progressing = (message: string): HealthStatus => ({
  status: 'Progressing',
  message: `Waiting for rollout to finish: ${message}`,
});

function conditionOf(object: KubeObject, type: string): Fields | undefined {
  return objectsOf(fieldsOf(object.status).conditions).find(
    condition => condition.type === type,
  );
}

function isObserved(object: KubeObject): boolean {
  return (
    (object.metadata.generation ?? 0) <=
    numberOf(fieldsOf(object.status).observedGeneration)
  );
}

function deploymentHealth(deployment: KubeObject): HealthStatus {
  const spec = fieldsOf(deployment.spec);
  const status = fieldsOf(deployment.status);
  if (spec.paused === true) {
    return { status: 'Suspended', message: 'Deployment is paused' };
  }
  if (!isObserved(deployment)) {
    return progressing(
      'observed deployment generation less than desired generation',
    );
  }
  const updated = numberOf(status.updatedReplicas);
  const replicas = numberOf(status.replicas);
  const available = numberOf(status.availableReplicas);
  if (
    conditionOf(deployment, 'Progressing')?.reason ===
    'ProgressDeadlineExceeded'
  ) {
    return {
      status: 'Degraded',
      message: `Deployment "${deployment.metadata.name}" exceeded its progress deadline`,
    };
  }
  if (updated < numberOf(spec.replicas)) {
    return progressing(
      `${updated} out of ${numberOf(
        spec.replicas,
      )} new replicas have been updated...`,
    );
  }
  if (replicas > updated) {
    return progressing(
      `${replicas - updated} old replicas are pending termination...`,
    );
  }
  if (available < updated) {
    return progressing(
      `${available} of ${updated} updated replicas are available...`,
    );
  }
  return HEALTHY;
}

function replicaSetHealth(replicaSet: KubeObject): HealthStatus {
  if (!isObserved(replicaSet)) {
    return progressing(
      'observed replica set generation less than desired generation',
    );
  }
  const failure = conditionOf(replicaSet, 'ReplicaFailure');
  if (failure?.status === 'True') {
    return { status: 'Degraded', message: textOf(failure.message) };
  }
  const wanted = numberOf(fieldsOf(replicaSet.spec).replicas);
  const available = numberOf(fieldsOf(replicaSet.status).availableReplicas);
  return available < wanted
    ? progressing(`${available} out of ${wanted} new replicas are available...`)
    : HEALTHY;
}

function statefulSetHealth(statefulSet: KubeObject): HealthStatus {
  if (!isObserved(statefulSet)) {
    return progressing(
      'observed statefulset generation less than desired generation',
    );
  }
  const wanted = numberOf(fieldsOf(statefulSet.spec).replicas);
  const ready = numberOf(fieldsOf(statefulSet.status).readyReplicas);
  return ready < wanted
    ? progressing(`${wanted - ready} pods to be ready...`)
    : HEALTHY;
}

function podHealth(pod: KubeObject): HealthStatus {
  const status = fieldsOf(pod.status);
  const containers = objectsOf(status.containerStatuses);
  for (const container of containers) {
    const waiting = fieldsOf(fieldsOf(container.state).waiting);
    const reason = textOf(waiting.reason);
    if (/^Err|Error$|BackOff$/.test(reason)) {
      return { status: 'Degraded', message: textOf(waiting.message) };
    }
  }
  switch (status.phase) {
    case 'Succeeded':
      return HEALTHY;
    case 'Failed':
      return { status: 'Degraded', message: textOf(status.message) };
    case 'Running':
      if (conditionOf(pod, 'Ready')?.status === 'True') {
        return HEALTHY;
      }
      return containers.some(
        container => fieldsOf(container.lastState).terminated !== undefined,
      )
        ? { status: 'Degraded' }
        : { status: 'Progressing' };
    default:
      return { status: 'Progressing' };
  }
}

function balancerHealth(object: KubeObject): HealthStatus {
  const { ingress } = fieldsOf(fieldsOf(object.status).loadBalancer);
  return Array.isArray(ingress) && ingress.length > 0
    ? HEALTHY
    : { status: 'Progressing' };
}

/** What an autoscaler cannot live with, by condition and reason. */
const SCALING_FAILURES = [
  'AbleToScale FailedGetScale',
  'AbleToScale FailedUpdateScale',
  'ScalingActive FailedGetResourceMetric',
  'ScalingActive InvalidSelector',
];

/** The first condition that says anything decides. */
function autoscalerHealth(autoscaler: KubeObject): HealthStatus {
  for (const { type, status, reason, message } of objectsOf(
    fieldsOf(autoscaler.status).conditions,
  )) {
    if (SCALING_FAILURES.includes(`${type} ${reason}`)) {
      return { status: 'Degraded', message: textOf(message) };
    }
    if (
      (type === 'AbleToScale' || type === 'ScalingLimited') &&
      status === 'True'
    ) {
      return { status: 'Healthy', message: textOf(message) };
    }
  }
  return { status: 'Progressing', message: 'Waiting to Autoscale' };
}

const CHECKS: Readonly<Record<string, (object: KubeObject) => HealthStatus>> = {
  'apps/Deployment': deploymentHealth,
  'apps/ReplicaSet': replicaSetHealth,
  'apps/StatefulSet': statefulSetHealth,
  '/Pod': podHealth,
  '/Service': service =>
    fieldsOf(service.spec).type === 'LoadBalancer'
      ? balancerHealth(service)
      : HEALTHY,
  'networking.k8s.io/Ingress': balancerHealth,
  'autoscaling/HorizontalPodAutoscaler': autoscalerHealth,
  'policy/PodDisruptionBudget': budget => {
    const reason = textOf(conditionOf(budget, 'DisruptionAllowed')?.reason);
    return reason === ''
      ? { status: 'Progressing', message: 'Waiting for status' }
      : { status: 'Healthy', message: `PodDisruptionBudget has ${reason}` };
  },
  ...CUSTOM_CHECKS,
};

/** Health of a live object; undefined for a kind that nobody judges. */
export function healthOf(object: KubeObject): HealthStatus | undefined {
  const { group } = groupVersionOf(object.apiVersion);
  return CHECKS[`${group}/${object.kind}`]?.(object);
}

const FROM_BEST_TO_WORST: readonly HealthStatusCode[] = [
  'Healthy',
  'Suspended',
  'Progressing',
  'Missing',
  'Degraded',
  'Unknown',
];

/**
 * Health of an application: the worst of what lives. What is missing counts only when nothing lives at all, so an application
 * whose Deployment is still to be made reads Healthy.
 */
export function worstHealth(
  resources: readonly { live: boolean; health?: HealthStatus }[],
): HealthStatusCode {
  const living = resources.filter(({ live }) => live);
  if (resources.length > 0 && living.length === 0) {
    return 'Missing';
  }
  const worst = Math.max(
    0,
    ...living.map(({ health }) =>
      FROM_BEST_TO_WORST.indexOf(health?.status ?? 'Healthy'),
    ),
  );
  return FROM_BEST_TO_WORST[worst];
}
