import { WATCHED_KINDS, WatchedKind } from '../kinds';

/** The row of a kind. */
export function kindNamed(name: string): WatchedKind {
  const found = WATCHED_KINDS.find(({ kind }) => kind === name);
  if (!found) {
    throw new Error(`${name} is not watched`);
  }
  return found;
}
