/**
 * Time as the parts of the playground see it, so that tests decide when it passes.
 *
 * @public
 */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Runs once when `now()` has moved on by some milliseconds, never before; returns the way to prevent it. */
  after(milliseconds: number, run: () => void): () => void;
}

/** @public */
export const systemClock: Clock = {
  now: () => Date.now(),
  after: (milliseconds, run) => {
    const due = Date.now() + milliseconds;
    let timer: NodeJS.Timeout | undefined;
    // A timer of Node counts by another clock and can be up to a millisecond early by this one: whoever then asks whether a
    // step is due would find that it is not, and wait for ever.
    const wait = () => {
      timer = setTimeout(
        () => (Date.now() < due ? wait() : run()),
        Math.max(due - Date.now(), 0),
      );
    };
    wait();
    return () => clearTimeout(timer);
  },
};
