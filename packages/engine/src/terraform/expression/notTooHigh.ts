import { NotLookedAt } from './tokens';

/** A chain such as `1 + 1 + …` is as deep as it is long. */
const MAX_HEIGHT = 400;

/** Whoever walks through what was read may do so by recursion. */
export function notTooHigh<T extends object>(read: T): T {
  let level: object[] = [read];
  for (let height = 0; level.length > 0; height += 1) {
    if (height > MAX_HEIGHT) {
      throw new NotLookedAt('too deep');
    }
    level = level.flatMap(node =>
      Object.values(node).filter(
        (inside): inside is object =>
          typeof inside === 'object' && inside !== null,
      ),
    );
  }
  return read;
}
