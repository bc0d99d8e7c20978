import { isObject } from '../../model/json';
import { NotLookedAt } from './tokens';

/** Values in values, and locals that name locals, are followed this far. */
const MAX_DEPTH = 400;
/** What one value may cost, in steps. */
const MAX_STEPS = 1_000_000;
/** What all values of a root may cost together. */
const MAX_TOTAL = 20_000_000;
/** How large a value may be: characters and entries. */
const MAX_WEIGHT = 200_000;
/** Nothing that a person wrote is nested more. */
const MAX_NESTED = 100;

/** Weights of lists and maps; the same one is part of many. */
const weights = new WeakMap<object, number>();

/** Characters and entries of a value; infinite where it is nested too deep. */
export function weightOf(value: unknown, depth = 0): number {
  if (typeof value === 'string') {
    return 1 + value.length;
  }
  if (!Array.isArray(value) && !isObject(value)) {
    return 1;
  }
  if (depth > MAX_NESTED) {
    return Infinity;
  }
  const known = weights.get(value);
  if (known !== undefined) {
    return known;
  }
  let weight = 1;
  for (const [key, entry] of Object.entries(value)) {
    weight +=
      weightOf(entry, depth + 1) + (Array.isArray(value) ? 0 : key.length);
  }
  weights.set(value, weight);
  return weight;
}

/** Whether a value is too large to be looked at. */
export function isTooLarge(value: unknown): boolean {
  return weightOf(value) > MAX_WEIGHT;
}

/** Counts what evaluating costs, so that it ends whatever is written: by depth, by steps, by the size of what is made. */
export class Meter {
  private depth = 0;
  private steps = 0;
  private total = 0;

  /**
   * Evaluates one part of a value.
   *
   * @throws {@link NotLookedAt} where that is too deep, too long, or makes something too large.
   */
  within(make: () => unknown): unknown {
    if (this.depth === 0) {
      this.steps = 0;
    }
    this.spend(1);
    if (this.depth >= MAX_DEPTH) {
      throw new NotLookedAt('too deep');
    }
    this.depth += 1;
    try {
      return this.weighed(make());
    } finally {
      this.depth -= 1;
    }
  }

  /** @throws {@link NotLookedAt} where all steps are taken. */
  spend(steps: number) {
    this.steps += steps;
    this.total += steps;
    if (this.steps > MAX_STEPS || this.total > MAX_TOTAL) {
      throw new NotLookedAt('too many steps');
    }
  }

  private weighed(value: unknown): unknown {
    if (isTooLarge(value)) {
      throw new NotLookedAt('too large');
    }
    return value;
  }
}

/** @throws {@link NotLookedAt} where a text of so many characters is not made. */
export function limited(length: number) {
  if (length > MAX_WEIGHT) {
    throw new NotLookedAt('too large');
  }
}
