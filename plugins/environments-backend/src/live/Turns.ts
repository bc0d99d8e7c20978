/**
 * Who asks for the same thing again waits until it is done; who asks too often is told so.
 */
export class Turns {
  readonly #waiting = new Map<string, number>();
  readonly #last = new Map<string, Promise<unknown>>();
  readonly #most: number;

  /** @param most - how many may be there at once for one key, the one whose turn it is among them */
  constructor(most: number) {
    this.#most = most;
  }

  /** Does the work when those before it are done; undefined where there are too many of them. */
  take<T>(key: string, work: () => Promise<T>): Promise<T> | undefined {
    const count = this.#waiting.get(key) ?? 0;
    if (count >= this.#most) {
      return undefined;
    }
    this.#waiting.set(key, count + 1);
    const turn = (this.#last.get(key) ?? Promise.resolve())
      .catch(() => undefined)
      .then(work)
      .finally(() => this.#leave(key));
    this.#last.set(key, turn);
    return turn;
  }

  #leave(key: string): void {
    const left = (this.#waiting.get(key) ?? 1) - 1;
    if (left > 0) {
      this.#waiting.set(key, left);
    } else {
      this.#waiting.delete(key);
      this.#last.delete(key);
    }
  }
}
