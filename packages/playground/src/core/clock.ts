/**
 * Time as the parts of the playground see it, so that tests decide when it passes.
 *
 * @public
 */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Runs once after some milliseconds; returns the way to prevent it. */
  after(milliseconds: number, run: () => void): () => void;
}

/** @public */
export const systemClock: Clock = {
  now: () => Date.now(),
  after: (milliseconds, run) => {
    const timer = setTimeout(run, milliseconds);
    return () => clearTimeout(timer);
  },
};
