import { IntentGate } from '../../intent/schema/intent';
import { Gate } from '../types';
import { minuteOf } from './minuteOf';
import { nextOpening, openUntil, windowProblem } from './timeWindow';

type Freeze = Extract<IntentGate, { freeze: unknown }>['freeze'];

type Window = NonNullable<Freeze['deny']>[number];

/** Windows that follow on one another for longer than this many of them open at no time that is worth telling. */
const MOST_STEPS = 500;

/** Whether things may move now: a window that denies is stronger than one that allows, and where some allow, nothing moves outside them. */
export function freezeGate(
  { deny = [], allow = [] }: Freeze,
  { now }: { now: string },
): Gate {
  const gate = { id: 'freeze', title: 'No freeze' };
  const problem = [...deny, ...allow]
    .map(windowProblem)
    .find(found => found !== undefined);
  if (problem) {
    return { ...gate, state: 'unknown', reason: problem };
  }
  const at = Date.parse(now);
  const denied = deny.find(window => openUntil(window, at) !== undefined);
  if (!denied && isAllowed(allow, at)) {
    const next = deny
      .map(window => ({ window, opens: nextOpening(window, at) }))
      .sort((a, b) => a.opens - b.opens)[0];
    return {
      ...gate,
      state: 'open',
      reason: next
        ? `The next one begins ${minuteOf(next.opens)}${because(next.window)}`
        : 'This is a time in which things may move',
    };
  }
  const opensAt = opening(deny, allow, at);
  return {
    ...gate,
    state: 'closed',
    reason: denied
      ? `Nothing moves now${because(denied)}`
      : `Things move only from ${allow
          .map(({ cron, duration }) => `${cron} for ${duration}`)
          .join(', ')}`,
    ...(opensAt === undefined
      ? {}
      : { opensAt: new Date(opensAt).toISOString() }),
  };
}

function isAllowed(allow: readonly Window[], at: number): boolean {
  return (
    allow.length === 0 ||
    allow.some(window => openUntil(window, at) !== undefined)
  );
}

function because({ reason }: Window): string {
  return reason ? `: ${reason}` : '';
}

/** The first moment from a time on in which nothing is denied and something is allowed. */
function opening(
  deny: readonly Window[],
  allow: readonly Window[],
  at: number,
  steps = 0,
): number | undefined {
  if (steps === MOST_STEPS) {
    return undefined;
  }
  const ends = deny.flatMap(window => openUntil(window, at) ?? []);
  if (ends.length > 0) {
    return opening(deny, allow, Math.max(...ends), steps + 1);
  }
  if (isAllowed(allow, at)) {
    return at;
  }
  const next = Math.min(...allow.map(window => nextOpening(window, at)));
  return opening(deny, allow, next, steps + 1);
}
