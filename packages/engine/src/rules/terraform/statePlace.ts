import { JsonObject, isObject } from '../../model/json';
import { resolvedPath } from '../../terraform/configuration';
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
export function missingOf(
  backend: TerraformBackend,
  root: TerraformRoot,
): string[] {
  return (PLACE[backend.type] ?? [])
    .filter(name => literal(root, backend.config, name) === undefined)
    .map(name => name.split('.').join(' '));
}

export function literal(
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
