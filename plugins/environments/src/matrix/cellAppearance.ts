import { Cell, ObservationStatus } from '@envmatrix/engine';
import { Tone } from '../shared/tones';

/** What the sign of a cell stands for; the key of its word. */
export type Meaning =
  | 'same'
  | 'first'
  | 'expected'
  | 'lag'
  | 'violation'
  | 'unclassified'
  | 'progressing'
  | 'degraded'
  | 'out-of-sync'
  | 'drifted'
  | 'suspended';

/** How a cell looks: a sign, its tone, and the word that goes with it. */
export interface CellAppearance {
  readonly meaning: Meaning;
  readonly sign: string;
  readonly tone: Tone;
  readonly strong: boolean;
  /** Nobody knows the present value. */
  readonly isUnknown: boolean;
}

const SIGNS: Readonly<
  Record<Meaning, Pick<CellAppearance, 'sign' | 'tone'> & { strong?: true }>
> = {
  same: { sign: '', tone: 'neutral' },
  first: { sign: '', tone: 'neutral' },
  expected: { sign: '≈', tone: 'info' },
  lag: { sign: '↑', tone: 'warn' },
  violation: { sign: '!', tone: 'bad', strong: true },
  unclassified: { sign: '?', tone: 'odd' },
  progressing: { sign: '◔', tone: 'info' },
  degraded: { sign: '✕', tone: 'bad' },
  'out-of-sync': { sign: '⟳', tone: 'warn' },
  drifted: { sign: '≠', tone: 'odd' },
  suspended: { sign: '‖', tone: 'neutral' },
};

export function cellAppearance(cell: Cell): CellAppearance {
  const meaning = meaningOf(cell);
  const { sign, tone, strong = false } = SIGNS[meaning];
  return {
    meaning,
    sign,
    tone,
    strong,
    isUnknown: isUnknown(cell.observation.status),
  };
}

/** Looked, and seen or not there: that is known. */
export function isUnknown(status: ObservationStatus): boolean {
  return status !== 'observed' && status !== 'absent';
}

/** A difference that needs somebody is never hidden behind what moves; one that may be, is. */
function meaningOf(cell: Cell): Meaning {
  if (
    cell.comparison === 'violation' ||
    cell.comparison === 'lag' ||
    (cell.comparison === 'unclassified' && cell.state === undefined)
  ) {
    return cell.comparison;
  }
  if (cell.state !== undefined) {
    return cell.state;
  }
  return cell.comparison === 'not-compared' ? 'first' : cell.comparison;
}

/** Whether somebody who asks what differs wants to see this cell. */
export function differs(cell: Cell): boolean {
  return (
    cell.state !== undefined ||
    (cell.comparison !== 'same' && cell.comparison !== 'not-compared')
  );
}
