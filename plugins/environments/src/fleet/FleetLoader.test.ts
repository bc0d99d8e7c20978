import { mockEnvironmentsApi } from '../__testUtils__/mockEnvironmentsApi';
import { FleetLoader, POLL_MS, SIGNAL_WAIT_MS } from './FleetLoader';

describe('FleetLoader', () => {
  const api = mockEnvironmentsApi();
  let loader: FleetLoader;

  beforeEach(async () => {
    jest.useFakeTimers();
    api.getFleet.mockClear();
    loader = new FleetLoader({
      api,
      query: { filter: '', order: 'name' },
      onChange: () => {},
    });
    loader.look();
    await jest.advanceTimersByTimeAsync(0);
  });

  afterEach(() => {
    loader.stop();
    jest.useRealTimers();
  });

  it('looks at once, and from time to time', async () => {
    expect(api.getFleet).toHaveBeenCalledTimes(1);
    await jest.advanceTimersByTimeAsync(POLL_MS);
    expect(api.getFleet).toHaveBeenCalledTimes(2);
  });

  it('looks once after many changes at a time', async () => {
    for (let change = 0; change < 100; change += 1) {
      loader.signal();
    }
    await jest.advanceTimersByTimeAsync(SIGNAL_WAIT_MS);
    expect(api.getFleet).toHaveBeenCalledTimes(2);
  });

  it('is not kept from looking where something always changes', async () => {
    const steps = 30;
    for (let step = 0; step < steps; step += 1) {
      loader.signal();
      await jest.advanceTimersByTimeAsync(SIGNAL_WAIT_MS / 3);
    }
    expect(api.getFleet.mock.calls.length).toBeGreaterThan(steps / 6);
  });
});
