import { Observation } from '../observations';
import { worst } from './known';
import { Cell } from './types';

/** The gravest first. */
const COMPARISONS: readonly Cell['comparison'][] = [
  'violation',
  'unclassified',
  'lag',
  'expected',
  'not-compared',
  'same',
];

const STATES: readonly NonNullable<Cell['state']>[] = [
  'degraded',
  'drifted',
  'out-of-sync',
  'progressing',
  'suspended',
];

/** A cell of one place of an environment. */
export interface PlacedCell {
  readonly label: string;
  readonly cell: Cell;
}

/**
 * One cell for all places of an environment: what all of them say is said once, anything else with the place beside it. The gravest verdict counts,
 * and so does the observation that knows least.
 */
export function mergeCells(
  placed: readonly [PlacedCell, ...PlacedCell[]],
): Cell {
  const [{ cell: only }] = placed;
  if (placed.length === 1) {
    return only;
  }
  const cells = placed.map(({ cell }) => cell);
  const observation = worst(cells.map(cell => cell.observation));
  const gravest = firstOf(placed, COMPARISONS, cell => cell.comparison);
  const moving = firstOf(placed, STATES, cell => cell.state);
  const told =
    (moving?.cell.detail !== undefined ? moving : undefined) ??
    placed.find(({ cell }) => cell.detail !== undefined);
  const verdict = gravest?.cell ?? only;
  const isAlike = cells.every(
    cell =>
      cell.display === only.display &&
      cell.observation.status === only.observation.status,
  );
  const unknown = placed.find(
    ({ cell }) => cell.observation.status === observation.status,
  );
  return {
    observation: isAlike ? observation : placedReason(observation, unknown),
    ...valueOf(placed, isAlike),
    display: isAlike
      ? only.display
      : placed
          .map(({ label, cell }) => `${label}: ${cell.display}`)
          .join(' · '),
    comparison: verdict.comparison,
    ...(verdict.rule === undefined ? {} : { rule: verdict.rule }),
    ...(verdict.reason === undefined
      ? {}
      : { reason: placedText(verdict.reason, gravest, isAlike) }),
    ...(verdict.remedy === undefined ? {} : { remedy: verdict.remedy }),
    ...(moving ? { state: moving.cell.state } : {}),
    ...(told?.cell.detail === undefined
      ? {}
      : { detail: placedText(told.cell.detail, told, isAlike) }),
    ...((unknown?.cell.provenance ?? only.provenance) && {
      provenance: unknown?.cell.provenance ?? only.provenance,
    }),
  };
}

function valueOf(
  placed: readonly PlacedCell[],
  isAlike: boolean,
): Pick<Cell, 'value'> {
  const known = placed.filter(({ cell }) => cell.value !== undefined);
  if (known.length === 0) {
    return {};
  }
  return isAlike && known.length === placed.length
    ? { value: known[0].cell.value }
    : {
        value: Object.fromEntries(
          known.map(({ label, cell }) => [label, cell.value]),
        ),
      };
}

function placedReason(
  observation: Observation,
  place: PlacedCell | undefined,
): Observation {
  return observation.reason === undefined || !place
    ? observation
    : { ...observation, reason: `${place.label}: ${observation.reason}` };
}

function placedText(
  text: string,
  place: PlacedCell | undefined,
  isAlike: boolean,
): string {
  return isAlike || !place ? text : `${place.label}: ${text}`;
}

function firstOf<T>(
  placed: readonly PlacedCell[],
  order: readonly T[],
  of: (cell: Cell) => T | undefined,
): PlacedCell | undefined {
  for (const wanted of order) {
    const found = placed.find(({ cell }) => of(cell) === wanted);
    if (found) {
      return found;
    }
  }
  return undefined;
}
