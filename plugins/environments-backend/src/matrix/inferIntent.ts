import { Entity } from '@backstage/catalog-model';
import {
  ApplicationFact,
  Intent,
  intentSchema,
  MatrixInference,
} from '@envmatrix/engine';

/** An environment as app-config declares it, for every entity that has no intent of its own. */
export interface EnvironmentDefinition {
  readonly name: string;
  readonly title?: string;
  readonly kind: 'production' | 'non-production';
  readonly cluster: string;
  /** `{name}` stands for the name of the entity. */
  readonly namespace: string;
  readonly argocd?: {
    readonly instance: string;
    readonly destination?: string;
  };
  readonly sync: 'automatic' | 'manual';
}

/** Environments that nobody declared for this entity, and how they were found. */
export type Inferred =
  | { readonly intent: Intent; readonly inference: MatrixInference }
  | { readonly problem: string };

interface Found {
  readonly name: string;
  readonly title?: string;
  readonly kind: 'production' | 'non-production';
  readonly sync: 'automatic' | 'manual';
  readonly targets: readonly {
    readonly cluster: string;
    readonly namespace: string;
    readonly argocd?: {
      readonly instance: string;
      readonly destination: string;
    };
  }[];
}

/** The definitions of app-config, for one entity. */
export function intentFromDefinitions(
  entity: Entity,
  definitions: readonly EnvironmentDefinition[],
): Inferred {
  const found = definitions.map(
    ({ name, title, kind, sync, cluster, namespace, argocd }): Found => ({
      name,
      title,
      kind,
      sync,
      targets: [
        {
          cluster,
          namespace: namespace.replaceAll('{name}', entity.metadata.name),
          ...(argocd
            ? {
                argocd: {
                  instance: argocd.instance,
                  destination: argocd.destination ?? cluster,
                },
              }
            : {}),
        },
      ],
    }),
  );
  return inferred(entity, found, {
    from: 'app-config',
    explanation: [
      "The environments are those of 'environments.definitions' in the portal's configuration",
    ],
  });
}

/** Where in the way to production a name stands; names of the field, in their order. */
const RANKS: readonly [RegExp, number][] = [
  [/^(local|sandbox|preview)/, 0],
  [/^(dev|development)/, 1],
  [/^(ci|int|integration)/, 3],
  [/^(test|qa|tst)/, 4],
  [/^(stag|stg|uat|acc|pre-?prod|preprd)/, 5],
  [/^(prod|prd|live)/, 9],
];

const UNKNOWN_RANK = 6;

const isProduction = (name: string) => rankOf(name) === 9;

/** Environments as the entity's applications tell them. */
export function intentFromApplications(
  entity: Entity,
  all: readonly ApplicationFact[],
): Inferred | undefined {
  // One without a namespace deploys other applications, or a platform: it is no place where the service runs.
  const applications = all.filter(
    ({ destination }) => destination.namespace !== '',
  );
  if (applications.length === 0) {
    return undefined;
  }
  const explanation: string[] = [];
  const byName = new Map<string, ApplicationFact[]>();
  for (const application of applications) {
    const { name, reason } = environmentOf(entity, application);
    byName.set(name, [...(byName.get(name) ?? []), application]);
    explanation.push(
      `${name}: ${reason} of Application ${application.namespace}/${application.name} in Argo CD ${application.instance}`,
    );
  }
  const names = [...byName.keys()].sort(
    (a, b) => rankOf(a) - rankOf(b) || (a < b ? -1 : 1),
  );
  const found = names.map((name): Found => {
    const own = byName.get(name) ?? [];
    return {
      name,
      kind: isProduction(name) ? 'production' : 'non-production',
      sync: own.every(({ automated }) => automated) ? 'automatic' : 'manual',
      targets: own.map(({ instance, destination }) => {
        const cluster = destination.name ?? destination.server ?? 'unknown';
        return {
          cluster,
          namespace: destination.namespace,
          argocd: { instance, destination: cluster },
        };
      }),
    };
  });
  if (names.length > 1) {
    explanation.push(
      `Their order, ${names.join(
        ', ',
      )}, is guessed from their names; an environments.yaml would say it`,
    );
  }
  return inferred(entity, found, { from: 'applications', explanation });
}

function inferred(
  entity: Entity,
  found: readonly Found[],
  inference: MatrixInference,
): Inferred {
  const targets = found.flatMap(environment =>
    environment.targets.map(target => ({ ...target, name: environment.name })),
  );
  const clusters = [...new Set(targets.map(({ cluster }) => cluster))];
  // Not every rule for an intent that somebody writes: there may be no production yet.
  const result = intentSchema.safeParse({
    apiVersion: 'environments.envmatrix.dev/v1alpha1',
    kind: 'Environments',
    metadata: {
      name: serviceNameOf(entity),
      owner: ownerOf(entity),
    },
    isolation: 'custom',
    clusters: clusters.map(cluster => {
      const here = targets.filter(target => target.cluster === cluster);
      return {
        name: cluster,
        environments: [...new Set(here.map(({ name }) => name))],
        ...(here[0].argocd ? { argocd: here[0].argocd } : {}),
      };
    }),
    environments: found.map(({ name, title, kind, sync, ...rest }, index) => ({
      name,
      ...(title === undefined ? {} : { title }),
      level: index,
      kind,
      ...placeOf(rest.targets),
      delivery: {
        sync,
        ...(index === 0 ? {} : { from: found[index - 1].name }),
      },
    })),
  });
  return result.success
    ? { intent: result.data, inference }
    : {
        problem: `The environments of this entity cannot be worked out: ${result.error.issues
          .map(({ path, message }) => `${path.join('.')}: ${message}`)
          .join('; ')}`,
      };
}

function placeOf(targets: Found['targets']): object {
  const [first] = targets;
  return targets.length === 1
    ? { cluster: first.cluster, namespace: first.namespace }
    : {
        targets: targets.map(({ cluster, namespace }) => ({
          cluster,
          namespace,
        })),
      };
}

/** The label that says it, else what the namespace, the application or the cluster is called beyond the service. */
function environmentOf(
  entity: Entity,
  { labels, destination, name }: ApplicationFact,
): { name: string; reason: string } {
  const label = ['environment', 'env'].find(key => labels[key]);
  if (label !== undefined) {
    return { name: dnsLabel(labels[label]), reason: `label ${label}` };
  }
  const service = entity.metadata.name;
  const namespace = beyond(service, destination.namespace);
  if (namespace !== undefined) {
    return {
      name: namespace,
      reason: `destination namespace ${destination.namespace}`,
    };
  }
  const own = beyond(service, name);
  if (own !== undefined) {
    return { name: own, reason: 'name' };
  }
  const cluster = destination.name ?? destination.server ?? '';
  return {
    name: dnsLabel(cluster.replace(/^https?:\/\//, '') || name),
    reason: 'destination cluster',
  };
}

/** `checkout-dev` beyond `checkout` is `dev`, and so is `dev-checkout`. */
function beyond(service: string, text: string): string | undefined {
  if (text.startsWith(`${service}-`)) {
    return dnsLabel(text.slice(service.length + 1));
  }
  if (text.endsWith(`-${service}`)) {
    return dnsLabel(text.slice(0, -service.length - 1));
  }
  return undefined;
}

function rankOf(name: string): number {
  return RANKS.find(([pattern]) => pattern.test(name))?.[1] ?? UNKNOWN_RANK;
}

function serviceNameOf(entity: Entity): string {
  return dnsLabel(entity.metadata.name, 40);
}

function ownerOf(entity: Entity): string {
  const owner = entity.spec?.owner;
  return typeof owner === 'string' ? owner : 'unknown';
}

function dnsLabel(text: string, length: number = 20): string {
  return (
    text
      .toLocaleLowerCase('en-US')
      .replace(/[^a-z0-9]+/g, '-')
      .slice(0, length)
      .replace(/^-+|-+$/g, '') || 'unknown'
  );
}
