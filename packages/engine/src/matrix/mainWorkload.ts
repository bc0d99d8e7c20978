import { KubernetesObject, matchesSelector } from '../observations';
import {
  groupKind,
  lenderOf,
  SERVICE_WORKLOAD_KINDS,
} from '../model/workloads';
import { TargetInput } from './input';
import { Known, known } from './known';
import { whyUnseen } from './whyUnavailable';

/** The workload that the service is in one namespace. */
export interface MainWorkload {
  readonly object: KubernetesObject;
  /** The object in which its pod template stands: itself, or the workload that a Rollout takes it from. */
  readonly lender: KubernetesObject;
}

/** The one named as the service, else the only one, else the one whose template is of what is named so. */
export function mainWorkload(
  target: TargetInput,
  service: string,
  selector: string,
): Known<MainWorkload> {
  const { source, objects } = target;
  // What lends a Rollout its template is there to be read, and has no pods, or will have none soon.
  const lent = new Set(
    objects.flatMap(({ value }) => lenderNameOf(value) ?? []),
  );
  const workloads = objects.filter(
    ({ value }) =>
      SERVICE_WORKLOAD_KINDS.includes(kindOf(value)) &&
      matchesSelector(value.metadata.labels, selector) &&
      !lent.has(nameOf(value)),
  );
  const found =
    workloads.find(({ value }) => value.metadata.name === service) ??
    (workloads.length === 1
      ? workloads[0]
      : workloads.find(({ value }) =>
          lenderNameOf(value)?.endsWith(` ${service}`),
        ));
  const where = `Namespace ${target.namespace} of cluster ${target.cluster}`;
  if (!found) {
    return (
      unreadable(target) ??
      known<MainWorkload>(source, undefined, {
        absent:
          workloads.length > 1
            ? `${where} has ${workloads.length} workloads of the service, and none is named '${service}'`
            : `${where} has no workload with ${selector}`,
      })
    );
  }
  const { value: object, observedAt } = found;
  const options = {
    absent: '',
    observedAt,
    location: `${target.cluster}/${target.namespace}/${object.kind}/${object.metadata.name}`,
  };
  const lenderName = lenderNameOf(object);
  const lender =
    lenderName === undefined
      ? object
      : objects.find(({ value }) => nameOf(value) === lenderName)?.value;
  if (lender) {
    return known(source, { object, lender }, options);
  }
  const missing = known<MainWorkload>(source, undefined, options);
  return missing.observation.status === 'absent'
    ? {
        ...missing,
        observation: {
          status: 'unknown',
          reason: `${object.kind} ${object.metadata.name} takes its pod template from ${lenderName}, which is not there or not looked at`,
        },
      }
    : missing;
}

/** That nothing was seen proves nothing where a kind may not be read, or could not be. */
function unreadable(target: TargetInput): Known<MainWorkload> | undefined {
  for (const kind of SERVICE_WORKLOAD_KINDS) {
    const hidden = whyUnseen(target, kind);
    if (hidden) {
      const { status, reason } = hidden;
      const verb = status === 'forbidden' ? 'may not' : 'could not';
      return {
        observation: {
          status,
          reason: `No workload was seen, and ${kind} ${verb} be read: ${reason}`,
        },
      };
    }
  }
  return undefined;
}

function kindOf({ apiVersion, kind }: KubernetesObject): string {
  return groupKind(apiVersion, kind);
}

/** `apps/Deployment checkout` */
function nameOf(object: KubernetesObject): string {
  return `${kindOf(object)} ${object.metadata.name}`;
}

function lenderNameOf(object: KubernetesObject): string | undefined {
  const lender = lenderOf(kindOf(object), object);
  return lender && `${lender.kind} ${lender.name}`;
}
