import { unlessAborted } from './unlessAborted';

/**
 * A number of places that are taken and given back; who finds none waits in line.
 */
export class Places {
  #free: number;
  readonly #line: (() => void)[] = [];

  constructor(places: number) {
    this.#free = places;
  }

  /** The way to give the place back; undefined where none became free before the signal was aborted. */
  async take(signal: AbortSignal): Promise<(() => void) | undefined> {
    if (signal.aborted) {
      return undefined;
    }
    if (this.#free > 0) {
      this.#free -= 1;
      return this.#leave();
    }
    let enter = () => {};
    const turn = new Promise<void>(resolve => {
      enter = resolve;
    });
    this.#line.push(enter);
    try {
      await unlessAborted(turn, signal);
      return this.#leave();
    } catch {
      const index = this.#line.indexOf(enter);
      if (index < 0) {
        this.#leave()(); // it came at the same moment
      } else {
        this.#line.splice(index, 1);
      }
      return undefined;
    }
  }

  /** Gives the place to the next in line; once, however often it is called. */
  #leave(): () => void {
    let isTaken = true;
    return () => {
      if (isTaken) {
        isTaken = false;
        const next = this.#line.shift();
        if (next) {
          next();
        } else {
          this.#free += 1;
        }
      }
    };
  }
}
