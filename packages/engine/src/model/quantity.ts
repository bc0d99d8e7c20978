const SUFFIXES: Readonly<Record<string, bigint>> = {
  n: 1n,
  u: 1_000n,
  m: 1_000_000n,
  '': 1_000_000_000n,
  k: 1_000_000_000_000n,
  M: 10n ** 15n,
  G: 10n ** 18n,
  T: 10n ** 21n,
  P: 10n ** 24n,
  E: 10n ** 27n,
  Ki: 1024n * 10n ** 9n,
  Mi: 1024n ** 2n * 10n ** 9n,
  Gi: 1024n ** 3n * 10n ** 9n,
  Ti: 1024n ** 4n * 10n ** 9n,
  Pi: 1024n ** 5n * 10n ** 9n,
  Ei: 1024n ** 6n * 10n ** 9n,
};

const QUANTITY =
  /^([+-]?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d{1,2})|(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei))?$/;

/**
 * A Kubernetes quantity in billionths, so that `1`, `1000m` and `1.0` are the same number; undefined for what is none.
 * Digits below a billionth are rounded up, as the API server does.
 */
export function parseQuantity(value: unknown): bigint | undefined {
  if (typeof value === 'number') {
    return Number.isFinite(value) ? parseQuantity(String(value)) : undefined;
  }
  const match = typeof value === 'string' ? QUANTITY.exec(value.trim()) : null;
  if (!match) {
    return undefined;
  }
  const [, sign, whole, fraction = '', exponent, suffix = ''] = match;
  let numerator = BigInt(whole + fraction) * SUFFIXES[suffix];
  let denominator = 10n ** BigInt(fraction.length);
  if (exponent !== undefined) {
    const power = Number(exponent);
    if (power >= 0) {
      numerator *= 10n ** BigInt(power);
    } else {
      denominator *= 10n ** BigInt(-power);
    }
  }
  const rounded = (numerator + denominator - 1n) / denominator;
  return sign === '-' ? -rounded : rounded;
}

/** A quantity of billionths for a person to read: `1500m`, `2`, `32Gi`. */
export function formatQuantity(billionths: bigint): string {
  const unit = 10n ** 9n;
  if (billionths % unit !== 0n) {
    return `${(billionths + 999_999n) / 1_000_000n}m`;
  }
  const whole = billionths / unit;
  const binary = ['Ei', 'Pi', 'Ti', 'Gi', 'Mi', 'Ki'];
  for (const [index, suffix] of binary.entries()) {
    const size = 1024n ** BigInt(binary.length - index);
    if (whole >= size && whole % size === 0n) {
      return `${whole / size}${suffix}`;
    }
  }
  return String(whole);
}
