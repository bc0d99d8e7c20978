import { act, renderHook } from '@testing-library/react';
import { useElapsed } from './useElapsed';

afterEach(() => jest.useRealTimers());

it('turns true when the time is up, and false for another time', () => {
  jest.useFakeTimers({ now: new Date('2026-01-01T12:00:00Z') });
  const { result, rerender } = renderHook(
    ({ since }: { since: string | undefined }) => useElapsed(since, 60_000),
    { initialProps: { since: '2026-01-01T11:59:30Z' } },
  );
  expect(result.current).toBe(false);
  act(() => jest.advanceTimersByTime(29_000));
  expect(result.current).toBe(false);
  act(() => jest.advanceTimersByTime(1_000));
  expect(result.current).toBe(true);
  rerender({ since: '2026-01-01T12:00:30Z' });
  expect(result.current).toBe(false);
});
