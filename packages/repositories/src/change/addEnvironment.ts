import { Intent, IntentEnvironment, targetsOf } from '@envmatrix/engine';
import { RenderError } from '../types';
import { keepPlatform } from './keepPlatform';

/**
 * An environment that a service is to have beside those that it has. It is no production: a service has one, the last.
 *
 * @public
 */
export interface EnvironmentAddition {
  readonly name: string;
  readonly title?: string;
  readonly purpose?: string;
  /** The environment that it is promoted from; it comes right behind it. */
  readonly after: string;
  /** The cluster that it runs in: one of the intent's, or a new one. The one of `after` when absent; its own with isolation `separate`. */
  readonly cluster?: string;
  /** Where a new cluster is on AWS; the account of the cluster of `after` when absent. */
  readonly accountId?: string;
  /** Where a new cluster is on AWS; the region of the cluster of `after` when absent. */
  readonly region?: string;
  /** Host name that the service answers to there; needed where the service is exposed. */
  readonly host?: string;
  /** Channel that its alerts go to. */
  readonly slack?: string;
}

/** Levels are whole numbers from 0 to this. */
const MAX_LEVEL = 100;

const LEAST_REPLICAS = 2;

/**
 * The intent with one more environment. What is not said of it is as in the environment beside it that is nearer to production, so that it is
 * neither smaller than what comes before nor larger than what comes after; clusters, networks and Terraform roots that
 * are there stay where they are.
 *
 * @throws {@link RenderError} when there is no place for it.
 * @public
 */
export function addEnvironment(
  intent: Intent,
  addition: EnvironmentAddition,
): Intent {
  const { environments } = intent;
  const position = environments.findIndex(
    ({ name }) => name === addition.after,
  );
  const before = environments[position];
  if (!before) {
    throw new RenderError(
      'after',
      `there is no environment '${addition.after}'; there are ${namesOf(
        environments,
      )}`,
    );
  }
  if (before.kind === 'production') {
    throw new RenderError(
      'after',
      `'${before.name}' is production, and nothing is promoted from there; choose one of the others`,
    );
  }
  if (environments.some(({ name }) => name === addition.name)) {
    throw new RenderError(
      'name',
      `there is an environment '${addition.name}' already; choose another name`,
    );
  }
  const next = environments[position + 1];
  const model = next?.kind === 'non-production' ? next : before;
  const cluster =
    addition.cluster ??
    (intent.isolation === 'separate'
      ? addition.name
      : targetsOf(before)[0].cluster);
  const added: IntentEnvironment = {
    name: addition.name,
    ...given('title', addition.title),
    level: before.level + 1,
    kind: 'non-production',
    purpose:
      addition.purpose ??
      `Between ${before.name} and ${next?.name ?? 'production'}`,
    ...given('dataClass', model.dataClass),
    cluster,
    namespace: `${intent.metadata.name}-${addition.name}`,
    delivery: {
      sync: 'automatic',
      from: before.name,
      way: 'commit',
      trigger: 'manual',
      gates: [{ health: true }],
    },
    ...given('workload', workloadOf(model)),
    ...given('quota', model.quota),
    ...given('infrastructure', model.infrastructure),
    ...given('host', addition.host),
    ...given('certificate', model.certificate),
    ...given('secrets', model.secrets),
    ...given('observability', observabilityOf(model, addition.slack)),
  };
  return keepPlatform(intent, {
    ...intent,
    clusters: clustersWith(intent, { addition, cluster, before }),
    environments: withLevels([
      ...environments.slice(0, position + 1),
      added,
      ...environments.slice(position + 1).map(environment =>
        environment.delivery.from === before.name
          ? {
              ...environment,
              delivery: { ...environment.delivery, from: addition.name },
            }
          : environment,
      ),
    ]),
  });
}

/** What only shows with several replicas has to show before production. */
function workloadOf({ workload }: IntentEnvironment) {
  if (!workload) {
    return undefined;
  }
  const { replicas } = workload;
  if (typeof replicas === 'number') {
    return { ...workload, replicas: Math.max(replicas, LEAST_REPLICAS) };
  }
  return replicas
    ? {
        ...workload,
        replicas: {
          min: Math.max(replicas.min, LEAST_REPLICAS),
          max: Math.max(replicas.max, LEAST_REPLICAS),
        },
      }
    : workload;
}

/** A channel is where people are; it is not taken over from another environment. */
function observabilityOf(
  model: IntentEnvironment,
  slack: string | undefined,
): IntentEnvironment['observability'] {
  const { slack: _, ...rest } = model.observability ?? {};
  const own = { ...rest, ...given('slack', slack) };
  return Object.keys(own).length > 0 ? own : undefined;
}

/** New clusters come last: the networks of the others are numbered by their order. */
function clustersWith(
  intent: Intent,
  options: {
    addition: EnvironmentAddition;
    cluster: string;
    before: IntentEnvironment;
  },
): Intent['clusters'] {
  const { addition, cluster, before } = options;
  const { clusters } = intent;
  if (clusters.some(({ name }) => name === cluster)) {
    return clusters.map(entry =>
      entry.name === cluster
        ? { ...entry, environments: [...entry.environments, addition.name] }
        : entry,
    );
  }
  const [{ cluster: neighbour }] = targetsOf(before);
  const model = clusters.find(({ name }) => name === neighbour);
  const accountId = addition.accountId ?? model?.aws?.accountId;
  const region = addition.region ?? model?.aws?.region;
  return [
    ...clusters,
    {
      name: cluster,
      environments: [addition.name],
      ...given('kubernetesVersion', model?.kubernetesVersion),
      ...(model?.argocd
        ? { argocd: { ...model.argocd, destination: cluster } }
        : {}),
      ...(accountId && region ? { aws: { accountId, region } } : {}),
      ...given('nodes', model?.nodes),
      ...(model?.vault
        ? { vault: { authMount: `kubernetes-${cluster}` } }
        : {}),
    },
  ];
}

/** A level of its own for each, changed as little as possible. */
function withLevels(environments: IntentEnvironment[]): IntentEnvironment[] {
  let least = 0;
  const levels = environments.map(({ level }) => {
    const own = Math.max(level, least);
    least = own + 1;
    return own;
  });
  return environments.map((environment, index) => ({
    ...environment,
    level: Math.min(
      levels[index],
      MAX_LEVEL - (environments.length - 1 - index),
    ),
  }));
}

function namesOf(environments: readonly IntentEnvironment[]): string {
  return environments.map(({ name }) => name).join(', ');
}

/** A field with its value, or none. */
function given<K extends string, V>(
  name: K,
  value: V | undefined,
): { [key in K]?: V } {
  return value === undefined ? {} : ({ [name]: value } as { [key in K]: V });
}
