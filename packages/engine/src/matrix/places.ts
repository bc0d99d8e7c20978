import { EnvironmentInput, TargetInput } from './input';
import { environmentState, EnvironmentState } from './environmentState';

/**
 * One of the places in which an environment runs: a region, or a cluster and namespace. Most environments have one.
 */
export interface Place {
  /** How a person tells it from the others: region, cluster, or cluster and namespace. */
  readonly label: string;
  readonly state: EnvironmentState;
}

/** An environment with all places in which it runs; one at least. */
export interface Places {
  readonly input: EnvironmentInput;
  readonly all: readonly [Place, ...Place[]];
}

/**
 * Looks at an environment place by place: what is true of one region says nothing of another.
 */
export function placesOf(
  input: EnvironmentInput,
  options: { service: string; selector: string },
): Places {
  const [first, ...others] = inputsOf(input).map(
    (own, index): Place => ({
      label: labelOf(input.targets, index),
      state: environmentState(own, options),
    }),
  );
  return { input, all: [first, ...others] };
}

/**
 * The same environment once for each target, with what belongs to that target alone.
 *
 * @public
 */
export function inputsOf(
  input: EnvironmentInput,
): [EnvironmentInput, ...EnvironmentInput[]] {
  const { targets } = input;
  if (targets.length < 2) {
    return [input];
  }
  const [first, ...others] = targets.map(target => {
    const {
      application: _application,
      argocdCluster: _cluster,
      ...rest
    } = input;
    const { application, argocdCluster } = target;
    return {
      ...rest,
      targets: [target],
      ...(application ? { application } : {}),
      ...(argocdCluster ? { argocdCluster } : {}),
    };
  });
  return [first, ...others];
}

function labelOf(targets: readonly TargetInput[], index: number): string {
  const labels = [
    ({ region }: TargetInput) => region,
    ({ cluster }: TargetInput) => cluster,
    ({ cluster, namespace }: TargetInput) => `${cluster}/${namespace}`,
  ];
  const own = labels.find(
    label => new Set(targets.map(label)).size === targets.length,
  );
  const target = targets[index];
  return (target && own?.(target)) ?? `${index + 1}`;
}
