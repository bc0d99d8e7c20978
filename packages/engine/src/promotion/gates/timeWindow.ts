import { CronExpressionParser } from 'cron-parser';
import { parseDuration } from '../../model/duration';

/** Times that come again: each begins when a cron expression says, and lasts. */
export interface TimeWindow {
  /** Five fields: minute, hour, day of month, month, day of week. */
  readonly cron: string;
  /** `64h` */
  readonly duration: string;
  /** IANA name; UTC when absent. */
  readonly timeZone?: string;
}

/** What is wrong with a window, if anything is. */
export function windowProblem(window: TimeWindow): string | undefined {
  if (window.cron.trim().split(/\s+/).length !== 5) {
    return `'${window.cron}' is no cron expression; it needs five fields, such as '0 16 * * FRI'`;
  }
  try {
    beginnings(window, Date.UTC(2026, 0, 1)).next();
  } catch (error) {
    return `'${window.cron}'${
      window.timeZone ? ` in ${window.timeZone}` : ''
    } cannot be read: ${error instanceof Error ? error.message : error}`;
  }
  return parseDuration(window.duration)
    ? undefined
    : `'${window.duration}' is no duration; it needs one such as 8h or 64h`;
}

/** When the window that is open at a time ends, in milliseconds since the epoch; undefined when none is open then. */
export function openUntil(window: TimeWindow, at: number): number | undefined {
  // A window that begins in this very millisecond is open.
  const begun = beginnings(window, at + 1)
    .prev()
    .getTime();
  const end = begun + (parseDuration(window.duration) ?? 0);
  return begun <= at && at < end ? end : undefined;
}

/** When it opens next after a time. */
export function nextOpening(window: TimeWindow, at: number): number {
  return beginnings(window, at).next().getTime();
}

function beginnings({ cron, timeZone }: TimeWindow, at: number) {
  return CronExpressionParser.parse(cron, {
    currentDate: new Date(at),
    tz: timeZone ?? 'UTC',
  });
}
