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
    if (signal.aborted) {
      return;
    }
    await new Promise<void>(resolve => {
      const done = () => {
        clearTimeout(timer);
        this.#wakers.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.#wakers.add(done);
      signal.addEventListener('abort', done);
    });
  }
}
