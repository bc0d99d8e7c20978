import { parse } from '@cdktf/hcl2json';
import { Intent } from '@envmatrix/engine';
import { z } from 'zod';
import { RepositoryFile } from '../../../types';
import { objectsOf, WrittenObject } from './objects';

const storeSchema = z.object({
  metadata: z.object({ name: z.string(), namespace: z.string() }),
  spec: z.object({
    provider: z.object({
      vault: z.object({
        path: z.string(),
        version: z.literal('v2'),
        auth: z.object({
          kubernetes: z.object({
            role: z.string(),
            serviceAccountRef: z.object({
              name: z.string(),
              audiences: z.array(z.string()),
            }),
          }),
        }),
      }),
    }),
  }),
});

const secretSchema = z.object({
  metadata: z.object({ namespace: z.string() }),
  spec: z.object({
    secretStoreRef: z.object({ kind: z.string(), name: z.string() }),
    data: z.array(z.object({ remoteRef: z.object({ key: z.string() }) })),
  }),
});

const policySchema = z.strictObject({
  path: z.record(
    z.string(),
    z.array(z.strictObject({ capabilities: z.array(z.string()) })),
  ),
});

const roleSchema = z.object({
  bound_service_account_names: z.array(z.string()),
  bound_service_account_namespaces: z.array(z.string()),
  audience: z.string(),
  token_policies: z.array(z.string()),
});

/** What the stores of one environment open with one role. */
interface Sign {
  readonly environment: string;
  readonly role: string;
  readonly accounts: ReadonlySet<string>;
  readonly namespaces: ReadonlySet<string>;
  readonly audiences: ReadonlySet<string>;
  /** As policies name them. */
  readonly paths: ReadonlySet<string>;
}

const POLICY = /^vault\/policies\/(.+)\.hcl$/;
const ROLE = /^vault\/roles\/(.+)\.json$/;

/** What roles and policies of Vault let in that no store of an environment needs, and what they keep out that one does. */
export async function vaultProblems(
  intent: Intent,
  files: readonly RepositoryFile[],
): Promise<string[]> {
  const objects = objectsOf(intent, files);
  const signs = intent.environments.flatMap(({ name }) =>
    signsOf(
      name,
      objects.filter(({ where }) => where === `overlay ${name}`),
    ),
  );
  const policies = await policiesOf(files);
  const roles = rolesOf(files);
  return [
    ...signs.flatMap(sign => roleProblems(sign, roles, policies)),
    ...signs.flatMap((sign, index) =>
      signs
        .slice(index + 1)
        .filter(other => other.role === sign.role)
        .map(
          other =>
            `${sign.environment} and ${other.environment} open Vault with one role, ${sign.role}`,
        ),
    ),
    ...[...roles.keys()]
      .filter(name => signs.every(({ role }) => role !== name))
      .map(name => `role ${name} is of no store`),
    ...[...policies.keys()]
      .filter(name =>
        [...roles.values()].every(role => !role.token_policies.includes(name)),
      )
      .map(name => `policy ${name} is of no role`),
  ];
}

function roleProblems(
  sign: Sign,
  roles: ReadonlyMap<string, z.infer<typeof roleSchema>>,
  policies: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>,
): string[] {
  const where = `role ${sign.role} of ${sign.environment}`;
  const role = roles.get(sign.role);
  if (!role) {
    return [`${where} is nowhere`];
  }
  const missing = role.token_policies.filter(name => !policies.has(name));
  const granted = new Map(
    role.token_policies.flatMap(name => [...(policies.get(name) ?? [])]),
  );
  return [
    ...missing.map(name => `${where} has policy ${name}, which is nowhere`),
    ...unlike(
      `${where} binds ServiceAccounts`,
      role.bound_service_account_names,
      sign.accounts,
    ),
    ...unlike(
      `${where} binds namespaces`,
      role.bound_service_account_namespaces,
      sign.namespaces,
    ),
    ...unlike(`${where} has audience`, [role.audience], sign.audiences),
    ...unlike(`${where} reads`, [...granted.keys()], sign.paths),
    ...[...granted]
      .filter(([, capabilities]) => capabilities.join() !== 'read')
      .map(
        ([path, capabilities]) =>
          `${where} may ${capabilities.join(', ')} at ${path}`,
      ),
  ];
}

function unlike(
  what: string,
  found: readonly string[],
  wanted: ReadonlySet<string>,
): string[] {
  const [is, should] = [found, [...wanted]].map(list =>
    [...list].sort().join(', '),
  );
  return is === should ? [] : [`${what} ${is}, and should ${should}`];
}

/** The stores of an environment that are of Vault, by role, with what its ExternalSecrets read through them. */
function signsOf(
  environment: string,
  objects: readonly WrittenObject[],
): Sign[] {
  const secrets = objects
    .filter(({ kind }) => kind === 'ExternalSecret')
    .map(({ value }) => secretSchema.parse(value));
  const signs = new Map<string, Sign>();
  for (const { value } of objects.filter(
    ({ kind, value: store }) =>
      kind === 'SecretStore' && JSON.stringify(store).includes('"vault":'),
  )) {
    const store = storeSchema.parse(value);
    const { path, auth } = store.spec.provider.vault;
    const { role, serviceAccountRef } = auth.kubernetes;
    const keys = secrets
      .filter(
        ({ metadata, spec }) =>
          metadata.namespace === store.metadata.namespace &&
          spec.secretStoreRef.kind === 'SecretStore' &&
          spec.secretStoreRef.name === store.metadata.name,
      )
      .flatMap(({ spec }) => spec.data.map(({ remoteRef }) => remoteRef.key));
    const before = signs.get(role);
    signs.set(role, {
      environment,
      role,
      accounts: new Set([...(before?.accounts ?? []), serviceAccountRef.name]),
      namespaces: new Set([
        ...(before?.namespaces ?? []),
        store.metadata.namespace,
      ]),
      audiences: new Set([
        ...(before?.audiences ?? []),
        ...serviceAccountRef.audiences,
      ]),
      paths: new Set([
        ...(before?.paths ?? []),
        // Version 2 of the engine keeps values below one part of a path, and when they were written below another.
        ...keys.flatMap(key => [
          `${path}/data/${key}`,
          `${path}/metadata/${key}`,
        ]),
      ]),
    });
  }
  return [...signs.values()];
}

async function policiesOf(
  files: readonly RepositoryFile[],
): Promise<Map<string, Map<string, readonly string[]>>> {
  const policies = new Map<string, Map<string, readonly string[]>>();
  for (const { path, content } of files) {
    const name = POLICY.exec(path)?.[1];
    if (name !== undefined) {
      const policy = policySchema.parse(await parse(path, content));
      policies.set(
        name,
        new Map(
          Object.entries(policy.path).map(([at, blocks]) => [
            at,
            blocks.flatMap(({ capabilities }) => capabilities),
          ]),
        ),
      );
    }
  }
  return policies;
}

function rolesOf(
  files: readonly RepositoryFile[],
): Map<string, z.infer<typeof roleSchema>> {
  return new Map(
    files.flatMap(({ path, content }) => {
      const name = ROLE.exec(path)?.[1];
      return name === undefined
        ? []
        : [[name, roleSchema.parse(JSON.parse(content))] as const];
    }),
  );
}
