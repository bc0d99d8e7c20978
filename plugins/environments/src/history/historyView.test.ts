import { HistoryEntry } from '@envmatrix/backstage-plugin-environments-common';
import { DateTime } from 'luxon';
import { dayTitle, historyDays, toneOf, withNewest } from './historyView';

const entry = (id: number, rest: Partial<HistoryEntry> = {}): HistoryEntry => ({
  id: String(id),
  environment: 'dev',
  at: '2026-11-23T12:00:00',
  what: 'version',
  to: '1.0.0',
  ...rest,
});

describe('historyDays', () => {
  it('puts the changes of one day together, in their order', () => {
    const days = historyDays([
      entry(4, { at: '2026-11-24T00:05:00' }),
      entry(3, { at: '2026-11-23T23:55:00' }),
      entry(2, { at: '2026-11-23T08:00:00' }),
      entry(1, { at: '2026-11-01T08:00:00' }),
    ]);

    expect(days.map(({ date, entries }) => [date, entries.length])).toEqual([
      ['2026-11-24', 1],
      ['2026-11-23', 2],
      ['2026-11-01', 1],
    ]);
    expect(days[1].entries.map(({ id }) => id)).toEqual(['3', '2']);
  });
});

describe('dayTitle', () => {
  const now = DateTime.fromISO('2026-11-24T00:10:00');

  it.each([
    ['2026-11-24', 'today'],
    ['2026-11-23', 'yesterday'],
    ['2026-11-22', 'Sunday, November 22'],
    ['2025-12-31', 'Wednesday, December 31, 2025'],
    // A clock that is ahead of that of who looks.
    ['2026-11-25', 'Wednesday, November 25'],
  ])('%s is %s', (date, title) => {
    expect(dayTitle(date, now)).toBe(title);
  });
});

describe('toneOf', () => {
  it.each([
    [{ what: 'health', to: 'Degraded' }, 'bad'],
    [{ what: 'health', to: 'Healthy' }, 'ok'],
    [{ what: 'sync', to: 'OutOfSync' }, 'warn'],
    [{ what: 'sync', to: 'SomethingNew' }, 'neutral'],
    [{ what: 'version', to: 'Degraded' }, 'neutral'],
    [{ what: 'version', to: undefined }, 'neutral'],
  ])('of %j is %s', (change, tone) => {
    expect(toneOf(entry(1, change))).toBe(tone);
  });
});

describe('withNewest', () => {
  const ids = (entries: readonly HistoryEntry[]) => entries.map(({ id }) => id);

  it('puts what is new before what was known, each once', () => {
    const known = [entry(3), entry(2), entry(1)];
    const newest = [entry(4), entry(3, { commit: 'c0ffee1' }), entry(2)];

    const all = withNewest(known, newest);

    expect(ids(all)).toEqual(['4', '3', '2', '1']);
    expect(all[1].commit).toBe('c0ffee1');
  });

  it('begins anew where there may be a gap', () => {
    expect(ids(withNewest([entry(2), entry(1)], [entry(9), entry(8)]))).toEqual(
      ['9', '8'],
    );
  });

  it('is empty where nothing is left', () => {
    expect(withNewest([entry(1)], [])).toEqual([]);
  });
});
