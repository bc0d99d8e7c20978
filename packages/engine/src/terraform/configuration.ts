import { JsonObject, isObject } from '../model/json';
import { TerraformFile } from './types';

/** Files with blocks, of Terraform and of OpenTofu. */
export const CONFIGURATION = /\.(tf|tofu)(\.json)?$/;
export const VARIABLES = /\.tfvars(\.json)?$/;

/** A block as it is written, with the file that it stands in. */
export interface WrittenBlock {
  readonly labels: readonly string[];
  readonly body: JsonObject;
  readonly file: TerraformFile;
  /** Which one it is among those of its file with the same labels. */
  readonly index: number;
  /** Files that override arguments of it. */
  readonly overrides: readonly Overriding[];
}

/** What an override file says of a block. */
export interface Overriding {
  readonly body: JsonObject;
  readonly file: TerraformFile;
  readonly index: number;
}

/** Labels that a type of block has. */
const LABELS: Readonly<Record<string, number>> = {
  resource: 2,
  data: 2,
  module: 1,
  provider: 1,
  variable: 1,
  locals: 0,
  terraform: 0,
};

/**
 * The files of a folder that count: a file of OpenTofu stands in for the one of Terraform with the same name. Override files
 * come last.
 */
export function configurationOf(
  files: readonly TerraformFile[],
): TerraformFile[] {
  const names = new Set(files.map(({ name }) => name));
  const counting = files.filter(
    ({ name }) =>
      CONFIGURATION.test(name) &&
      !(
        /\.tf(\.json)?$/.test(name) &&
        names.has(name.replace(/\.tf(\.json)?$/, '.tofu$1'))
      ),
  );
  return [
    ...counting.filter(file => !isOverride(file)),
    ...counting.filter(isOverride),
  ];
}

function isOverride({ name }: TerraformFile): boolean {
  return /(^|\/|_)override\.(tf|tofu)(\.json)?$/.test(name);
}

/** Blocks of one type in a folder; what an override file says of one takes the place of what was said before. */
export function writtenBlocks(
  files: readonly TerraformFile[],
  type: string,
): WrittenBlock[] {
  const found: WrittenBlock[] = [];
  for (const file of files) {
    for (const block of blocksOfFile(file, type)) {
      if (!isOverride(file)) {
        found.push(block);
      } else if (type === 'locals') {
        overrideLocals(found, block);
      } else if (type === 'terraform') {
        overrideSettings(found, block);
      } else {
        override(
          found,
          block,
          known =>
            known.labels.join() === block.labels.join() &&
            known.body.alias === block.body.alias,
        );
      }
    }
  }
  return found;
}

function override(
  found: WrittenBlock[],
  block: WrittenBlock,
  isMeant: (known: WrittenBlock) => boolean,
) {
  const before = found.findIndex(isMeant);
  if (before < 0) {
    found.push(block);
    return;
  }
  found[before] = {
    ...found[before],
    body: { ...found[before].body, ...block.body },
    overrides: [...found[before].overrides, block],
  };
}

/** Each local is overridden by its name, in whichever block it stands. */
function overrideLocals(found: WrittenBlock[], block: WrittenBlock) {
  for (const [name, value] of Object.entries(block.body)) {
    override(found, { ...block, body: { [name]: value } }, known =>
      Object.hasOwn(known.body, name),
    );
  }
}

/** Settings of Terraform are overridden one by one, and providers too; a backend takes the place of whatever kept the state. */
function overrideSettings(found: WrittenBlock[], block: WrittenBlock) {
  const names = Object.keys(block.body);
  const gone = new Set(
    ['backend', 'cloud'].some(name => names.includes(name))
      ? [...names, 'backend', 'cloud']
      : names,
  );
  gone.delete('required_providers');
  const providers = new Set(
    [block.body.required_providers]
      .flat()
      .filter(isObject)
      .flatMap(entry => Object.keys(entry)),
  );
  found.forEach((known, index) => {
    found[index] = {
      ...known,
      body: without(known.body, gone, entry =>
        [entry]
          .flat()
          .map(inside =>
            isObject(inside) ? without(inside, providers) : inside,
          ),
      ),
    };
  });
  found.push(block);
}

function without(
  body: JsonObject,
  names: ReadonlySet<string>,
  providers: (value: unknown) => unknown = value => value,
): JsonObject {
  return Object.fromEntries(
    Object.entries(body)
      .filter(([name]) => !names.has(name))
      .map(([name, value]) => [
        name,
        name === 'required_providers' ? providers(value) : value,
      ]),
  );
}

function blocksIn(
  json: unknown,
  type: string,
): { labels: string[]; body: JsonObject }[] {
  const inside = (
    value: unknown,
    depth: number,
    labels: readonly string[],
  ): { labels: string[]; body: JsonObject }[] => {
    if (Array.isArray(value)) {
      return value.flatMap(entry => inside(entry, depth, labels));
    }
    if (!isObject(value)) {
      return [];
    }
    return depth === 0
      ? [{ labels: [...labels], body: value }]
      : Object.entries(value).flatMap(([label, entry]) =>
          inside(entry, depth - 1, [...labels, label]),
        );
  };
  return isObject(json) ? inside(json[type], LABELS[type] ?? 0, []) : [];
}

export function folderOf(path: string): string {
  return path.split('/').slice(0, -1).join('/');
}

export function lastOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** A path as a folder names it: `../../modules/vpc`; undefined where it leads out of the repository. */
export function pathInside(folder: string, path: string): string | undefined {
  const parts = path.startsWith('/') ? [] : folder.split('/').filter(Boolean);
  for (const part of path.split('/')) {
    if (part === '..') {
      if (parts.pop() === undefined) {
        return undefined;
      }
    } else if (part !== '.' && part !== '') {
      parts.push(part);
    }
  }
  return parts.join('/');
}

/** The path from one folder to another: `../../modules/vpc`. */
export function relativePath(from: string, to: string): string {
  const start = from.split('/').filter(Boolean);
  const end = to.split('/').filter(Boolean);
  const shared = start.findIndex((part, index) => part !== end[index]);
  const common = shared < 0 ? start.length : shared;
  return (
    [...start.slice(common).map(() => '..'), ...end.slice(common)].join('/') ||
    '.'
  );
}

/** A path as a folder names it, where what leads out of the repository stays at its top. */
export function resolvedPath(folder: string, path: string): string {
  const parts = path.startsWith('/') ? [] : folder.split('/').filter(Boolean);
  for (const part of path.split('/')) {
    if (part === '..') {
      parts.pop();
    } else if (part !== '.' && part !== '') {
      parts.push(part);
    }
  }
  return parts.join('/');
}

/** Blocks of one type in one file. */
export function blocksOfFile(
  file: TerraformFile,
  type: string,
): WrittenBlock[] {
  const counts = new Map<string, number>();
  return blocksIn(file.json, type).map(block => {
    const key = block.labels.join();
    const index = counts.get(key) ?? 0;
    counts.set(key, index + 1);
    return { ...block, file, index, overrides: [] };
  });
}
