import { windowTimes } from './windowTimes';

const weekend = { schedule: '0 16 * * 5', duration: '64h' };

describe('windowTimes', () => {
  it.each<[string, Parameters<typeof windowTimes>[0], string, boolean, string]>(
    [
      [
        'before it begins',
        weekend,
        '2026-11-27T15:59:00Z',
        false,
        '2026-11-27T16:00:00.000Z',
      ],
      [
        'as it begins',
        weekend,
        '2026-11-27T16:00:00Z',
        true,
        '2026-11-30T08:00:00.000Z',
      ],
      [
        'before it ends',
        weekend,
        '2026-11-30T07:59:00Z',
        true,
        '2026-11-30T08:00:00.000Z',
      ],
      [
        'after it',
        weekend,
        '2026-11-30T08:01:00Z',
        false,
        '2026-12-04T16:00:00.000Z',
      ],
      [
        'where its clock is ahead',
        { ...weekend, timeZone: 'Europe/Berlin' },
        '2026-11-27T15:30:00Z',
        true,
        '2026-11-30T07:00:00.000Z',
      ],
      [
        'across the end of summer time',
        {
          schedule: '0 0 25 10 *',
          duration: '1h30m',
          timeZone: 'Europe/Berlin',
        },
        '2026-10-24T22:10:00Z',
        true,
        '2026-10-24T23:30:00.000Z',
      ],
      [
        'while it overlaps itself',
        { schedule: '0 8,9 * * *', duration: '90m' },
        '2026-11-27T08:10:00Z',
        true,
        '2026-11-27T10:30:00.000Z',
      ],
    ],
  )('tells %s', (_, window, now, isActive, changesAt) => {
    expect(windowTimes(window, new Date(now))).toEqual({
      isActive,
      changesAt,
    });
  });

  it('sees no end of what never ends', () => {
    expect(
      windowTimes(
        { schedule: '* * * * *', duration: '1h' },
        new Date('2026-11-27T08:10:00Z'),
      ),
    ).toEqual({ isActive: true });
  });

  it.each([
    { schedule: 'every friday', duration: '1h' },
    { schedule: '0 16 * * 5', duration: 'a while' },
    { ...weekend, timeZone: 'Middle/Earth' },
  ])('knows nothing of %j', window => {
    expect(windowTimes(window, new Date())).toBeUndefined();
  });
});
