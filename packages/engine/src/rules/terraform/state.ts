import { JsonObject, isObject } from '../../model/json';
import { spellingsOf } from '../../model/tokens';
import { resolvedPath } from '../../terraform/configuration';
import { TerraformBackend, TerraformRoot } from '../../terraform/types';
import { Rule, RuleContext, Verdict } from '../rule';
import { listed, rolesOf } from '../view';
import { ownBlocks } from './values';
import {
  BlockStart,
  needsFiles,
  onRoot,
  placeOfArgument,
  roleOf,
  rootsOf,
} from './verdicts';

/** What names the place of a state, by the type of the backend; each is a path to an argument. */
const PLACE: Readonly<Record<string, readonly string[]>> = {
  s3: ['bucket', 'key'],
  local: ['path'],
  gcs: ['bucket', 'prefix'],
  azurerm: ['storage_account_name', 'container_name', 'key'],
  http: ['address'],
  consul: ['path'],
  pg: ['schema_name'],
  kubernetes: ['secret_suffix'],
  oss: ['bucket', 'key'],
  cos: ['bucket', 'key'],
  remote: ['organization', 'workspaces.name'],
  cloud: ['organization', 'workspaces.name'],
};

/** What a backend takes where nothing is said. */
const OPTIONAL: Readonly<Record<string, string>> = {
  prefix: '',
  schema_name: 'terraform_remote_state',
};

/** What holds the states of several environments together, by the type of the backend. */
const CONTAINER: Readonly<Record<string, string>> = {
  s3: 'bucket',
  gcs: 'bucket',
  azurerm: 'storage_account_name',
  oss: 'bucket',
  cos: 'bucket',
};

export const ownState: Rule = {
  id: 'TF-03',
  kind: 'must differ',
  title: 'No two roots share a state',
  guideStep: 7,
  sources: ['terraform', 'intent'],
  semantics:
    'The place of the state is literal and different in every root, in the backend block or in a file that completes it for one environment; with an account of its own, production has a bucket of its own.',
  remedy: 'Give the root a key of its own, in the bucket of its account.',
  appliesTo: needsFiles,
  evaluate: context => {
    const roots = rootsOf(context).filter(({ files }) => files.size > 0);
    return roots.flatMap(root => {
      const problems = [
        ...togetherProblems(context, root),
        ...placeProblems(context, root, roots),
        ...bucketProblems(context, root, roots),
      ];
      return problems.length > 0 ? problems : [onRoot(context, root)];
    });
  },
};

/** Production and others in one root, and so in one state: a module for each, or one that is repeated for each. */
function togetherProblems(
  context: RuleContext,
  root: TerraformRoot,
): Verdict[] {
  const roles = rolesOf(context.intent);
  const names = [...roles.keys()];
  const environmentsIn = (words: readonly string[]) =>
    names.filter(name =>
      spellingsOf(name, names).some(word => words.includes(word)),
    );
  const modules = ownBlocks(root, 'module');
  const repeated = modules.flatMap(({ values }) => {
    const each: unknown = values.for_each;
    return Array.isArray(each)
      ? each.map(String)
      : isObject(each)
      ? Object.keys(each)
      : [];
  });
  const found = environmentsIn([
    ...repeated,
    ...modules.flatMap(({ labels }) => labels[0].split(/[-_]/)),
  ]);
  const [block] = modules;
  return found.some(name => roles.get(name) === 'prod') &&
    found.some(name => roles.get(name) !== 'prod')
    ? [
        onRoot(context, root, {
          ...placeOfArgument(block, 'for_each'),
          reason: `${root.name} makes ${listed(
            found,
          )}, and keeps them in one state`,
          remedy: 'Give every environment a root of its own.',
        }),
      ]
    : [];
}

function placeProblems(
  context: RuleContext,
  root: TerraformRoot,
  roots: readonly TerraformRoot[],
): Verdict[] {
  const { backend } = root;
  if (!backend) {
    return root.isShared && root.workspace === undefined
      ? [sharedPlace(context, root)]
      : [
          onRoot(context, root, {
            reason: `${root.name} declares no backend, so its state is a file beside it`,
            remedy: 'Add backend.tf with a backend block.',
          }),
        ];
  }
  const place = placeOf(root);
  if (place === undefined) {
    const lacking = missingOf(backend, root);
    return [
      onRoot(context, root, {
        outcome: 'unknown',
        file: backend.file,
        reason: `Where ${root.name} keeps its state is not literal in ${
          backend.completedBy?.name ?? backend.file.name
        }: ${lacking.join(' and ')} ${
          lacking.length === 1 ? 'is' : 'are'
        } given when Terraform is initialised`,
        remedy: `Write ${lacking.join(
          ' and ',
        )} into the backend block, or into a file for this environment that -backend-config names.`,
      }),
    ];
  }
  const sharing = roots.filter(
    other => other !== root && placeOf(other) === place,
  );
  if (sharing.length === 0) {
    return [];
  }
  if (
    root.isShared &&
    !backend.completedBy &&
    sharing.every(other => other.folder === root.folder)
  ) {
    return [sharedPlace(context, root)];
  }
  const argument = (PLACE[backend.type] ?? ['path']).at(-1)?.split('.').at(-1);
  return [
    onRoot(context, root, {
      argument,
      value: place,
      ...lineOfBackend(backend, argument),
      reason: `${root.name} keeps its state where ${sharing
        .map(({ name }) => name)
        .join(' and ')} keeps its: ${place}`,
    }),
  ];
}

/** One backend for all environments: a workspace, or an argument that nobody wrote down, keeps them apart. */
function sharedPlace(context: RuleContext, root: TerraformRoot): Verdict {
  return onRoot(context, root, {
    outcome: 'unknown',
    file: root.backend?.file,
    ...(root.backend ? { within: backendLine(root.backend) } : {}),
    reason: `${
      root.folder || 'The only root'
    } has one backend for every environment, and no file says by what the state of ${
      root.name
    } is kept apart`,
    remedy:
      'Give every environment a file that completes the backend, or a root of its own.',
  });
}

/** Where an argument of a backend is to be found: in the file that completes it, or in its block. */
function lineOfBackend(backend: TerraformBackend, argument?: string) {
  const { completedBy, file } = backend;
  const isCompleted =
    argument !== undefined &&
    completedBy !== undefined &&
    isObject(completedBy.json) &&
    Object.hasOwn(completedBy.json, argument);
  return isCompleted
    ? { file: completedBy }
    : { file, within: backendLine(backend) };
}

function backendLine({ type }: TerraformBackend): BlockStart {
  return {
    pattern:
      type === 'cloud'
        ? /^\s*"?cloud"?\s*[:{]/
        : new RegExp(`^\\s*"?backend"?[\\s:{]*"${type}"`),
    index: 0,
  };
}

/** `s3 bucket/key`; undefined where it is not literal. */
function placeOf(root: TerraformRoot): string | undefined {
  const { backend, workspace } = root;
  if (!backend) {
    return undefined;
  }
  const names = PLACE[backend.type];
  const inWorkspace = workspace === undefined ? '' : ` in ${workspace}`;
  if (!names) {
    return `${backend.type} ${JSON.stringify(backend.config)}${inWorkspace}`;
  }
  // A local path is relative to the root.
  if (backend.type === 'local') {
    const path = literal(root, backend.config, 'path');
    return `local ${resolvedPath(
      root.folder,
      path ?? 'terraform.tfstate',
    )}${inWorkspace}`;
  }
  const parts = names.map(name => literal(root, backend.config, name));
  return parts.some(part => part === undefined)
    ? undefined
    : `${backend.type} ${parts
        .map(part => part?.replace(/^\/+|\/+$/g, ''))
        .join('/')}${inWorkspace}`;
}

/** The arguments without which the place is not known. */
function missingOf(backend: TerraformBackend, root: TerraformRoot): string[] {
  return (PLACE[backend.type] ?? [])
    .filter(name => literal(root, backend.config, name) === undefined)
    .map(name => name.split('.').join(' '));
}

function literal(
  root: TerraformRoot,
  config: JsonObject,
  path: string,
): string | undefined {
  let value: unknown = config;
  for (const name of path.split('.')) {
    const holder: unknown = Array.isArray(value) ? value[0] : value;
    value =
      typeof holder === 'object' && holder !== null
        ? new Map<string, unknown>(Object.entries(holder)).get(name)
        : undefined;
  }
  // OpenTofu lets a backend name variables; Terraform refuses them.
  const found = root.evaluate(value);
  return typeof found === 'string' ? found : OPTIONAL[path];
}

function bucketProblems(
  context: RuleContext,
  root: TerraformRoot,
  roots: readonly TerraformRoot[],
): Verdict[] {
  const { backend } = root;
  const field = backend && CONTAINER[backend.type];
  const bucket = field && literal(root, backend.config, field);
  if (!bucket || roleOf(context, root) !== 'prod') {
    return [];
  }
  const account = accountOf(context, root);
  const others = roots.filter(
    other =>
      roleOf(context, other) !== 'prod' &&
      other.environments.length > 0 &&
      other.backend?.type === backend.type &&
      literal(other, other.backend.config, field) === bucket,
  );
  if (others.length === 0) {
    return [];
  }
  const apart = others.some(
    other => account !== undefined && accountOf(context, other) !== account,
  );
  return [
    onRoot(context, root, {
      outcome: apart ? 'fail' : 'warn',
      argument: field,
      value: bucket,
      ...lineOfBackend(backend, field),
      reason: `${root.name} keeps its state in ${bucket}, as ${others
        .map(({ name }) => name)
        .join(' and ')} does: only the key separates them`,
    }),
  ];
}

export function accountOf(
  context: RuleContext,
  root: TerraformRoot,
): string | undefined {
  const { clusters, environments } = context.intent;
  const names = environments
    .filter(({ name }) => root.environments.includes(name))
    .flatMap(environment => [
      environment.cluster,
      ...(environment.targets ?? []).map(({ cluster }) => cluster),
    ]);
  const accounts = new Set(
    clusters
      .filter(cluster => names.includes(cluster.name))
      .map(cluster => cluster.aws?.accountId),
  );
  return accounts.size === 1 ? [...accounts][0] : undefined;
}

export const lockedState: Rule = {
  id: 'TF-04',
  kind: 'absolute',
  title: 'States are locked and encrypted',
  guideStep: 7,
  sources: ['terraform'],
  semantics:
    'An S3 backend sets use_lockfile and encrypt. dynamodb_table is deprecated since Terraform 1.11. An HTTP backend names the address that locks. Other backends lock by themselves.',
  remedy: 'Set encrypt = true and use_lockfile = true.',
  appliesTo: needsFiles,
  evaluate: context =>
    rootsOf(context).flatMap(root => {
      const { backend } = root;
      if (!backend) {
        return [];
      }
      const problems =
        backend.type === 's3'
          ? s3Problems(context, root, backend)
          : unlockedHttp(context, root, backend);
      return problems.length > 0 ? problems : [onRoot(context, root)];
    }),
};

function unlockedHttp(
  context: RuleContext,
  root: TerraformRoot,
  backend: TerraformBackend,
): Verdict[] {
  const { type, config } = backend;
  return type === 'http' && config.lock_address === undefined
    ? [
        onRoot(context, root, {
          argument: 'lock_address',
          ...lineOfBackend(backend, 'lock_address'),
          reason: `Two runs at once can write the state of ${root.name}: nothing locks it`,
          remedy: 'Set lock_address and unlock_address.',
        }),
      ]
    : [];
}

function s3Problems(
  context: RuleContext,
  root: TerraformRoot,
  backend: TerraformBackend,
): Verdict[] {
  const { config } = backend;
  // What is given when Terraform is initialised may say it, where the rest is given then too.
  const isPartial = missingOf(backend, root).length > 0;
  const isOn = (name: string) => {
    const value = root.evaluate(config[name]);
    return value === true || value === 'true';
  };
  const lacking = (argument: string, reason: string): Verdict =>
    isPartial && config[argument] === undefined
      ? onRoot(context, root, {
          outcome: 'unknown',
          argument,
          ...lineOfBackend(backend, argument),
          reason: `Whether ${argument} is set for ${root.name} is not said in ${
            (backend.completedBy ?? backend.file).name
          }: the backend is completed when Terraform is initialised`,
        })
      : onRoot(context, root, {
          argument,
          value: config[argument],
          ...lineOfBackend(backend, argument),
          reason,
        });
  const hasTable = typeof config.dynamodb_table === 'string';
  return [
    ...(isOn('use_lockfile') || hasTable
      ? []
      : [
          lacking(
            'use_lockfile',
            `Two runs at once can write the state of ${root.name}: nothing locks it`,
          ),
        ]),
    ...(hasTable
      ? [
          onRoot(context, root, {
            outcome: 'warn' as const,
            argument: 'dynamodb_table',
            value: config.dynamodb_table,
            ...lineOfBackend(backend, 'dynamodb_table'),
            reason: 'dynamodb_table is deprecated since Terraform 1.11',
            remedy: 'Replace it by use_lockfile = true.',
          }),
        ]
      : []),
    ...(isOn('encrypt')
      ? []
      : [
          lacking(
            'encrypt',
            `The state of ${root.name} is not said to be encrypted`,
          ),
        ]),
  ];
}
