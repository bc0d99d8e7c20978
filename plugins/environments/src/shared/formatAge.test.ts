import { ageOf } from './formatAge';

const NOW = Date.parse('2026-03-02T10:00:00Z');

it.each([
  ['2026-03-02T10:00:00Z', 'second', 0],
  ['2026-03-02T10:00:05Z', 'second', 0],
  ['2026-03-02T09:59:01Z', 'second', 59],
  ['2026-03-02T09:59:00Z', 'minute', 1],
  ['2026-03-02T09:00:01Z', 'minute', 59],
  ['2026-03-02T09:00:00Z', 'hour', 1],
  ['2026-03-01T10:00:01Z', 'hour', 23],
  ['2026-03-01T10:00:00Z', 'day', 1],
  ['2026-02-20T10:00:00Z', 'day', 10],
])('%s is %s %s', (from, unit, count) => {
  expect(ageOf(from, NOW)).toEqual({ unit, count });
});

it('has no age for what is no date', () => {
  expect(ageOf('yesterday', NOW)).toBeUndefined();
});
