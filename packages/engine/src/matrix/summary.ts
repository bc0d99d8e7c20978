import { Difference } from '../differences/types';
import { Finding } from '../rules/types';
import { behindOf } from './behind';
import { broughtBy } from './broughtBy';
import { EnvironmentState } from './environmentState';
import { healthOf, syncOf } from './health';
import { map, worst } from './known';
import { standingText } from './moving';
import { whyNoVersion } from './liveWorkload';
import { present } from './present';
import { syncFailure } from './syncDetail';
import { EnvironmentSummary } from './types';

/**
 * What the head of a column says: version, health, lag and violations, in one look.
 */
export function summaryOf(
  state: EnvironmentState,
  options: { findings: readonly Finding[]; differences: readonly Difference[] },
): EnvironmentSummary {
  const { workload, release, application, input } = state;
  const version = map(release, live => live.version, whyNoVersion(workload));
  const sync = syncOf(state);
  const health = healthOf(state);
  const ready = map(
    workload,
    live => `${live.readyReplicas}/${live.desiredReplicas}`,
  );
  const detail =
    workload.value?.trouble?.text ??
    (application.value && syncFailure(application.value)) ??
    (health.observation.status === 'unknown'
      ? health.observation.reason
      : undefined);
  return {
    ...present({
      version: version.value,
      digest:
        workload.value?.digests.length === 1
          ? workload.value.digests[0]
          : undefined,
      commit: input.commit?.sha,
      since: input.arrived?.at ?? lastDeployment(state),
      by: broughtBy(input),
      sync: sync.value,
      health:
        health.value ??
        (application.value && workload.observation.status === 'absent'
          ? application.value.health.status
          : undefined),
      ready: ready.value,
      behind: behindOf(state),
      detail,
      standing:
        workload.value?.trouble || !workload.value
          ? undefined
          : standingText(workload.value),
    }),
    violations: options.findings.filter(
      finding =>
        finding.outcome === 'fail' && finding.environments.includes(state.name),
    ).length,
    unclassified: options.differences.filter(
      difference =>
        difference.class === 'unclassified' && difference.to === state.name,
    ).length,
    observation: worst([
      version.observation,
      sync.observation,
      health.observation,
      ready.observation,
    ]),
    observations: {
      version: version.observation,
      sync: sync.observation,
      health: health.observation,
      ready: ready.observation,
    },
  };
}

function lastDeployment({ application }: EnvironmentState): string | undefined {
  return application.value?.history.at(-1)?.deployedAt;
}
