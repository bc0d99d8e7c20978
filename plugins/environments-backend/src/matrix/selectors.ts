import {
  ApplicationFact,
  IntentEnvironment,
  targetsOf,
} from '@envmatrix/engine';

/**
 * The application of an environment: by its label, else by its destination, else by its name.
 */
export function applicationOf<T extends { readonly value: ApplicationFact }>(
  environment: IntentEnvironment,
  service: string,
  destinationOf: (cluster: string) => string,
  applications: readonly T[],
): T | undefined {
  const targets = targetsOf(environment);
  const { name } = environment;
  return (
    applications.find(({ value }) => value.labels.environment === name) ??
    applications.find(({ value: { destination } }) =>
      targets.some(
        target =>
          destination.namespace === target.namespace &&
          destination.name === destinationOf(target.cluster),
      ),
    ) ??
    applications.find(({ value }) => value.name === `${service}-${name}`)
  );
}

/**
 * The application that deploys an environment to one of its targets, where it has several: by its destination, among those of the environment first.
 */
export function applicationOfTarget<
  T extends { readonly value: ApplicationFact },
>(
  environment: IntentEnvironment,
  target: { readonly cluster: string; readonly namespace: string },
  destinationOf: (cluster: string) => string,
  applications: readonly T[],
): T | undefined {
  const there = applications.filter(
    ({ value: { destination } }) =>
      destination.namespace === target.namespace &&
      destination.name === destinationOf(target.cluster),
  );
  return (
    there.find(({ value }) => value.labels.environment === environment.name) ??
    there[0]
  );
}
