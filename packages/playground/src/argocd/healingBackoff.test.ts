import { HealingBackoff } from './healingBackoff';

describe('HealingBackoff', () => {
  it('waits longer each time, and forgets after a quiet minute', () => {
    const backoff = new HealingBackoff(1_000);
    let now = 1_000_000;
    expect(backoff.remaining(now, now)).toBe(1_000);
    expect(backoff.remaining(now, now - 5_000)).toBeLessThanOrEqual(0);
    for (const wait of [3_000, 9_000, 27_000]) {
      backoff.healed(now);
      expect(backoff.remaining(now, now)).toBe(wait);
      now += wait;
    }
    expect(backoff.attempts(now)).toBe(3);
    expect(backoff.attempts(now + 60_000)).toBe(0);
  });
});
