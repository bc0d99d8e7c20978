import { objectAt, objectsAt, stringAt } from '../model/json';
import { kindSubjects } from './subjects';
import {
  EnvironmentView,
  Rule,
  RuleContext,
  Verdict,
  always,
  notApplicable,
} from './rule';
import {
  containersOf,
  listed,
  objectsOfKind,
  podSpec,
  workloadsOf,
} from './view';
import { templatePath } from '../model/workloads';
import { ModelObject } from '../model/environmentModel';

const EXTERNAL_SECRET = 'external-secrets.io/ExternalSecret';
const STORE = 'external-secrets.io/SecretStore';
const CLUSTER_STORE = 'external-secrets.io/ClusterSecretStore';

export const secretStores: Rule = {
  id: 'SEC-02',
  kind: 'must differ',
  title: 'Every environment opens the secret store with rights of its own',
  guideStep: 14,
  sources: ['manifests', 'cluster'],
  semantics:
    'Each environment has a SecretStore of its own, with a role or mount that no other has. A ClusterSecretStore says with conditions which namespaces may use it, and is no way to share a role: conditions say who may read, and not what. Of a store that secrets refer to and that is not among the manifests nothing is known.',
  remedy:
    'Use a namespaced SecretStore, with a role that is bound to the namespace of this environment.',
  appliesTo: context =>
    kindSubjects(EXTERNAL_SECRET, STORE, CLUSTER_STORE)(context).length > 0
      ? { applies: true }
      : notApplicable('No secret comes from a store'),
  subjects: kindSubjects(STORE, CLUSTER_STORE),
  claims: [
    {
      at: ['/spec/provider'],
      kinds: [STORE, CLUSTER_STORE],
      judge: change =>
        /^(role|mountPath|path|namespace|server|region|roleArn|projectID|vaultUrl|name)$/.test(
          change.place.at(-1) ?? '',
        )
          ? {
              class: 'expected',
              reason:
                'Every environment opens the store with rights of its own',
            }
          : undefined,
    },
  ],
  evaluate: context => [
    ...sharedRights(context),
    ...context.environments.flatMap(environment => openStores(environment)),
    ...storesElsewhere(context),
  ],
};

/** What a store signs in as: two environments with the same can read each other's secrets. */
function rightsOf({ source }: ModelObject): string | undefined {
  const vault = objectAt(source.value, 'spec', 'provider', 'vault');
  const kubernetes = objectAt(vault, 'auth', 'kubernetes');
  const role = stringAt(kubernetes, 'role');
  if (role === undefined) {
    return undefined;
  }
  return `role ${role} at ${stringAt(kubernetes, 'mountPath') ?? 'kubernetes'}`;
}

function sharedRights(context: RuleContext): Verdict[] {
  const holders = new Map<string, { subject: string; names: string[] }>();
  for (const environment of context.environments) {
    for (const store of objectsOfKind(environment, STORE, CLUSTER_STORE)) {
      const rights = rightsOf(store);
      if (rights !== undefined) {
        const known = holders.get(rights);
        holders.set(rights, {
          subject: known?.subject ?? store.subject,
          names: [...new Set([...(known?.names ?? []), environment.name])],
        });
      }
    }
  }
  return [...holders]
    .filter(([, { names }]) => names.length > 1)
    .map(([rights, { subject, names }]) => ({
      outcome: 'fail',
      environments: names,
      subject,
      reason: `${listed(names)} open Vault with the same ${rights}`,
    }));
}

/** Stores of the whole cluster that every namespace may use. */
function openStores(environment: EnvironmentView): Verdict[] {
  return objectsOfKind(environment, CLUSTER_STORE)
    .filter(
      ({ source }) =>
        objectsAt(source.value, 'spec', 'conditions').length === 0,
    )
    .map(({ subject }) => ({
      outcome: 'fail',
      environments: [environment.name],
      subject,
      path: ['spec', 'conditions'],
      reason: 'Every namespace of the cluster may read through this store',
      remedy: 'Say in spec.conditions which namespaces may use it.',
    }));
}

interface StoreReference {
  /** `ClusterSecretStore vault` */
  readonly store: string;
  /** The first that refers to it, and where. */
  readonly subject: string;
  readonly path: readonly string[];
  readonly environments: string[];
}

/** Stores that come from somewhere else, from a repository of the platform for example: whom they let in stands there. */
function storesElsewhere(context: RuleContext): Verdict[] {
  const missing = new Map<string, StoreReference>();
  for (const environment of context.environments) {
    const present = new Set(
      objectsOfKind(environment, STORE, CLUSTER_STORE).map(
        ({ source }) => `${source.kind} ${source.name}`,
      ),
    );
    for (const reference of referencesOf(environment)) {
      const known = missing.get(reference.store);
      if (present.has(reference.store)) {
        continue;
      }
      if (!known) {
        missing.set(reference.store, {
          ...reference,
          environments: [environment.name],
        });
      } else if (!known.environments.includes(environment.name)) {
        known.environments.push(environment.name);
      }
    }
  }
  return [...missing.values()].map(
    ({ store, subject, path, environments }): Verdict => ({
      outcome: 'unknown',
      environments,
      subject,
      path,
      reason: `Secrets of ${listed(
        environments,
      )} come from ${store}, which is not among the manifests: whom it lets in is for the cluster to tell`,
      missing: 'cluster',
    }),
  );
}

/** The stores that the ExternalSecrets of an environment name: for all of their entries, or for one of them. */
function referencesOf(
  environment: EnvironmentView,
): Omit<StoreReference, 'environments'>[] {
  return objectsOfKind(environment, EXTERNAL_SECRET).flatMap(
    ({ subject, source }) => {
      const entries = (list: 'data' | 'dataFrom') =>
        objectsAt(source.value, 'spec', list).map(entry => ({
          reference: objectAt(entry, 'sourceRef', 'storeRef'),
          path: ['spec', list],
        }));
      return [
        {
          reference: objectAt(source.value, 'spec', 'secretStoreRef'),
          path: ['spec', 'secretStoreRef', 'name'],
        },
        ...entries('data'),
        ...entries('dataFrom'),
      ].flatMap(({ reference, path }) => {
        const name = stringAt(reference, 'name');
        const kind = stringAt(reference, 'kind') ?? 'SecretStore';
        return name === undefined
          ? []
          : [{ store: `${kind} ${name}`, subject, path }];
      });
    },
  );
}

/** Names of what is secret, where the value is not merely its name or its address. */
const SECRET_NAME =
  /(^|_)(PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|SECRET_?KEY|PRIVATE_?KEY|ACCESS_?KEY)$/;

export const noLiteralSecrets: Rule = {
  id: 'SEC-03',
  kind: 'absolute',
  title: 'No secret stands in git',
  guideStep: 14,
  sources: ['manifests'],
  semantics:
    'No manifest is a Secret with values, and no environment variable that is named like a secret has a literal value.',
  remedy:
    'Keep the value in the secret store, and let an ExternalSecret bring it. Take it out of the history too, and change it.',
  appliesTo: always,
  subjects: context => [context.service],
  evaluate: context =>
    context.environments.flatMap(environment => [
      ...objectsOfKind(environment, 'Secret')
        .filter(
          ({ source }) =>
            Object.keys(objectAt(source.value, 'data')).length > 0 ||
            Object.keys(objectAt(source.value, 'stringData')).length > 0,
        )
        .map(
          ({ subject, source }): Verdict => ({
            outcome: 'fail',
            environments: [environment.name],
            subject,
            // The values themselves are never repeated.
            values: {},
            locations: { [environment.name]: source.location },
            reason: 'A Secret with its values stands in the manifests',
          }),
        ),
      ...workloadsOf(environment).flatMap(workload =>
        containersOf(workload).flatMap(({ value, path }) =>
          objectsAt(value, 'env')
            .filter(({ name, value: literal }) =>
              isLiteralSecret(name, literal),
            )
            .map(
              ({ name }): Verdict => ({
                outcome: 'warn',
                environments: [environment.name],
                subject: workload.subject,
                path: [...path, 'env', String(name)],
                values: {},
                reason: `Variable ${name} has a literal value`,
              }),
            ),
        ),
      ),
    ]),
};

function isLiteralSecret(name: unknown, value: unknown): boolean {
  return (
    typeof name === 'string' &&
    SECRET_NAME.test(name.toUpperCase()) &&
    typeof value === 'string' &&
    value !== '' &&
    // A reference to another variable, a file or an address is no secret.
    !/^(\$\(|\/|[a-z+]+:\/\/)/.test(value)
  );
}

export const restartOnSecret: Rule = {
  id: 'SEC-11',
  kind: 'advisory',
  title: 'A workload restarts when its secret changes',
  guideStep: 15,
  sources: ['manifests'],
  semantics:
    'A workload that reads a secret into its environment is restarted when the secret changes, by Reloader or by a checksum in the annotations of its pods. Otherwise a rotation reaches it with the next release, whenever that is.',
  remedy:
    "Annotate the workload with reloader.stakater.com/auto: 'true', or with a checksum.",
  appliesTo: context =>
    context.environments.some(environment =>
      workloadsOf(environment).some(readsSecret),
    )
      ? { applies: true }
      : notApplicable('No workload reads a secret into its environment'),
  evaluate: context =>
    context.environments.flatMap(environment =>
      workloadsOf(environment)
        .filter(readsSecret)
        .map(
          (workload): Verdict => ({
            outcome: restarts(workload) ? 'pass' : 'warn',
            environments: [environment.name],
            subject: workload.subject,
            ...(restarts(workload)
              ? {}
              : {
                  reason: `Nothing restarts it in ${environment.name} when the secret changes`,
                }),
          }),
        ),
    ),
};

function readsSecret(workload: ModelObject): boolean {
  return (
    templatePath(workload.kind) !== undefined &&
    // Each run of a job reads what is there then.
    !workload.kind.startsWith('batch/') &&
    Object.keys(podSpec(workload)).length > 0 &&
    containersOf(workload).some(
      ({ value }) =>
        objectsAt(value, 'env').some(
          variable =>
            Object.keys(objectAt(variable, 'valueFrom', 'secretKeyRef'))
              .length > 0,
        ) ||
        objectsAt(value, 'envFrom').some(
          source => Object.keys(objectAt(source, 'secretRef')).length > 0,
        ),
    )
  );
}

function restarts(workload: ModelObject): boolean {
  const { value } = workload.source;
  const template = templatePath(workload.kind) ?? [];
  const annotations = {
    ...objectAt(value, 'metadata', 'annotations'),
    ...objectAt(value, ...template, 'metadata', 'annotations'),
  };
  return Object.keys(annotations).some(key =>
    /^(.*\.)?reloader\.stakater\.com\/|^checksum\/|secret-checksum|^vault\.hashicorp\.com\//.test(
      key,
    ),
  );
}
