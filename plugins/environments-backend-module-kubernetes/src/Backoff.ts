/**
 * Waits that grow after each failure, with jitter, and end early when there is reason to hope.
 */
export class Backoff {
  #failures = 0;
  readonly #wakers = new Set<() => void>();

  constructor(
    private readonly options: {
      first: number;
      max: number;
      random?: () => number;
    },
  ) {}

  reset(): void {
    this.#failures = 0;
  }

  /** Ends every wait now, and lets the next ones be short again. */
  wake(): void {
    this.#failures = 0;
    for (const waker of [...this.#wakers]) {
      waker();
    }
  }

  async wait(signal: AbortSignal): Promise<void> {
    const { first, max, random = Math.random } = this.options;
    const ceiling = Math.min(max, first * 2 ** this.#failures);
    this.#failures += 1;
    await this.pause(ceiling * (0.5 + random() / 2), signal);
  }

  /** A wait of its own length, that wakes with the others. */
  async pause(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) {
      return;
    }
    const ended = new AbortController();
    const end = () => ended.abort();
    const timer = setTimeout(end, ms);
    this.#wakers.add(end);
    signal.addEventListener('abort', end);
    await new Promise<void>(resolve => {
      ended.signal.addEventListener('abort', () => resolve());
    });
    clearTimeout(timer);
    this.#wakers.delete(end);
    signal.removeEventListener('abort', end);
  }
}
