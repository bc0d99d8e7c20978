/** It is asked for again: soon at first, as it may be on its way, then less and less often. */
const AGAIN_MS = { first: 60_000, most: 60 * 60_000 };

/**
 * What was looked for and not found, for as long as it is not looked for again.
 */
export class Missed<T> {
  readonly #now: () => number;
  readonly #entries = new Map<
    string,
    { readonly value: T; readonly at: number; readonly waitMs: number }
  >();

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Undefined when it is time to look again. */
  get(key: string): T | undefined {
    const entry = this.#entries.get(key);
    return entry && this.#now() < entry.at + entry.waitMs
      ? entry.value
      : undefined;
  }

  put(key: string, value: T): void {
    const before = this.#entries.get(key);
    const at = this.#now();
    if (before && at < before.at + before.waitMs) {
      return;
    }
    const waitMs = before
      ? Math.min(before.waitMs * 2, AGAIN_MS.most)
      : AGAIN_MS.first;
    this.#entries.set(key, { value, at, waitMs });
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }
}
