import { Intent, targetsOf } from '../intent';
import { JsonObject, isObject } from '../model/json';
import { readPlan } from './readPlan';
import { TerraformFile, TerraformModel, TerraformRoot } from './types';

/** Folders that hold what roots are made of, or what is applied once and by hand. */
const NO_ROOT = /(^|\/)(modules|\.terraform|bootstrap|tests|examples)(\/|$)/;

/** Roots, their variables, their state and their plans. */
export function buildTerraform(options: {
  intent: Intent;
  files?: readonly TerraformFile[];
  plans?: Readonly<Record<string, unknown>>;
}): TerraformModel | undefined {
  const { intent, files, plans = {} } = options;
  if (!files && Object.keys(plans).length === 0) {
    return undefined;
  }
  const folders = new Map<string, TerraformFile[]>();
  for (const file of files ?? []) {
    const folder = file.name.split('/').slice(0, -1).join('/');
    folders.set(folder, [...(folders.get(folder) ?? []), file]);
  }
  const roots = [...folders]
    .filter(([folder, inside]) => isRoot(intent, folder, inside))
    .map(([folder, inside]) => rootOf(intent, folder, inside, plans));
  const planned = Object.keys(plans)
    .filter(name => !roots.some(root => root.name === name))
    .map(name => rootOf(intent, name, [], plans));
  return {
    roots: [...roots, ...planned].sort(
      (left, right) => orderOf(intent, left) - orderOf(intent, right),
    ),
    hasFiles: files !== undefined,
    files: files ?? [],
  };
}

/** Environments that run in a cluster, or that are named so. */
function servedBy(intent: Intent, name: string): string[] {
  const named = intent.environments.filter(environment =>
    targetsOf(environment).length > 1
      ? name === environment.name || name.startsWith(`${environment.name}-`)
      : environment.name === name,
  );
  const inside = intent.environments.filter(environment =>
    targetsOf(environment).some(({ cluster }) => cluster === name),
  );
  return (named.length > 0 ? named : inside).map(
    environment => environment.name,
  );
}

/** A folder is a root when it keeps a state, or is named for an environment and holds Terraform. */
function isRoot(
  intent: Intent,
  folder: string,
  files: readonly TerraformFile[],
): boolean {
  if (NO_ROOT.test(`${folder}/`)) {
    return false;
  }
  const holdsTerraform = files.some(({ name }) => name.endsWith('.tf'));
  return (
    holdsTerraform &&
    (files.some(file => backendOf(file) !== undefined) ||
      servedBy(intent, lastOf(folder)).length > 0 ||
      /(^|\/)(environments|envs|live)\/[^/]+$/.test(folder))
  );
}

function rootOf(
  intent: Intent,
  folder: string,
  files: readonly TerraformFile[],
  plans: Readonly<Record<string, unknown>>,
): TerraformRoot {
  const name = lastOf(folder);
  const environments = servedBy(intent, name);
  const tfvars = files.filter(file => isTfvars(file.name));
  const backend = files
    .map(file => {
      const found = backendOf(file);
      return found && { ...found, file };
    })
    .find(found => found !== undefined);
  return {
    name,
    folder,
    environments,
    isPlatform: !intent.environments.some(
      environment =>
        environment.name === name || name.startsWith(`${environment.name}-`),
    ),
    files: new Map(files.map(file => [lastOf(file.name), file])),
    tfvars,
    variables: Object.assign(
      {},
      ...tfvars.map(file => (isObject(file.json) ? file.json : {})),
    ),
    ...(backend ? { backend } : {}),
    ...(Object.hasOwn(plans, name)
      ? { plan: readPlan(name, plans[name]) }
      : {}),
  };
}

function isTfvars(name: string): boolean {
  return /\.tfvars$/.test(name);
}

/** The `backend` block of a file. */
function backendOf(
  file: TerraformFile,
): { type: string; config: JsonObject } | undefined {
  for (const terraform of blocks(file.json, 'terraform')) {
    for (const [type, configs] of Object.entries(
      isObject(terraform.backend) ? terraform.backend : {},
    )) {
      const [config] = Array.isArray(configs) ? configs : [configs];
      return { type, config: isObject(config) ? config : {} };
    }
  }
  return undefined;
}

/** Blocks of a type without labels. */
export function blocks(json: unknown, type: string): JsonObject[] {
  const value = isObject(json) ? json[type] : undefined;
  const list = Array.isArray(value) ? value : [value];
  return list.filter(isObject);
}

/** Blocks of a type with one label: `provider "aws"`, `module "vpc"`. */
export function labelled(
  json: unknown,
  type: string,
): { label: string; body: JsonObject }[] {
  const value = isObject(json) ? json[type] : undefined;
  return Object.entries(isObject(value) ? value : {}).flatMap(
    ([label, bodies]) =>
      (Array.isArray(bodies) ? bodies : [bodies])
        .filter(isObject)
        .map(body => ({ label, body })),
  );
}

function lastOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Platforms first, as they are provisioned first; then the promotion order. */
function orderOf(intent: Intent, root: TerraformRoot): number {
  return root.isPlatform
    ? -1
    : intent.environments.findIndex(
        ({ name }) => name === root.environments[0],
      );
}
