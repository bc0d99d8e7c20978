const UNITS = [
  { unit: 'day', seconds: 86_400 },
  { unit: 'hour', seconds: 3_600 },
  { unit: 'minute', seconds: 60 },
  { unit: 'second', seconds: 1 },
] as const;

/** An age in the one unit that a person would use. */
export interface Age {
  readonly unit: (typeof UNITS)[number]['unit'];
  readonly count: number;
}

/** @param from - ISO 8601; a moment in the future counts as now: clocks of servers are never exactly alike. */
export function ageOf(from: string, now: number): Age | undefined {
  const at = Date.parse(from);
  if (Number.isNaN(at)) {
    return undefined;
  }
  const seconds = Math.max(0, Math.floor((now - at) / 1000));
  const { unit, seconds: size } =
    UNITS.find(candidate => seconds >= candidate.seconds) ??
    UNITS[UNITS.length - 1];
  return { unit, count: Math.floor(seconds / size) };
}
