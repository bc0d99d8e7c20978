import { EnvironmentState } from './environmentState';
import { healthOf, syncOf } from './health';
import { Places } from './places';

/**
 * The place that an environment waits for: one of which nothing is known now, else one that is not well, else one that does not run what git
 * declares. What it lacks, the environment lacks.
 */
export function hindmost({ all }: Places): EnvironmentState {
  const states = all.map(({ state }) => state);
  const lacks: ((state: EnvironmentState) => boolean)[] = [
    ({ workload }) => workload.observation.status !== 'observed',
    state => {
      const health = healthOf(state);
      return (
        health.observation.status !== 'observed' || health.value !== 'Healthy'
      );
    },
    state => syncOf(state).value !== 'Synced',
    ({ release, desired }) => release.value?.version !== desired.value?.version,
  ];
  for (const isLacking of lacks) {
    const found = states.find(isLacking);
    if (found && !states.every(isLacking)) {
      return found;
    }
  }
  return states[0];
}
