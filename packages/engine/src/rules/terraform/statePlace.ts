import { JsonObject, isObject } from '../../model/json';
import { resolvedPath } from '../../terraform/configuration';
import { isKnown } from '../../terraform/expression/evaluate';
import { TerraformBackend, TerraformRoot } from '../../terraform/types';
import { BlockStart } from './verdicts';

/** What names the place of a state, by the type of the backend; each is a path to an argument. */
export const PLACE: Readonly<Record<string, readonly string[]>> = {
  s3: ['bucket', 'key'],
  local: ['path'],
  gcs: ['bucket', 'prefix'],
  azurerm: ['storage_account_name', 'container_name', 'key'],
  http: ['address'],
  consul: ['path'],
  pg: ['schema_name'],
  kubernetes: ['namespace', 'secret_suffix'],
  oss: ['bucket', 'key'],
  cos: ['bucket', 'key'],
  remote: ['organization', 'workspaces.name'],
  cloud: ['organization', 'workspaces.name'],
};

/** What a backend takes where nothing is said. */
const OPTIONAL: Readonly<Record<string, string>> = {
  prefix: '',
  namespace: 'default',
};

/**
 * What says in which database, cluster or server a place is, and is mostly given by the surroundings of a run: the same place
 * is one only where these are known to be the same. The values may hold passwords, and are never shown.
 */
const WITHIN: Readonly<Record<string, readonly string[]>> = {
  pg: ['conn_str'],
  kubernetes: [
    'host',
    'config_path',
    'config_paths',
    'config_context',
    'config_context_cluster',
  ],
  consul: ['address', 'datacenter'],
};

/** What holds the states of several environments together, by the type of the backend. */
export const CONTAINER: Readonly<Record<string, string>> = {
  s3: 'bucket',
  gcs: 'bucket',
  azurerm: 'storage_account_name',
  oss: 'bucket',
  cos: 'bucket',
};

/** Where an argument of a backend is to be found: in the file that completes it, or in its block. */
export function lineOfBackend(backend: TerraformBackend, argument?: string) {
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

export function backendLine({ type }: TerraformBackend): BlockStart {
  return {
    pattern:
      type === 'cloud'
        ? /^\s*"?cloud"?\s*[:{]/
        : new RegExp(`^\\s*"?backend"?[\\s:{]*"${type}"`),
    index: 0,
  };
}

/** `s3 bucket/key`; undefined where it is not literal. */
export function placeOf(root: TerraformRoot): string | undefined {
  const { backend, workspace } = root;
  if (!backend || missingOf(backend, root).length > 0) {
    return undefined;
  }
  const names = PLACE[backend.type];
  const inWorkspace = workspace === undefined ? '' : ` in ${workspace}`;
  if (!names) {
    return `${backend.type} ${JSON.stringify(backend.config)}${inWorkspace}`;
  }
  const parts = names.map(name => partOf(root, backend, name));
  // A local path is relative to the root.
  if (backend.type === 'local') {
    return `local ${resolvedPath(
      root.folder,
      parts[0] ?? 'terraform.tfstate',
    )}${inWorkspace}`;
  }
  return `${backend.type} ${parts
    .map(part => part?.replace(/^\/+|\/+$/g, ''))
    .join('/')}${inWorkspace}`;
}

/**
 * Whether two roots with the same place keep one state: yes, no, or undefined where the database or cluster that the place is
 * in is said nowhere.
 */
export function isOneState(
  left: TerraformRoot,
  right: TerraformRoot,
): boolean | undefined {
  const [own, other] = [left, right].map(root =>
    (WITHIN[root.backend?.type ?? ''] ?? []).map(name =>
      literal(root, root.backend?.config ?? {}, name),
    ),
  );
  const told = own.flatMap((part, index) =>
    part !== undefined && other[index] !== undefined
      ? [part === other[index]]
      : [],
  );
  if (told.includes(false)) {
    return false;
  }
  return own.length === 0 ||
    (told.length > 0 &&
      own.every(
        (part, index) => (part === undefined) === (other[index] === undefined),
      ))
    ? true
    : undefined;
}

/** The arguments without which the place is not known. */
export function missingOf(
  backend: TerraformBackend,
  root: TerraformRoot,
): string[] {
  const names = PLACE[backend.type];
  if (!names) {
    // What places of this type are made of is not known; some arguments are all there is.
    return Object.keys(backend.config).length > 0 &&
      isKnown(root.evaluate(backend.config))
      ? []
      : ['its place'];
  }
  return names
    .filter(name => partOf(root, backend, name) === undefined)
    .map(name => name.split('.').join(' '));
}

/** A part of a place, or what the backend takes where nothing is said. */
function partOf(
  root: TerraformRoot,
  backend: TerraformBackend,
  name: string,
): string | undefined {
  const { type, config } = backend;
  const said = valueOf(root, config, name);
  if (said !== undefined && said !== null) {
    return typeof said === 'string' ? said : undefined;
  }
  switch (`${type} ${name}`) {
    case 'local path':
      return 'terraform.tfstate';
    case 'pg schema_name':
      // Without either the backend is given its arguments when Terraform is initialised, or by the surroundings.
      return valueOf(root, config, 'conn_str') === undefined
        ? undefined
        : 'terraform_remote_state';
    default:
      return OPTIONAL[name];
  }
}

/** An argument of a backend that is text and known. */
export function literal(
  root: TerraformRoot,
  config: JsonObject,
  path: string,
): string | undefined {
  const found = valueOf(root, config, path);
  return typeof found === 'string' ? found : undefined;
}

function valueOf(
  root: TerraformRoot,
  config: JsonObject,
  path: string,
): unknown {
  let value: unknown = config;
  for (const name of path.split('.')) {
    const holder: unknown = Array.isArray(value) ? value[0] : value;
    value =
      typeof holder === 'object' && holder !== null
        ? new Map<string, unknown>(Object.entries(holder)).get(name)
        : undefined;
  }
  // OpenTofu lets a backend name variables; Terraform refuses them.
  return root.evaluate(value);
}
