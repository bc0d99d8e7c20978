import { stringify } from 'yaml';
import { intentOf } from '../testing';
import { parseIntent } from './parse';

function problemsOf(gate: unknown) {
  const intent = JSON.parse(JSON.stringify(intentOf()));
  intent.environments[1].delivery.gates = [gate];
  const result = parseIntent(stringify(intent));
  return result.ok ? [] : result.problems.map(({ message }) => message);
}

const weekend = { cron: '0 16 * * FRI', duration: '64h' };

describe('gates of an intent', () => {
  it.each<[string, unknown]>([
    ['health', { health: true }],
    ['a soak', { soak: '1h30m' }],
    ['an approval', { approval: { by: ['group:default/release-managers'] } }],
    ['a freeze', { freeze: { deny: [weekend] } }],
    [
      'a freeze in a time zone',
      { freeze: { allow: [{ ...weekend, timeZone: 'Europe/Berlin' }] } },
    ],
    ['no violations', { parity: true }],
    ["Argo CD's windows", { syncWindow: true }],
  ])('may be %s', (_name, gate) => {
    expect(problemsOf(gate)).toEqual([]);
  });

  it.each<[string, unknown, RegExp]>([
    ['a soak without a length', { soak: 'a while' }, /must be a duration/],
    ['a soak of nothing', { soak: '0h' }, /must be a duration/],
    [
      'a time that is none',
      { freeze: { deny: [{ ...weekend, cron: '0 25 * * FRI' }] } },
      /'0 25 \* \* FRI' cannot be read/,
    ],
    [
      'a cron expression with seconds',
      { freeze: { deny: [{ ...weekend, cron: '0 0 16 * * FRI' }] } },
      /five fields/,
    ],
    [
      'a length that is none',
      { freeze: { deny: [{ ...weekend, duration: 'the weekend' }] } },
      /'the weekend' is no duration/,
    ],
    [
      'a time zone that nobody knows',
      { freeze: { deny: [{ ...weekend, timeZone: 'Europe/Atlantis' }] } },
      /Europe\/Atlantis/,
    ],
    ['an approval by nobody', { approval: { by: [] } }, />=1|at least/],
    ['a gate of another name', { seance: true }, /must be one of health, soak/],
  ])('may not be %s', (_name, gate, message) => {
    expect(problemsOf(gate)).toEqual([expect.stringMatching(message)]);
  });
});
