import { quietMatrix, richMatrix } from '../__fixtures__/matrix';
import { differingRows, RowFilter, visibleGroups } from './visibleGroups';

const rows = (filter: RowFilter, search = '') =>
  visibleGroups(richMatrix(), { filter, search }).flatMap(group =>
    group.rows.map(({ title }) => title),
  );

it('counts the rows that differ', () => {
  expect(differingRows(richMatrix())).toBe(11);
  expect(differingRows(quietMatrix())).toBe(0);
});

it('keeps rows that differ, and rows that nobody knows, which may', () => {
  const shown = rows('differing');
  expect(shown).toContain('Version');
  expect(shown).toContain('Kubernetes');
  expect(shown).not.toContain('Command');
  expect(rows('all')).toContain('Command');
});

it.each([
  ['PROBE', ['Readiness probe']],
  ['k8s-16', ['Network policy']],
  ['configuration warn', ['LOG_LEVEL']],
  ['nothing has this', []],
])('finds %s', (search, expected) => {
  expect(rows('all', search)).toEqual(expected);
});
