import { pathInside } from './configuration';
import { UNKNOWN } from './expression/evaluate';
import { TerraformBlock, TerraformFile, UnreadModule } from './types';

/** Modules inside of modules are looked into this far. */
const MAX_DEPTH = 5;
/** One root looks into so many modules, each as often as it is called. */
const MAX_READS = 1000;

/** What a root and the modules that it uses are read with. */
export interface Reading {
  /** Folder of the root. */
  readonly root: string;
  /** The folders on the way to a module, the root first. */
  readonly path: readonly string[];
  /** Counts the modules that were looked into. */
  readonly counter: { reads: number };
  readonly filesIn: (folder: string) => readonly TerraformFile[];
}

/** Where a called module is to be read. */
export interface Target {
  readonly folder: string;
  readonly files: readonly TerraformFile[];
}

/**
 * The folder that a block calls, or why it is not looked into; undefined for a module of a registry or of another repository,
 * which tells of itself by its block.
 */
export function targetOf(
  block: TerraformBlock,
  { path, counter, filesIn }: Reading,
): Target | UnreadModule | undefined {
  const { source } = block.values;
  const unread = (reason: string): UnreadModule => ({
    address: block.address,
    source: String(block.body.source),
    reason,
    block,
  });
  if (source === UNKNOWN) {
    return unread('called by a source that takes a value from outside');
  }
  if (typeof source !== 'string' || !/^\.\.?\//.test(source)) {
    return undefined;
  }
  const folder = pathInside(path[path.length - 1], source);
  if (folder === undefined) {
    return unread('outside of the repository');
  }
  const files = filesIn(folder);
  if (files.length === 0) {
    return unread('not in the repository');
  }
  if (path.includes(folder)) {
    return unread('called by itself');
  }
  if (path.length > MAX_DEPTH) {
    return unread(`more than ${MAX_DEPTH} modules deep`);
  }
  if (counter.reads >= MAX_READS) {
    return unread(`one of more than ${MAX_READS} modules`);
  }
  counter.reads += 1;
  return { folder, files };
}
