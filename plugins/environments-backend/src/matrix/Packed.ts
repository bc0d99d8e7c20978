import { deflateRawSync, inflateRawSync } from 'zlib';

/**
 * A value of plain data that is kept and seldom looked at. Thousands of entities are kept, each with everything that its matrix was made
 * from: as text that is deflated, they take a twentieth of the memory.
 */
export class Packed<T> {
  readonly #bytes: Uint8Array;

  constructor(value: T) {
    const bytes = deflateRawSync(JSON.stringify(value), { level: 1 });
    // What deflates holds more memory than it filled.
    this.#bytes = new Uint8Array(bytes);
  }

  /** A copy of its own, each time. */
  unpack(): T {
    return JSON.parse(inflateRawSync(this.#bytes).toString('utf8'));
  }
}
