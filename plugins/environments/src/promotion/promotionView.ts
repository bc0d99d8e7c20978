import {
  Gate,
  Promotion,
  PromotionPlan,
  PromotionState,
} from '@envmatrix/engine';
import { Tone } from '../shared/tones';

/** How long the arrival of a release is news. */
const ARRIVED_MS = 60_000;

/** How long a failure that nothing can be done about here is news. */
const FAILED_MS = 60 * 60_000;

const LOOKS: Readonly<Record<PromotionState, { tone: Tone; glyph: string }>> = {
  waiting: { tone: 'info', glyph: '◔' },
  proposed: { tone: 'info', glyph: '◔' },
  merged: { tone: 'warn', glyph: '⟳' },
  syncing: { tone: 'info', glyph: '◔' },
  'rolling-out': { tone: 'info', glyph: '◔' },
  succeeded: { tone: 'ok', glyph: '✓' },
  failed: { tone: 'bad', glyph: '✕' },
  cancelled: { tone: 'neutral', glyph: '–' },
  superseded: { tone: 'neutral', glyph: '–' },
};

export function promotionLook(state: PromotionState): {
  tone: Tone;
  glyph: string;
} {
  return LOOKS[state];
}

/** Whether a column head should speak of a promotion. */
export function isWorthShowing(promotion: Promotion, now: number): boolean {
  const age =
    now - Date.parse(promotion.steps.at(-1)?.at ?? promotion.createdAt);
  switch (promotion.state) {
    case 'waiting':
    case 'proposed':
    case 'merged':
    case 'syncing':
    case 'rolling-out':
      return true;
    case 'succeeded':
      return age < ARRIVED_MS;
    case 'failed':
      return promotion.actions.length > 0 || age < FAILED_MS;
    case 'cancelled':
    case 'superseded':
      return false;
    default:
      throw new Error(`Unknown state ${promotion.state satisfies never}`);
  }
}

/** Whether a promotion has come to its end. */
export function isOver(state: PromotionState): boolean {
  return ['succeeded', 'failed', 'cancelled', 'superseded'].includes(state);
}

/** Whether the gates let a promotion begin, or be asked for: the backend holds to the same. */
export function mayBegin(gates: readonly Gate[]): boolean {
  return gates.every(gate => gate.state === 'open' || isApprovalToCome(gate));
}

/** Whether nothing happens before somebody agreed: a pull request can be opened before that. */
export function waitsForApproval({ gates, way }: PromotionPlan): boolean {
  return way === 'commit' && gates.some(isApprovalToCome);
}

function isApprovalToCome({ id, state }: Gate): boolean {
  return id === 'approval' && state === 'waiting';
}
