import { JsonObject } from '../model/json';

/** An object, or a part of one, as a test changes it. */
export type Editable = Record<string, unknown>;

/** A copy of what was parsed, which may be changed. */
export function editable(value: JsonObject): Editable {
  return { ...structuredClone(value) };
}

/** Sets what is at a JSON pointer; everything above it has to be there. */
export function setAt(root: Editable, pointer: string, value: unknown): void {
  const [holder, key] = holderOf(root, pointer);
  holder[key] = value;
}

/** Takes away what is at a JSON pointer, and has to be there. */
export function removeAt(root: Editable, pointer: string): void {
  const [holder, key] = holderOf(root, pointer);
  if (!Object.hasOwn(holder, key)) {
    throw new Error(`There is nothing at ${pointer} to take away`);
  }
  delete holder[key];
}

/** The list at a JSON pointer; no copy. */
export function listAt(root: Editable, pointer: string): unknown[] {
  const found = valueIn(root, pointer);
  if (!Array.isArray(found)) {
    throw new Error(`There is no list at ${pointer}`);
  }
  return found;
}

/** The object at a JSON pointer; no copy. */
export function partAt(root: Editable, pointer: string): Editable {
  const found = valueIn(root, pointer);
  if (!isEditable(found)) {
    throw new Error(`There is no object at ${pointer}`);
  }
  return found;
}

/** The string at a JSON pointer. */
export function textAt(root: Editable, pointer: string): string {
  const found = valueIn(root, pointer);
  if (typeof found !== 'string') {
    throw new Error(`There is no string at ${pointer}`);
  }
  return found;
}

/** What has the last part of a pointer: an object, or a list, of which it is the index. */
function holderOf(root: Editable, pointer: string): [Editable, string] {
  const end = pointer.lastIndexOf('/');
  const holder = valueIn(root, pointer.slice(0, end));
  if (!isEditable(holder)) {
    throw new Error(`There is nothing above ${pointer}`);
  }
  return [holder, unescaped(pointer.slice(end + 1))];
}

function valueIn(root: Editable, pointer: string): unknown {
  let found: unknown = root;
  for (const part of pointer.split('/').slice(1)) {
    found = isEditable(found) ? found[unescaped(part)] : undefined;
  }
  return found;
}

/** Lists too: their indices are keys like others. */
function isEditable(value: unknown): value is Editable {
  return typeof value === 'object' && value !== null;
}

function unescaped(part: string): string {
  return part.replace(/~1/g, '/').replace(/~0/g, '~');
}
