import { setTimeout as sleep } from 'timers/promises';

/** Waits that grow after each failure, with jitter, and end early when there is reason to hope. */
export class Backoff {
  #failures = 0;
  #waking = new AbortController();

  constructor(
    private readonly options: { readonly first: number; readonly max: number },
  ) {}

  reset(): void {
    this.#failures = 0;
  }

  /** Ends a wait now. */
  wake(): void {
    this.#waking.abort();
    this.#waking = new AbortController();
  }

  async wait(signal: AbortSignal, atLeastMs: number = 0): Promise<void> {
    const { first, max } = this.options;
    const ceiling = Math.min(max, first * 2 ** this.#failures);
    this.#failures += 1;
    await this.pause(
      Math.max(atLeastMs, ceiling * (0.5 + Math.random() / 2)),
      signal,
    );
  }

  /** A wait of its own length, that wakes with the others. */
  async pause(ms: number, signal: AbortSignal): Promise<void> {
    await pause(ms, AbortSignal.any([signal, this.#waking.signal]));
  }
}

/** Ends early, and without an error, when the signal is aborted. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
