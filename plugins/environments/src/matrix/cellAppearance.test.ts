import { Cell } from '@envmatrix/engine';
import { cellAppearance, differs } from './cellAppearance';

const cell = (overrides: Partial<Cell>): Cell => ({
  observation: { status: 'observed' },
  display: 'x',
  comparison: 'same',
  ...overrides,
});

it.each<[Partial<Cell>, string, boolean]>([
  [{}, 'same', false],
  [{ comparison: 'not-compared' }, 'first', false],
  [{ comparison: 'expected' }, 'expected', true],
  [{ comparison: 'lag' }, 'lag', true],
  [{ comparison: 'violation' }, 'violation', true],
  [{ comparison: 'unclassified' }, 'unclassified', true],
  [{ comparison: 'expected', state: 'out-of-sync' }, 'out-of-sync', true],
  [{ comparison: 'same', state: 'degraded' }, 'degraded', true],
  [{ comparison: 'violation', state: 'degraded' }, 'violation', true],
  [{ comparison: 'unclassified', state: 'drifted' }, 'drifted', true],
])('%j means %s', (overrides, meaning, isDifferent) => {
  expect(cellAppearance(cell(overrides)).meaning).toBe(meaning);
  expect(differs(cell(overrides))).toBe(isDifferent);
});

it.each([
  ['observed', false],
  ['absent', false],
  ['stale', true],
  ['unreachable', true],
  ['timeout', true],
  ['forbidden', true],
  ['not-configured', true],
  ['unknown', true],
] as const)('%s is unknown: %s', (status, expected) => {
  expect(cellAppearance(cell({ observation: { status } })).isUnknown).toBe(
    expected,
  );
});
