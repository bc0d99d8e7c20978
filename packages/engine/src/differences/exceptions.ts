import { Intent } from '../intent';

/** One entry of `parity.allow` in the intent. */
export type Exception = Intent['parity']['allow'][number];

/** What an exception is held to. */
export interface Excepted {
  readonly rule?: string;
  readonly subject: string;
  readonly pointer?: string;
  /** The environments that stand out; an exception for one of them is enough. */
  readonly environments: readonly string[];
}

export type ExceptionMatch =
  | { readonly status: 'none' }
  | { readonly status: 'allowed' | 'expired'; readonly exception: Exception };

/** The exception that covers something, if any. One that still holds comes before one that has expired. */
export function findException(
  intent: Intent,
  what: Excepted,
  now: string,
): ExceptionMatch {
  const found = intent.parity.allow.filter(entry => covers(entry, what));
  const allowed = found.find(entry => !isExpired(entry, now));
  if (allowed) {
    return { status: 'allowed', exception: allowed };
  }
  return found.length > 0
    ? { status: 'expired', exception: found[0] }
    : { status: 'none' };
}

/** Whether an exception speaks of something, whether it still holds or not. */
export function covers(entry: Exception, what: Excepted): boolean {
  // Without any of the three it would cover everything, which nobody means.
  const selective =
    entry.rule !== undefined ||
    entry.subject !== undefined ||
    entry.pointer !== undefined;
  return (
    selective &&
    (entry.rule === undefined || entry.rule === what.rule) &&
    (entry.subject === undefined || entry.subject === what.subject) &&
    (entry.pointer === undefined || isBelow(what.pointer, entry.pointer)) &&
    (entry.environments === undefined ||
      what.environments.some(name => entry.environments?.includes(name)))
  );
}

function isBelow(pointer: string | undefined, prefix: string): boolean {
  const end = prefix.replace(/\/$/, '');
  return pointer === end || (pointer?.startsWith(`${end}/`) ?? false);
}

/** A date holds to its end. One that is no date has never begun. */
function isExpired({ expires }: Exception, now: string): boolean {
  if (expires === undefined) {
    return false;
  }
  const isDate = /^\d{4}-\d{2}-\d{2}$/.test(expires);
  const until = Date.parse(isDate ? `${expires}T23:59:59.999Z` : expires);
  return Number.isNaN(until) || until < Date.parse(now);
}
