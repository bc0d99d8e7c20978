import { isObject } from '../../model/json';
import { UNKNOWN } from '../../terraform/expression/evaluate';
import { writtenBlocks } from '../../terraform/configuration';
import {
  TerraformBlock,
  TerraformRoot,
  TerraformSetting,
} from '../../terraform/types';

/** A setting that is known to be a truth value; undefined where it is not, or there is none. */
export function flagOf(root: TerraformRoot, name: string): boolean | undefined {
  const value = root.settings.get(name)?.value;
  return typeof value === 'boolean' ? value : undefined;
}

/** Arguments of a block that can be read; a block inside of it by its name. */
export function argumentOf(block: TerraformBlock, ...path: string[]): unknown {
  let value: unknown = block.values;
  for (const name of path) {
    const holder: unknown = Array.isArray(value) ? value[0] : value;
    value = isObject(holder) ? holder[name] : undefined;
  }
  return value;
}

/** What may stand in a finding: nothing that is not known. */
export function shown(value: unknown): unknown {
  return value === UNKNOWN ? undefined : value;
}

/** The blocks of a root itself, without those of the modules that it uses. */
export function ownBlocks(
  root: TerraformRoot,
  type: string,
): readonly TerraformBlock[] {
  return root.blocks.filter(
    block =>
      block.type === type && [...root.files.values()].includes(block.file),
  );
}

/** Roots that make the same things, in different environments. */
export function byComponent(
  roots: readonly TerraformRoot[],
): readonly (readonly TerraformRoot[])[] {
  const classes = new Map<string, TerraformRoot[]>();
  for (const root of roots) {
    const known = classes.get(root.component) ?? [];
    known.push(root);
    classes.set(root.component, known);
  }
  return [...classes.values()];
}

/**
 * What stands at a path of a block; UNKNOWN where a `dynamic` block may put it there.
 */
export function nestedAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((holder, name) => {
    const one: unknown = Array.isArray(holder) ? holder[0] : holder;
    if (one === UNKNOWN) {
      return UNKNOWN;
    }
    if (!isObject(one)) {
      return undefined;
    }
    return !Object.hasOwn(one, name) &&
      [one.dynamic].flat().some(made => isObject(made) && name in made)
      ? UNKNOWN
      : new Map<string, unknown>(Object.entries(one)).get(name);
  }, value);
}

/** Whether something that only applying will tell stands at a path of what a plan does not know. */
export function isUnknownAt(
  unknown: unknown,
  path: readonly string[],
): boolean {
  if (unknown === true) {
    return true;
  }
  if (Array.isArray(unknown)) {
    return unknown.some(entry => isUnknownAt(entry, path));
  }
  const [name, ...rest] = path;
  if (!isObject(unknown)) {
    return false;
  }
  return name === undefined
    ? Object.values(unknown).some(entry => isUnknownAt(entry, []))
    : isUnknownAt(unknown[name], rest);
}

/** Whether it is not known how often a block is made, if at all: by itself, or by a module that it stands in. */
export function isUncertain(
  root: TerraformRoot,
  block: TerraformBlock,
): boolean {
  return [
    block,
    ...root.blocks.filter(
      ({ type, address }) =>
        type === 'module' && block.address.startsWith(`${address}.`),
    ),
  ].some(
    ({ values }) => values.count === UNKNOWN || values.for_each === UNKNOWN,
  );
}

/**
 * A truth value that a root gives by a variable or local: text counts where the type of the variable turns it into one.
 *
 * @returns null where none is given, UNKNOWN where it is anything else.
 */
export function truthOf(
  root: TerraformRoot,
  { name, value }: TerraformSetting,
): boolean | null | typeof UNKNOWN {
  if (typeof value === 'boolean') {
    return value;
  }
  if (value === null || value === undefined) {
    return null;
  }
  const isBool = writtenBlocks([...root.files.values()], 'variable').some(
    ({ labels, body }) =>
      labels[0] === name && /^(\$\{\s*)?bool(\s*\})?$/.test(String(body.type)),
  );
  return isBool && (value === 'true' || value === 'false')
    ? value === 'true'
    : UNKNOWN;
}
