import type { Clock, KubeObject } from '../../core';
import { fieldSet } from '../managedFields';
import { isDeployment, type Deployment } from '../objects';
import { parseQuantity } from '../quantity';
import { kindNamed } from '../resources';
import type { ObjectStore } from '../store';
import { fieldsOf, objectsOf, timestamp, type Fields } from '../values';
import { conditionsNow, type Statement } from './conditions';
import { StatusController } from './StatusController';

const MANAGER = 'kube-controller-manager';

/** What pods use of what they are meant to use: close enough that nothing has to be scaled. */
const LOAD = 0.95;

const NANO_PER_MILLI = 1_000_000n;

const numberOf = (value: unknown, otherwise: number): number =>
  typeof value === 'number' ? value : otherwise;

/** Thousandths of a CPU or of a byte that a pod requests. */
function requestedBy({ spec }: Deployment, resource: string): number {
  const nano = spec.template.spec.containers
    .map(
      ({ resources }) =>
        parseQuantity(resources?.requests?.[resource])?.nano ?? 0n,
    )
    .reduce((sum, amount) => sum + amount, 0n);
  return Number(nano / NANO_PER_MILLI);
}

function currentMetrics(spec: Fields, deployment: Deployment): Fields[] {
  return objectsOf(spec.metrics).flatMap(metric => {
    const { name, target } = fieldsOf(metric.resource);
    const wanted = numberOf(fieldsOf(target).averageUtilization, 0);
    if (metric.type !== 'Resource' || typeof name !== 'string' || !wanted) {
      return [];
    }
    const averageUtilization = Math.round(wanted * LOAD);
    const milli = (requestedBy(deployment, name) * averageUtilization) / 100;
    return [
      {
        type: 'Resource',
        resource: {
          name,
          current: {
            averageValue: `${Math.round(milli)}m`,
            averageUtilization,
          },
        },
      },
    ];
  });
}

/** Metrics are there once pods are, and say that there are enough of them. */
function activity(metrics: readonly Fields[]): Statement {
  const measured = metrics.length > 0;
  return {
    type: 'ScalingActive',
    status: measured ? 'True' : 'False',
    reason: measured ? 'ValidMetricFound' : 'FailedGetResourceMetric',
    message: measured
      ? 'the HPA was able to successfully calculate a replica count from cpu resource utilization (percentage of request)'
      : 'the HPA was unable to compute the replica count: no metrics returned from resource metrics API',
  };
}

/** Keeps Deployments between their bounds. Nobody puts load on what runs here, so nothing is scaled within them. */
export function autoscalerController(
  store: ObjectStore,
  clock: Clock,
): StatusController {
  const targetOf = ({ metadata, spec }: KubeObject): Deployment | undefined => {
    const { kind, name } = fieldsOf(fieldsOf(spec).scaleTargetRef);
    const found =
      kind === 'Deployment'
        ? store.get(kindNamed(kind), metadata.namespace, String(name))
        : undefined;
    return found && isDeployment(found) ? found : undefined;
  };
  const scale = (deployment: Deployment, replicas: number) =>
    store.write(
      { ...deployment, spec: { ...deployment.spec, replicas } },
      { manager: MANAGER, operation: 'Update', subresource: 'scale' },
      fieldSet({ spec: { replicas } }),
    );
  const failed = (autoscaler: KubeObject): Fields => {
    const { name } = fieldsOf(fieldsOf(autoscaler.spec).scaleTargetRef);
    return {
      desiredReplicas: 0,
      currentMetrics: null,
      conditions: conditionsNow(
        fieldsOf(autoscaler.status).conditions,
        [
          {
            type: 'AbleToScale',
            status: 'False',
            reason: 'FailedGetScale',
            message: `the HPA controller was unable to get the target's current scale: deployments.apps "${name}" not found`,
          },
        ],
        clock.now(),
      ),
    };
  };
  return new StatusController({
    store,
    manager: MANAGER,
    kind: 'HorizontalPodAutoscaler',
    looksAt: ['Deployment'],
    statusOf: autoscaler => {
      const deployment = targetOf(autoscaler);
      if (!deployment) {
        return failed(autoscaler);
      }
      const spec = fieldsOf(autoscaler.spec);
      const before = fieldsOf(autoscaler.status);
      const { replicas } = deployment.spec;
      const desiredReplicas = Math.min(
        Math.max(replicas, numberOf(spec.minReplicas, 1)),
        numberOf(spec.maxReplicas, 1),
      );
      const scales = replicas > 0 && replicas !== desiredReplicas;
      if (scales) {
        scale(deployment, desiredReplicas);
      }
      const metrics =
        (deployment.status?.readyReplicas ?? 0) > 0
          ? currentMetrics(spec, deployment)
          : [];
      const lastScaleTime = scales
        ? timestamp(clock.now())
        : before.lastScaleTime;
      const said: readonly Statement[] = [
        {
          type: 'AbleToScale',
          status: 'True',
          reason: scales ? 'SucceededRescale' : 'ReadyForNewScale',
          message: scales
            ? `the HPA controller was able to update the target scale to ${desiredReplicas}`
            : 'recommended size matches current size',
        },
        activity(metrics),
        {
          type: 'ScalingLimited',
          status: 'False',
          reason: 'DesiredWithinRange',
          message: 'the desired count is within the acceptable range',
        },
      ];
      return {
        ...(lastScaleTime !== undefined && { lastScaleTime }),
        currentReplicas: deployment.status?.replicas ?? 0,
        desiredReplicas,
        currentMetrics: metrics.length > 0 ? metrics : null,
        conditions: conditionsNow(before.conditions, said, clock.now()),
      };
    },
  });
}
