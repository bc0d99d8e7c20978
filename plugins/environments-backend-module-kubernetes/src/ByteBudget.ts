/**
 * How many bytes may still be read, over many answers.
 */
export class ByteBudget {
  #left: number;

  constructor(bytes: number) {
    this.#left = bytes;
  }

  get left(): number {
    return this.#left;
  }

  spend(bytes: number): void {
    this.#left = Math.max(0, this.#left - bytes);
  }
}
