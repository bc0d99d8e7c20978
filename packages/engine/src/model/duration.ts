const UNITS_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
};

/**
 * A duration as Go (`1h30m`) or Prometheus (`7d`, `1w`) writes it, in milliseconds; undefined for what is none.
 */
export function parseDuration(value: unknown): number | undefined {
  if (
    typeof value !== 'string' ||
    !/^(\d+(\.\d+)?(ms|s|m|h|d|w|y))+$/.test(value)
  ) {
    return undefined;
  }
  let total = 0;
  for (const [, amount, unit] of value.matchAll(
    /(\d+(?:\.\d+)?)(ms|s|m|h|d|w|y)/g,
  )) {
    total += Number(amount) * UNITS_MS[unit];
  }
  return total;
}
