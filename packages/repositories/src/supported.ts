import { Intent } from '@envmatrix/engine';
import { RenderError } from './types';

/**
 * Refuses what an intent may say and the skeleton has no files for, before anything is written.
 *
 * @throws {@link RenderError} naming the field and its value.
 */
export function assertSupported(intent: Intent): void {
  only('isolation', intent.isolation, ['shared-nonprod']);
  only('cloud', intent.cloud, ['local']);
  only('service.exposure', intent.service.exposure, ['none']);
  only('service.database', intent.service.database, ['none']);
  if (intent.service.secrets && intent.service.secrets.length > 0) {
    throw new RenderError(
      'service.secrets',
      'secret stores are not rendered yet; leave it out',
    );
  }
  if (!intent.service.image) {
    throw new RenderError(
      'service.image',
      'is missing: the image repository that releases are tags of',
    );
  }
  for (const name of ['deployConfig', 'infrastructure'] as const) {
    if (!intent.repositories[name]) {
      throw new RenderError(`repositories.${name}`, 'is missing');
    }
  }
  const production = intent.environments.filter(
    environment => environment.kind === 'production',
  );
  if (production.length !== 1 || intent.environments.at(-1) !== production[0]) {
    throw new RenderError(
      'environments',
      'exactly one environment must be production, and it must be the last one',
    );
  }
  intent.environments.forEach((environment, index) => {
    const at = `environments.${index}`;
    if (environment.targets) {
      throw new RenderError(
        `${at}.targets`,
        'an environment in several clusters is not rendered yet; give it one cluster and namespace',
      );
    }
    if (typeof environment.workload?.replicas === 'object') {
      throw new RenderError(
        `${at}.workload.replicas`,
        'autoscaling is not rendered yet; give one number',
      );
    }
    if (environment.host !== undefined) {
      throw new RenderError(
        `${at}.host`,
        'exposure is not rendered yet; leave it out',
      );
    }
    for (const gate of environment.delivery.gates ?? []) {
      if (!('health' in gate)) {
        throw new RenderError(
          `${at}.delivery.gates`,
          `the gate '${Object.keys(gate)[0]}' is not enforced yet; 'health' is`,
        );
      }
    }
    const way = environment.delivery.way;
    if (way === 'workflow') {
      throw new RenderError(
        `${at}.delivery.way`,
        "'workflow' is not rendered yet; use commit or pull-request",
      );
    }
  });
  for (const [index, cluster] of intent.clusters.entries()) {
    const inProduction = intent.environments.filter(
      environment =>
        environment.cluster === cluster.name &&
        environment.kind === 'production',
    );
    const others = intent.environments.filter(
      environment =>
        environment.cluster === cluster.name &&
        environment.kind !== 'production',
    );
    if (inProduction.length > 0 && others.length > 0) {
      throw new RenderError(
        `clusters.${index}`,
        `'${cluster.name}' holds ${others
          .map(other => other.name)
          .join(
            ', ',
          )} beside production; with 'shared-nonprod' production has a cluster of its own`,
      );
    }
    if (
      others.length > 1 &&
      intent.environments.some(environment => environment.name === cluster.name)
    ) {
      throw new RenderError(
        `clusters.${index}.name`,
        `'${cluster.name}' is also the name of an environment, and both need a Terraform root of their own`,
      );
    }
  }
}

function only<T extends string>(
  field: string,
  value: T,
  supported: readonly T[],
): void {
  if (!supported.includes(value)) {
    throw new RenderError(
      field,
      `'${value}' is not rendered yet; ${supported
        .map(name => `'${name}'`)
        .join(', ')} is`,
    );
  }
}
