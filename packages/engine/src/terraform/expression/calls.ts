import { isObject } from '../../model/json';
import { map, text } from './conversions';
import { FUNCTIONS } from './functions';
import { Meter, weightOf } from './meter';
import { Expression } from './syntax';
import { ExpressionError, NotLookedAt } from './tokens';
import { isKnown, UNKNOWN } from './unknown';

/** No function is given more arguments than these by `...`. */
const MAX_ARGUMENTS = 10_000;

/**
 * The value of a call.
 *
 * @throws {@link ExpressionError} where the function would stop.
 */
export function called(
  { name, args, spread }: Extract<Expression, { kind: 'call' }>,
  valueOf: (expression: Expression) => unknown,
  {
    meter,
    absolute = () => UNKNOWN,
  }: {
    readonly meter: Meter;
    readonly absolute?: (path: string) => unknown;
  },
): unknown {
  if (name === 'try' || name === 'can') {
    return tried(name, args, valueOf);
  }
  const values = args.map(valueOf);
  if (name === 'lookup') {
    return lookedUp(values);
  }
  if (name === 'abspath') {
    return isKnown(values) ? absolute(text(values[0])) : UNKNOWN;
  }
  const given = spread ? spreadOut(values) : values;
  const isMerge = name === 'merge';
  meter.spend(given.reduce<number>((sum, value) => sum + weightOf(value), 0));
  // A map with a part that is not known is known for the rest.
  if (
    !Object.hasOwn(FUNCTIONS, name) ||
    (isMerge ? given.includes(UNKNOWN) : !given.every(isKnown))
  ) {
    return UNKNOWN;
  }
  return FUNCTIONS[name](...given);
}

function spreadOut(values: readonly unknown[]): readonly unknown[] {
  const last = values.at(-1);
  if (last === UNKNOWN) {
    return values;
  }
  if (!Array.isArray(last)) {
    throw new ExpressionError('a list is needed');
  }
  if (last.length > MAX_ARGUMENTS) {
    throw new NotLookedAt('too many arguments');
  }
  return [...values.slice(0, -1), ...last];
}

/** The first that has a value; what is not looked at, or not known, may be one without. */
function tried(
  name: 'try' | 'can',
  args: readonly Expression[],
  valueOf: (expression: Expression) => unknown,
): unknown {
  for (const arg of args) {
    try {
      const value = valueOf(arg);
      if (!isKnown(value)) {
        return UNKNOWN;
      }
      return name === 'can' ? true : value;
    } catch (error) {
      if (error instanceof NotLookedAt) {
        return UNKNOWN;
      }
      if (!(error instanceof ExpressionError)) {
        throw error;
      }
    }
  }
  if (name === 'can') {
    return false;
  }
  throw new ExpressionError('nothing that was tried has a value');
}

function lookedUp(values: readonly unknown[]): unknown {
  const [holder, key, otherwise] = values;
  if (holder === UNKNOWN || key === UNKNOWN) {
    return UNKNOWN;
  }
  const name = text(key);
  const found = map(holder);
  if (Object.hasOwn(found, name)) {
    return found[name];
  }
  if (values.length < 3) {
    throw new ExpressionError(`there is no ${name}`);
  }
  return otherwise;
}

/** The element of a list, or the entry of a map. */
export function elementOf(holder: unknown, key: unknown): unknown {
  if (holder === UNKNOWN || key === UNKNOWN) {
    return UNKNOWN;
  }
  const name = text(key);
  const isThere = Array.isArray(holder)
    ? /^\d+$/.test(name) && Number(name) < holder.length
    : isObject(holder) && Object.hasOwn(holder, name);
  if (!isThere) {
    throw new ExpressionError(`there is no ${name}`);
  }
  return Array.isArray(holder) ? holder[Number(name)] : map(holder)[name];
}
