import { EnvironmentSummary, Observation } from '@envmatrix/engine';
import { headChips } from './headChips';

const OBSERVED: Observation = { status: 'observed' };
const LOST: Observation = {
  status: 'unreachable',
  since: '2026-03-02T10:00:00Z',
};

function summary(
  overrides: Partial<EnvironmentSummary> = {},
  observations: Partial<EnvironmentSummary['observations']> = {},
): EnvironmentSummary {
  return {
    health: 'Healthy',
    sync: 'Synced',
    ready: '3/3',
    violations: 0,
    unclassified: 0,
    observation: OBSERVED,
    observations: {
      version: OBSERVED,
      sync: OBSERVED,
      health: OBSERVED,
      ready: OBSERVED,
      ...observations,
    },
    ...overrides,
  };
}

const tones = (value: EnvironmentSummary) =>
  headChips(value).map(chip => [
    chip.kind,
    'tone' in chip ? chip.tone : 'unknown',
  ]);

it.each<[string, EnvironmentSummary, string[][]]>([
  [
    'all well',
    summary(),
    [
      ['word', 'ok'],
      ['word', 'ok'],
      ['ready', 'neutral'],
    ],
  ],
  [
    'not all ready, behind and wrong',
    summary({
      health: 'Degraded',
      sync: 'OutOfSync',
      ready: '1/3',
      violations: 1,
      unclassified: 2,
      behind: { environment: 'dev', status: 'behind', commits: 1 },
    }),
    [
      ['word', 'bad'],
      ['word', 'warn'],
      ['ready', 'warn'],
      ['behind', 'warn'],
      ['violations', 'bad'],
      ['unclassified', 'odd'],
    ],
  ],
  [
    'a word that nobody knows is never green',
    summary({ health: 'Splendid', sync: undefined, ready: undefined }),
    [['word', 'unknown']],
  ],
  [
    'a cluster is lost, Argo CD answers: one chip for what is lost',
    summary({}, { health: LOST, ready: LOST }),
    [
      ['last-known', 'unknown'],
      ['word', 'ok'],
    ],
  ],
  [
    'lost for different reasons: two chips',
    summary({}, { health: LOST, ready: { status: 'forbidden' } }),
    [
      ['last-known', 'unknown'],
      ['last-known', 'unknown'],
      ['word', 'ok'],
    ],
  ],
  [
    'identical releases need no chip, diverged ones do',
    summary({ behind: { environment: 'dev', status: 'diverged' } }),
    [
      ['word', 'ok'],
      ['word', 'ok'],
      ['ready', 'neutral'],
      ['behind', 'bad'],
    ],
  ],
])('%s', (_, value, expected) => {
  expect(tones(value)).toEqual(expected);
});

it('keeps the values of what is lost', () => {
  expect(headChips(summary({}, { health: LOST, ready: LOST }))[0]).toEqual({
    kind: 'last-known',
    words: ['Healthy'],
    ready: '3/3',
    observation: LOST,
  });
});
