import { ConfigReader } from '@backstage/config';
import { readConfig } from './readConfig';

const read = (environments: object) =>
  readConfig(new ConfigReader(JSON.parse(JSON.stringify({ environments }))));

describe('readConfig', () => {
  it('needs nothing', () => {
    expect(readConfig(new ConfigReader({}))).toMatchObject({
      trackingIntervalMs: 15_000,
      definitions: [],
      exceptions: [],
    });
  });

  it('keeps history for as long as it is told to, and for ever where it is not', () => {
    expect(readConfig(new ConfigReader({})).historyRetentionMs).toBeUndefined();
    for (const retention of [{ days: 30 }, '30d', 'P30D']) {
      expect(read({ history: { retention } }).historyRetentionMs).toBe(
        30 * 24 * 3_600_000,
      );
    }
  });

  it('reads exceptions of the organisation', () => {
    const entry = {
      rule: 'K8S-28',
      pointer: '/metadata/annotations/team.example.com~1cost',
      reason: 'Cost centres differ by environment',
      expires: '2027-01-31',
    };
    expect(read({ parity: { allow: [entry] } }).exceptions).toEqual([
      { ...entry, subject: undefined, environments: undefined },
    ]);
  });

  it.each<[string, object, RegExp]>([
    [
      'an exception for everything',
      { parity: { allow: [{ reason: 'All is well' }] } },
      /must select what it allows/,
    ],
    [
      'an exception without a reason',
      { parity: { allow: [{ rule: 'K8S-28' }] } },
      /environments\.parity\.allow\[0\]\.reason/,
    ],
    [
      'a date that is none',
      {
        parity: {
          allow: [{ rule: 'K8S-28', reason: 'For a while', expires: 'soon' }],
        },
      },
      /expires is 'soon'; it must be an ISO date/,
    ],
  ])('refuses %s', (_, environments, message) => {
    expect(() => read(environments)).toThrow(message);
  });
});
