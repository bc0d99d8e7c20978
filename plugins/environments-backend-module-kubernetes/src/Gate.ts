/**
 * Holds requests back while they would fail: only the probe asks a cluster in trouble.
 */
export class Gate {
  #open = true;
  readonly #waiting = new Set<() => void>();

  open(): void {
    this.#open = true;
    for (const pass of [...this.#waiting]) {
      pass();
    }
  }

  close(): void {
    this.#open = false;
  }

  /** Resolves when the gate is open, or the signal is aborted. */
  async passed(signal: AbortSignal): Promise<void> {
    if (this.#open || signal.aborted) {
      return;
    }
    await new Promise<void>(resolve => {
      const pass = () => {
        this.#waiting.delete(pass);
        signal.removeEventListener('abort', pass);
        resolve();
      };
      this.#waiting.add(pass);
      signal.addEventListener('abort', pass);
    });
  }
}
