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
    return await new Promise(resolve => {
      const enter = () => {
        signal.removeEventListener('abort', giveUp);
        resolve(this.#leave());
      };
      const giveUp = () => {
        this.#line.splice(this.#line.indexOf(enter), 1);
        resolve(undefined);
      };
      this.#line.push(enter);
      signal.addEventListener('abort', giveUp, { once: true });
    });
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
