const MEMORY_MS = 60_000;
const LIMIT_MS = 300_000;

/** Spaces out attempts to put right what somebody keeps changing: each waits three times as long as the one before. */
export class HealingBackoff {
  private count = 0;
  private healedAt = 0;

  /** @param first - milliseconds that the first attempt waits after an operation. */
  constructor(private readonly first: number) {}

  /** Attempts lately. */
  attempts(now: number): number {
    if (now - this.healedAt > MEMORY_MS) {
      this.count = 0;
    }
    return this.count;
  }

  /** Milliseconds until the next attempt may be made. */
  remaining(now: number, lastOperationAt: number): number {
    const wait = Math.min(this.first * 3 ** this.attempts(now), LIMIT_MS);
    return Math.max(this.healedAt, lastOperationAt) + wait - now;
  }

  /** Counts an attempt. */
  healed(now: number): void {
    this.count = this.attempts(now) + 1;
    this.healedAt = now;
  }
}
