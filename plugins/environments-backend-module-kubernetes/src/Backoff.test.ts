import { Backoff } from './Backoff';

describe('Backoff', () => {
  const never = new AbortController().signal;

  beforeEach(() => {
    jest.useFakeTimers();
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  /** Waits as often as asked, and says how many milliseconds each wait took. */
  const waits = async (backoff: Backoff, times: number) => {
    const took: number[] = [];
    for (let time = 0; time < times; time += 1) {
      const before = Date.now();
      const waited = backoff.wait(never);
      jest.runOnlyPendingTimers();
      await waited;
      took.push(Date.now() - before);
    }
    return took;
  };

  it('waits longer after each failure, up to a limit, and starts over after a success', async () => {
    const backoff = new Backoff({ first: 100, max: 500, random: () => 1 });
    expect(await waits(backoff, 5)).toEqual([100, 200, 400, 500, 500]);
    backoff.reset();
    expect(await waits(backoff, 1)).toEqual([100]);
  });

  it('waits at least half as long, by chance', async () => {
    const backoff = new Backoff({ first: 100, max: 500, random: () => 0 });
    expect(await waits(backoff, 2)).toEqual([50, 100]);
  });

  it('ends every wait when there is reason to hope, or when told to stop', async () => {
    const backoff = new Backoff({ first: 60_000, max: 60_000 });
    const abort = new AbortController();
    const long = [backoff.wait(never), backoff.pause(60_000, abort.signal)];
    backoff.wake();
    await expect(Promise.all(long)).resolves.toHaveLength(2);

    const last = backoff.wait(abort.signal);
    abort.abort();
    await expect(last).resolves.toBeUndefined();
    await expect(backoff.wait(abort.signal)).resolves.toBeUndefined();
    expect(jest.getTimerCount()).toBe(0);
  });
});
