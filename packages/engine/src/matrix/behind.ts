import { EnvironmentState } from './environmentState';
import { whyNoVersion } from './liveWorkload';
import { present } from './present';
import { Behind } from './types';

/** How far this environment lags behind the one that it is promoted from; undefined for the first one. */
export function behindOf({
  input,
  workload,
  release,
}: EnvironmentState): Behind | undefined {
  const { from } = input.definition.delivery;
  if (from === undefined) {
    return undefined;
  }
  const { comparison } = input;
  if (!comparison) {
    return {
      environment: from,
      status: 'unknown',
      reason:
        release.value?.version === undefined
          ? workload.observation.reason ?? whyNoVersion(workload)
          : `The releases of ${from} and ${input.definition.name} have not been compared yet`,
    };
  }
  const commits =
    comparison.status === 'ahead' ? comparison.aheadBy : comparison.behindBy;
  return {
    environment: from,
    status: comparison.status,
    ...present({
      commits: comparison.status === 'unknown' ? undefined : commits,
      // Newest first: the last one has waited longest.
      since:
        comparison.status === 'behind'
          ? comparison.since ?? comparison.commits?.at(-1)?.at
          : undefined,
      reason: comparison.reason,
    }),
  };
}
