import { Places } from './Places';

describe('Places', () => {
  const patient = new AbortController().signal;

  it('are given to those who wait in the order in which they came', async () => {
    const places = new Places(1);
    const leave = await places.take(patient);
    const order: string[] = [];
    const [first, second] = ['first', 'second'].map(async name => {
      const done = await places.take(patient);
      order.push(name);
      done?.();
    });
    expect(order).toEqual([]);

    leave?.();
    await Promise.all([first, second]);

    expect(order).toEqual(['first', 'second']);
    expect(await places.take(patient)).toBeDefined();
  });

  it('go on to the next in line where one comes free as somebody gives up', async () => {
    const places = new Places(1);
    const leave = await places.take(patient);
    const abort = new AbortController();
    const waiting = places.take(abort.signal);
    const next = places.take(patient);

    abort.abort();
    leave?.();

    expect(await waiting).toBeUndefined();
    expect(await next).toBeDefined();
  });

  it('are not kept for who gave up', async () => {
    const places = new Places(1);
    const leave = await places.take(patient);
    const abort = new AbortController();
    const waiting = places.take(abort.signal);

    abort.abort();
    expect(await waiting).toBeUndefined();
    expect(await places.take(abort.signal)).toBeUndefined();
    leave?.();
    leave?.(); // a second time is none
    const again = await places.take(patient);
    expect(again).toBeDefined();
    const none = places.take(AbortSignal.timeout(1));
    expect(await none).toBeUndefined();
  });
});
