import { setTimeout as sleep } from 'timers/promises';

/**
 * Waits that grow after each failure, with jitter, and end early when there is reason to hope.
 */
export class Backoff {
  #failures = 0;
  #wakers = new Set<() => void>();

  constructor(
    private readonly options: {
      firstMs: number;
      maxMs: number;
      random?: () => number;
    },
  ) {}

  reset(): void {
    this.#failures = 0;
  }

  /** Ends every wait now. */
  wake(): void {
    this.#failures = 0;
    for (const waker of this.#wakers) {
      waker();
    }
  }

  async wait(signal: AbortSignal): Promise<void> {
    const { firstMs, maxMs, random = Math.random } = this.options;
    const ceiling = Math.min(maxMs, firstMs * 2 ** this.#failures++);
    await this.pause(ceiling * (0.5 + random() / 2), signal);
  }

  /** A wait of its own length, that wakes with the others. */
  async pause(ms: number, signal: AbortSignal): Promise<void> {
    const woken = new AbortController();
    const waker = () => woken.abort();
    this.#wakers.add(waker);
    try {
      await sleep(ms, undefined, {
        signal: AbortSignal.any([signal, woken.signal]),
      }).catch(() => undefined);
    } finally {
      this.#wakers.delete(waker);
    }
  }
}
