import { isObject } from '../../model/json';
import { ExpressionError, NotLookedAt } from './tokens';

/** More digits than these are not the same in every program. */
const DIGITS = 12;

/** A value as a text, as Terraform converts it. */
export function text(value: unknown): string {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    const rounded = Number(value.toPrecision(DIGITS));
    if (
      String(rounded).includes('e') ||
      Math.abs(rounded - value) > Math.abs(value) * Number.EPSILON * 4
    ) {
      throw new NotLookedAt('a number of many digits');
    }
    return String(rounded);
  }
  if (
    typeof value === 'string' ||
    typeof value === 'number' ||
    typeof value === 'boolean'
  ) {
    return String(value);
  }
  throw new ExpressionError('a text is needed');
}

export function number(value: unknown): number {
  const found =
    typeof value === 'string' && /^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(value)
      ? Number(value)
      : value;
  if (typeof found !== 'number' || Number.isNaN(found)) {
    throw new ExpressionError('a number is needed');
  }
  return found;
}

export function truth(value: unknown): boolean {
  if (value === 'true' || value === true) {
    return true;
  }
  if (value === 'false' || value === false) {
    return false;
  }
  throw new ExpressionError('a truth value is needed');
}

export function list(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) {
    return value;
  }
  throw new ExpressionError('a list is needed');
}

export function map(value: unknown): Readonly<Record<string, unknown>> {
  if (isObject(value)) {
    return value;
  }
  throw new ExpressionError('a map is needed');
}

/** Entries of a map by their names. */
export function sortedEntries(
  value: Readonly<Record<string, unknown>>,
): [string, unknown][] {
  return Object.entries(value).sort(([left], [right]) => compared(left, right));
}

export function compared<T extends string | number>(left: T, right: T): number {
  if (left === right) {
    return 0;
  }
  return left < right ? -1 : 1;
}

/** What is the same for two values that are the same, in whatever order their keys were written. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) {
    return `[${value.map(canonical).join(',')}]`;
  }
  return isObject(value)
    ? `{${sortedEntries(value)
        .map(([key, entry]) => `${JSON.stringify(key)}:${canonical(entry)}`)
        .join(',')}}`
    : JSON.stringify(value) ?? 'null';
}

/** Whether two values that are known are the same. */
export function same(left: unknown, right: unknown): boolean {
  return canonical(left) === canonical(right);
}

/** Each value once. */
export function distinct(values: readonly unknown[]): unknown[] {
  const seen = new Set<string>();
  return values.filter(value => {
    const key = canonical(value);
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}

/** Lists that are sets. */
const sets = new WeakSet<object>();

function inOrder(values: readonly unknown[]): readonly unknown[] {
  if (values.every(value => typeof value === 'string')) {
    return values.map(String).sort(compared);
  }
  if (values.every(value => typeof value === 'number')) {
    return values.map(Number).sort(compared);
  }
  if (values.length > 1) {
    throw new NotLookedAt('a set of other things than texts and numbers');
  }
  return values;
}

/** A set is a list in the order of its values. */
export function setOf(values: readonly unknown[]): readonly unknown[] {
  const found = ofOneKind(distinct(values));
  const sorted = inOrder(found);
  const set = [...sorted];
  sets.add(set);
  return set;
}

export function isSet(value: unknown): boolean {
  return Array.isArray(value) && sets.has(value);
}

/** Values that Terraform would first make the same type of are not looked at. */
export function ofOneKind(values: readonly unknown[]): readonly unknown[] {
  if (
    new Set(values.filter(value => value !== null).map(value => typeof value))
      .size > 1
  ) {
    throw new NotLookedAt('values of several types');
  }
  return values;
}
