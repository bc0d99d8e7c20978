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
      const { labels, body } = block;
      const before = isOverride(file)
        ? found.findIndex(
            known =>
              known.labels.join() === labels.join() &&
              known.body.alias === body.alias,
          )
        : -1;
      if (before >= 0) {
        found[before] = {
          ...found[before],
          body: { ...found[before].body, ...body },
          overrides: [...found[before].overrides, block],
        };
      } else {
        found.push(block);
      }
    }
  }
  return found;
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

/** A path as a folder names it: `../../modules/vpc`. */
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
