import type { KubeObject } from '../core';
import {
  elementKey,
  fieldsOfOthers,
  fieldSet,
  isAtomic,
  listKeysOf,
  ownableFields,
  recordedFields,
  type Writer,
} from './managedFields';
import { clone, fieldsOf, isFields, objectsOf, type Fields } from './values';

/**
 * Server-side apply: what the manager applied before and leaves out now goes, unless another manager has it too; what it applies
 * now is merged into the rest, lists by their elements' keys.
 */
export function mergeApplied(
  live: KubeObject | undefined,
  applied: KubeObject,
  writer: Writer,
): KubeObject {
  const desired = clone(applied);
  if (!live) {
    return desired;
  }
  const merged = clone(live);
  const others = fieldsOfOthers(live, writer);
  removeAbsent(
    merged,
    recordedFields(live, writer),
    fieldSet(ownableFields(desired)),
    others,
    '',
  );
  mergeInto(merged, { ...ownableFields(desired) }, '');
  return merged;
}

function removeAbsent(
  target: Fields,
  before: Fields,
  now: Fields,
  others: readonly Fields[],
  name: string,
): void {
  for (const [step, children] of Object.entries(before)) {
    if (!step.startsWith('f:')) {
      continue;
    }
    const key = step.slice(2);
    const below = others.map(set => set[step]).filter(isFields);
    if (!(step in now) && below.length === 0) {
      delete target[key];
      continue;
    }
    const listKeys = listKeysOf(name, key);
    const child = target[key];
    if (listKeys && Array.isArray(child)) {
      target[key] = keepElements(
        objectsOf(child),
        listKeys,
        fieldsOf(children),
        fieldsOf(now[step]),
        below,
        key,
      );
    } else if (isFields(child)) {
      removeAbsent(child, fieldsOf(children), fieldsOf(now[step]), below, key);
    }
  }
}

function keepElements(
  elements: Fields[],
  listKeys: readonly string[],
  before: Fields,
  now: Fields,
  others: readonly Fields[],
  name: string,
): Fields[] {
  return elements.filter(element => {
    const key = elementKey(element, listKeys);
    if (!(key in before)) {
      return true;
    }
    const below = others.map(set => set[key]).filter(isFields);
    if (!(key in now) && below.length === 0) {
      return false;
    }
    removeAbsent(
      element,
      fieldsOf(before[key]),
      fieldsOf(now[key]),
      below,
      name,
    );
    return true;
  });
}

function mergeInto(target: Fields, source: Fields, name: string): void {
  for (const [key, value] of Object.entries(source)) {
    if (value === undefined || value === null) {
      continue;
    }
    const present = target[key];
    const listKeys = listKeysOf(name, key);
    if (isFields(value) && isFields(present) && !isAtomic(key)) {
      mergeInto(present, value, key);
    } else if (listKeys && Array.isArray(value) && Array.isArray(present)) {
      target[key] = mergeElements(
        objectsOf(present),
        objectsOf(value),
        listKeys,
        key,
      );
    } else {
      target[key] = value;
    }
  }
}

/** In the order of what is applied, and after it what others have added. */
function mergeElements(
  present: Fields[],
  applied: Fields[],
  listKeys: readonly string[],
  name: string,
): Fields[] {
  const rest = new Map(
    present.map(element => [elementKey(element, listKeys), element]),
  );
  const merged = applied.map(element => {
    const key = elementKey(element, listKeys);
    const existing = rest.get(key);
    rest.delete(key);
    if (!existing) {
      return element;
    }
    mergeInto(existing, element, name);
    return existing;
  });
  return [...merged, ...rest.values()];
}
