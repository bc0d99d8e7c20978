/**
 * How many bytes there may be of many answers together.
 */
export class ByteBudget {
  readonly total: number;
  #left: number;

  constructor(bytes: number) {
    this.total = bytes;
    this.#left = bytes;
  }

  /** Whether they still fit; if so, they are taken. */
  take(bytes: number): boolean {
    if (bytes > this.#left) {
      return false;
    }
    this.#left -= bytes;
    return true;
  }

  /** What was taken for an answer that is not used. */
  giveBack(bytes: number): void {
    this.#left += bytes;
  }
}
