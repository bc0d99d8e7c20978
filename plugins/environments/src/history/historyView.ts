import { HistoryEntry } from '@envmatrix/backstage-plugin-environments-common';
import { DateTime } from 'luxon';
import { Tone } from '../shared/tones';

/** The changes of one day, newest first. */
export interface HistoryDay {
  /** ISO date, in the zone of who looks. */
  readonly date: string;
  readonly entries: readonly HistoryEntry[];
}

/** Days, newest first; entries come in that order. */
export function historyDays(entries: readonly HistoryEntry[]): HistoryDay[] {
  const days = new Map<string, HistoryEntry[]>();
  for (const entry of entries) {
    const date = DateTime.fromISO(entry.at).toISODate() ?? entry.at;
    days.set(date, [...(days.get(date) ?? []), entry]);
  }
  return [...days].map(([date, list]) => ({ date, entries: list }));
}

/** `today`, `yesterday`, else the date as people write it where they are. */
export function dayTitle(date: string, now: DateTime): string {
  const day = DateTime.fromISO(date);
  const ago = now.startOf('day').diff(day.startOf('day'), 'days').days;
  return (
    (ago >= 0 && ago <= 1 ? day.toRelativeCalendar({ base: now }) : null) ??
    day.toLocaleString({
      weekday: 'long',
      day: 'numeric',
      month: 'long',
      ...(day.year === now.year ? {} : { year: 'numeric' }),
    })
  );
}

const TONES: Readonly<Record<string, Tone>> = {
  Healthy: 'ok',
  Synced: 'ok',
  Degraded: 'bad',
  Missing: 'bad',
  OutOfSync: 'warn',
  Suspended: 'warn',
};

/** How something that an environment came to is meant; a release is neither good nor bad. */
export function toneOf({ what, to }: HistoryEntry): Tone {
  return (what !== 'version' && to && TONES[to]) || 'neutral';
}

/** What was read again comes first; what was loaded of older changes stays. */
export function withNewest(
  before: readonly HistoryEntry[],
  newest: readonly HistoryEntry[],
): HistoryEntry[] {
  const oldest = newest.at(-1);
  const isKnown = before.some(({ id }) => id === oldest?.id);
  // Without a change that both know there may be a gap, which a list must not hide.
  return isKnown
    ? [
        ...newest,
        ...before.slice(before.findIndex(({ id }) => id === oldest?.id) + 1),
      ]
    : [...newest];
}
