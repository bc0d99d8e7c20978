import { CronTime } from 'cron';

/** Windows that follow each other without a gap are looked along so far. */
const MAX_WINDOWS = 100;

const UNITS: Readonly<Record<string, number>> = {
  h: 3_600_000,
  m: 60_000,
  s: 1_000,
};

/**
 * Whether a sync window is open at a moment, and when that changes: its end, or its next beginning. Undefined for a schedule or a
 * duration that cannot be read.
 */
export function windowTimes(
  window: {
    readonly schedule: string;
    readonly duration: string;
    readonly timeZone?: string;
  },
  now: Date,
): { isActive: boolean; changesAt?: string } | undefined {
  const duration = durationOf(window.duration);
  const next = beginningsOf(window.schedule, window.timeZone);
  if (duration === undefined || !next) {
    return undefined;
  }
  const at = now.getTime();
  // A window that is open now began within the last duration.
  let begin = next(at - duration);
  if (begin > at) {
    return { isActive: false, changesAt: new Date(begin).toISOString() };
  }
  for (let count = 0; count < MAX_WINDOWS; count++) {
    const following = next(begin);
    if (following > begin + duration) {
      const changesAt = new Date(begin + duration).toISOString();
      return { isActive: true, changesAt };
    }
    begin = following;
  }
  return { isActive: true };
}

function beginningsOf(
  schedule: string,
  timeZone: string | undefined,
): ((after: number) => number) | undefined {
  try {
    const zone = timeZone || 'UTC';
    const time = new CronTime(schedule, zone);
    return after => time.getNextDateFrom(new Date(after), zone).toMillis();
  } catch {
    return undefined;
  }
}

/** `64h`, `1h30m`: whole numbers and decimals of hours, minutes and seconds. */
function durationOf(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?[hms])+$/.test(text)) {
    return undefined;
  }
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)([hms])/g)];
  return parts.reduce(
    (sum, [, count, unit]) => sum + Number(count) * UNITS[unit],
    0,
  );
}
