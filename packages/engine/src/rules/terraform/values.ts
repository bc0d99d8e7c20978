import { isObject } from '../../model/json';
import { UNKNOWN } from '../../terraform/expression/evaluate';
import { TerraformBlock, TerraformRoot } from '../../terraform/types';

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
