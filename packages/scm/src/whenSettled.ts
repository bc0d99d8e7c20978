import { setTimeout as delay } from 'timers/promises';

/** A host checks for some seconds whether a pull request can be merged. */
const CHECK_MS = 15_000;
const RETRY_MS = 500;

/** Reads again until the host has made up its mind, or took too long; the last answer. */
export async function whenSettled<T>(
  read: () => Promise<T>,
  isSettled: (value: T) => boolean,
): Promise<T> {
  const deadline = Date.now() + CHECK_MS;
  for (;;) {
    const value = await read();
    if (isSettled(value) || Date.now() > deadline) {
      return value;
    }
    await delay(RETRY_MS);
  }
}
