import { Observation } from '../observations';
import { TargetInput } from './input';

/**
 * Why nothing can be said of a kind in a namespace whose cluster answers otherwise; undefined where the kind can be seen.
 */
export function whyUnavailable(
  target: TargetInput,
  kind: string,
): Observation | undefined {
  const missing =
    target.source.status === 'observed'
      ? target.clusterFact?.value.unavailable.find(
          entry =>
            entry.kind.split('/').pop() === kind.split('/').pop() &&
            (entry.namespace ?? target.namespace) === target.namespace,
        )
      : undefined;
  return missing && { status: missing.status, reason: missing.reason };
}

/** The same, where that nothing was seen of a kind says nothing: one that is not served has no objects. */
export function whyUnseen(
  target: TargetInput,
  kind: string,
): Observation | undefined {
  const missing = whyUnavailable(target, kind);
  return missing?.status === 'absent' ? undefined : missing;
}
