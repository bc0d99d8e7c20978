import { Intent, IntentEnvironment } from '@envmatrix/engine';
import { RenderError } from '../types';
import { keepPlatform } from './keepPlatform';

/** A promotion needs somewhere to come from. */
const LEAST = 2;

/**
 * The intent without an environment. What was promoted from it is promoted from where its releases came from; clusters that
 * are left empty go, and those that stay keep their network and their Terraform root.
 *
 * @throws {@link RenderError} when the service cannot do without it.
 * @public
 */
export function removeEnvironment(intent: Intent, name: string): Intent {
  const { environments } = intent;
  const removed = environments.find(environment => environment.name === name);
  if (!removed) {
    throw new RenderError(
      'environment',
      `there is no environment '${name}'; there are ${environments
        .map(environment => environment.name)
        .join(', ')}`,
    );
  }
  if (removed.kind === 'production') {
    throw new RenderError(
      'environment',
      `'${name}' is production; a service without one is taken down, not changed`,
    );
  }
  if (environments.length <= LEAST) {
    throw new RenderError(
      'environment',
      `'${name}' is the last one before production; without it nothing would be tried out before it is live`,
    );
  }
  return keepPlatform(intent, {
    ...intent,
    clusters: intent.clusters
      .map(cluster => ({
        ...cluster,
        environments: cluster.environments.filter(entry => entry !== name),
      }))
      .filter(cluster => cluster.environments.length > 0),
    environments: environments
      .filter(environment => environment !== removed)
      .map((environment, index) => relinked(environment, removed, index)),
    parity: {
      ...intent.parity,
      allow: intent.parity.allow.flatMap(entry => withoutName(entry, name)),
    },
  });
}

function relinked(
  environment: IntentEnvironment,
  removed: IntentEnvironment,
  index: number,
): IntentEnvironment {
  if (environment.delivery.from !== removed.name) {
    return environment;
  }
  const { from: _, ...delivery } = environment.delivery;
  const { from } = removed.delivery;
  if (from !== undefined) {
    return { ...environment, delivery: { ...delivery, from } };
  }
  // Releases now arrive here by themselves, as they did where they arrived before.
  return index === 0
    ? { ...environment, delivery: { sync: removed.delivery.sync } }
    : { ...environment, delivery };
}

type Exception = Intent['parity']['allow'][number];

/** An exception for nothing but this environment and one other has nothing left to allow. */
function withoutName(entry: Exception, name: string): Exception[] {
  if (!entry.environments?.includes(name)) {
    return [entry];
  }
  const environments = entry.environments.filter(other => other !== name);
  return environments.length > 0 ? [{ ...entry, environments }] : [];
}
