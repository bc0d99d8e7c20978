import { fleetRow } from '../__fixtures__/fleet';
import { environmentNames } from './environmentNames';

const row = (...names: string[]) =>
  fleetRow('any', {
    summaries: Object.fromEntries(names.map(name => [name, {}])),
  });

it.each([
  [[['dev', 'prod']], ['dev', 'prod']],
  [
    [
      ['dev', 'prod'],
      ['dev', 'staging', 'prod'],
    ],
    ['dev', 'staging', 'prod'],
  ],
  [
    [
      ['dev', 'staging', 'prod'],
      ['qa', 'staging'],
      ['dev', 'prod', 'prod-eu'],
    ],
    ['dev', 'qa', 'staging', 'prod', 'prod-eu'],
  ],
  [
    [
      ['test', 'live'],
      ['dev', 'prod'],
      ['dev', 'staging', 'prod'],
      ['acc', 'prod'],
    ],
    ['dev', 'staging', 'acc', 'prod', 'test', 'live'],
  ],
  [[[]], []],
])('the columns of %j are %j', (rows, expected) => {
  expect(environmentNames(rows.map(names => row(...names)))).toEqual(expected);
});
