/** Bounds what is remembered, however many callers there are. */
const MAX_ENTRIES = 5_000;

/**
 * Remembers what was found, for a short while; who asks for the same meanwhile shares one look. A failure is not remembered.
 */
export class ShortMemory<T> {
  readonly #ms: number;
  readonly #now: () => number;
  readonly #entries = new Map<string, { value: Promise<T>; until: number }>();

  constructor(ms: number, now: () => number = Date.now) {
    this.#ms = ms;
    this.#now = now;
  }

  async get(key: string, look: () => Promise<T>): Promise<T> {
    const known = this.#entries.get(key);
    if (known && known.until > this.#now()) {
      return await known.value;
    }
    this.#makeRoom();
    const entry = { value: look(), until: this.#now() + this.#ms };
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    try {
      return await entry.value;
    } catch (error) {
      if (this.#entries.get(key) === entry) {
        this.#entries.delete(key);
      }
      throw error;
    }
  }

  /** Entries are in the order in which they run out. */
  #makeRoom(): void {
    for (const [key, { until }] of this.#entries) {
      if (until > this.#now() && this.#entries.size < MAX_ENTRIES) {
        return;
      }
      this.#entries.delete(key);
    }
  }
}
