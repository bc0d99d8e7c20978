import type { Clock } from '../../core';

interface Timer {
  at: number;
  run: () => void;
}

/** Time that passes only when a test says so. */
export class VirtualClock implements Clock {
  private time = Date.parse('2026-11-23T08:00:00Z');
  private readonly timers = new Set<Timer>();

  now(): number {
    return this.time;
  }

  after(milliseconds: number, run: () => void): () => void {
    const timer = { at: this.time + milliseconds, run };
    this.timers.add(timer);
    return () => this.timers.delete(timer);
  }

  /** Runs what is due in the coming time, one after the other, each with all that follows from it. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.time + milliseconds;
    await settle();
    for (;;) {
      const [next] = [...this.timers]
        .filter(timer => timer.at <= end)
        .sort((left, right) => left.at - right.at);
      if (!next) {
        break;
      }
      this.timers.delete(next);
      this.time = Math.max(this.time, next.at);
      next.run();
      await settle();
    }
    this.time = end;
  }
}

/** Lets everything run that waits for nothing but its turn. */
async function settle(): Promise<void> {
  await new Promise(resolve => setImmediate(resolve));
}
