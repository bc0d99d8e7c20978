import { judge, Judgements, Verdict } from './judge';
import { mergeCells } from './mergeCells';
import { Places } from './places';
import { Reading, RowDefinition } from './rows';
import { Cell, Row } from './types';

/** Shown where there is no value: never nothing at all. */
const NO_VALUE: Readonly<Record<Cell['observation']['status'], string>> = {
  observed: '—',
  absent: '—',
  stale: 'not known',
  unreachable: 'unreachable',
  timeout: 'no answer',
  forbidden: 'not permitted',
  'not-configured': 'not configured',
  unknown: 'not known',
};

/**
 * One row over all environments: every cell compared with the one of the environment that it is promoted from, place by place.
 */
export function rowOf(
  definition: RowDefinition,
  environments: readonly Places[],
  judgements: Judgements,
): Row {
  const readings = environments.map(({ input, all }) => ({
    name: input.definition.name,
    from: input.definition.delivery.from,
    places: all.map(({ label, state }) => ({
      label,
      state,
      reading: definition.read(state),
    })),
  }));
  const cells: Record<string, Cell> = {};
  let rule: string | undefined;
  readings.forEach(({ name, from, places }, index) => {
    const before = (
      readings.find(other => other.name === from) ?? readings[index - 1]
    )?.places[0];
    const [first, ...others] = places.map(own => {
      const { fault } = own.reading;
      const verdict: Verdict = fault
        ? { comparison: 'violation', ...fault }
        : judge(definition, own, before, judgements);
      rule ??= verdict.rule;
      return { label: own.label, cell: cellOf(own.reading, verdict) };
    });
    cells[name] = mergeCells([first, ...others]);
  });
  return {
    id: definition.id,
    title: definition.title,
    ...(rule ? { rule } : {}),
    cells,
  };
}

function cellOf(reading: Reading, verdict: Verdict): Cell {
  const { known } = reading;
  const { comparison, rule, remedy } = verdict;
  const reason =
    reading.note === undefined
      ? verdict.reason
      : [reading.note, verdict.reason].filter(Boolean).join('. ');
  const state = reading.state ?? verdict.state;
  return {
    observation: known.observation,
    ...(known.value === undefined ? {} : { value: known.value }),
    display:
      known.value === undefined
        ? NO_VALUE[known.observation.status]
        : reading.display ?? String(known.value),
    comparison,
    ...(rule === undefined ? {} : { rule }),
    ...(reason === undefined ? {} : { reason }),
    ...(remedy === undefined ? {} : { remedy }),
    ...(state === undefined ? {} : { state }),
    ...(reading.detail === undefined ? {} : { detail: reading.detail }),
    ...(known.provenance ? { provenance: known.provenance } : {}),
  };
}
