import { isObject } from '../../model/json';
import { isSet, sortedEntries, text } from './conversions';
import { ExpressionError } from './tokens';

/** Keys and values in the order in which Terraform takes them. */
export function pairsOf(over: unknown): (readonly [unknown, unknown])[] {
  if (Array.isArray(over)) {
    return over.map((value: unknown, index) => [
      isSet(over) ? value : index,
      value,
    ]);
  }
  if (isObject(over)) {
    return sortedEntries(over);
  }
  throw new ExpressionError('a list or a map is needed');
}

/**
 * What a loop makes of keys and values.
 *
 * @param isGrouping - whether values with the same key make a list.
 * @throws {@link ExpressionError} for a key that is there twice otherwise.
 */
export function gathered(
  results: readonly (readonly [unknown, unknown])[],
  isGrouping: boolean,
): unknown {
  const groups = new Map<string, unknown[]>();
  for (const [key, value] of results) {
    const group = groups.get(text(key)) ?? [];
    group.push(value);
    groups.set(text(key), group);
  }
  return Object.fromEntries(
    [...groups].map(([key, values]) => {
      if (!isGrouping && values.length > 1) {
        throw new ExpressionError(`the key ${key} is there twice`);
      }
      return [key, isGrouping ? values : values[0]];
    }),
  );
}
