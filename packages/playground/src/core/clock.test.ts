import { systemClock } from './clock';

describe('the system clock', () => {
  it('never runs something before its time, whatever the timers think', () => {
    jest.useFakeTimers();
    try {
      const start = Date.now();
      const run = jest.fn();
      systemClock.after(100, run);
      // Timers run as if 100 ms had passed, while the clock shows one less.
      jest.setSystemTime(start - 1);
      jest.advanceTimersByTime(100);
      expect(run).not.toHaveBeenCalled();
      jest.advanceTimersByTime(1);
      expect(run).toHaveBeenCalledTimes(1);
    } finally {
      jest.useRealTimers();
    }
  });

  it('forgets what is prevented', () => {
    jest.useFakeTimers();
    try {
      const run = jest.fn();
      systemClock.after(100, run)();
      jest.advanceTimersByTime(1_000);
      expect(run).not.toHaveBeenCalled();
    } finally {
      jest.useRealTimers();
    }
  });
});
