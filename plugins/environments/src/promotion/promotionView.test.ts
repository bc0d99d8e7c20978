import { Promotion } from '@envmatrix/engine';
import { FIXTURE_NOW } from '../__fixtures__/matrix';
import { promotionFixture } from '../__fixtures__/promotion';
import { isWorthShowing } from './promotionView';

const MINUTE = 60_000;

it.each<[Partial<Promotion>, number, boolean]>([
  [{ state: 'waiting' }, 1_000 * MINUTE, true],
  [{ state: 'proposed' }, 1_000 * MINUTE, true],
  [{ state: 'merged' }, 1_000 * MINUTE, true],
  [{ state: 'syncing' }, 1_000 * MINUTE, true],
  [{ state: 'rolling-out' }, 1_000 * MINUTE, true],
  [{ state: 'succeeded' }, 0.5 * MINUTE, true],
  [{ state: 'succeeded' }, 2 * MINUTE, false],
  [{ state: 'failed', actions: ['sync'] }, 1_000 * MINUTE, true],
  [{ state: 'failed', actions: [] }, 10 * MINUTE, true],
  [{ state: 'failed', actions: [] }, 1_000 * MINUTE, false],
  [{ state: 'cancelled' }, 0, false],
  [{ state: 'superseded' }, 0, false],
])('%j after %s ms is worth showing: %s', (overrides, age, expected) => {
  expect(
    isWorthShowing(promotionFixture(overrides), Date.parse(FIXTURE_NOW) + age),
  ).toBe(expected);
});
