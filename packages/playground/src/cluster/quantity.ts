const NANO = 10n ** 9n;

const DECIMAL: readonly [string, bigint][] = [
  ['E', NANO * 10n ** 18n],
  ['P', NANO * 10n ** 15n],
  ['T', NANO * 10n ** 12n],
  ['G', NANO * 10n ** 9n],
  ['M', NANO * 10n ** 6n],
  ['k', NANO * 10n ** 3n],
  ['', NANO],
  ['m', 10n ** 6n],
  ['u', 10n ** 3n],
  ['n', 1n],
];

const BINARY: readonly [string, bigint][] = [
  ['Ei', NANO * 2n ** 60n],
  ['Pi', NANO * 2n ** 50n],
  ['Ti', NANO * 2n ** 40n],
  ['Gi', NANO * 2n ** 30n],
  ['Mi', NANO * 2n ** 20n],
  ['Ki', NANO * 2n ** 10n],
];

const UNITS = new Map([...DECIMAL, ...BINARY]);

/** An amount as Kubernetes counts it: exact, with the family of units that it was written in. */
export interface Quantity {
  readonly nano: bigint;
  readonly binary: boolean;
}

export function parseQuantity(value: unknown): Quantity | undefined {
  const match =
    /^([+-]?)(\d+(?:\.\d*)?|\.\d+)(?:([eE][+-]?\d+)|([numkMGTPE]|[KMGTPE]i))?$/.exec(
      String(value).trim(),
    );
  if (!match) {
    return undefined;
  }
  const [, sign, digits, exponent, suffix = ''] = match;
  const unit = UNITS.get(suffix);
  if (unit === undefined) {
    return undefined;
  }
  const [whole, fraction = ''] = digits.split('.');
  const power = Number(exponent?.slice(1) ?? 0);
  const scaled =
    BigInt(`${whole}${fraction}` || '0') *
    unit *
    10n ** BigInt(Math.max(power, 0));
  const divisor = 10n ** BigInt(fraction.length + Math.max(-power, 0));
  // What is finer than a nano unit is rounded up, as the API server does.
  const nano = (scaled + divisor - 1n) / divisor;
  return { nano: sign === '-' ? -nano : nano, binary: suffix.endsWith('i') };
}

/** The shortest way to write an amount exactly: `1500m`, `2Gi`. */
export function formatQuantity({ nano, binary }: Quantity): string {
  if (nano === 0n) {
    return '0';
  }
  if (binary && nano >= NANO * 1024n) {
    const unit = BINARY.find(([, size]) => nano % size === 0n);
    if (unit) {
      return `${nano / unit[1]}${unit[0]}`;
    }
  }
  const [suffix, size] = DECIMAL.find(
    ([, candidate]) => nano % candidate === 0n,
  ) ?? ['n', 1n];
  return `${nano / size}${suffix}`;
}

/** The amount as the API server stores it; what is no amount stays. */
export function canonicalQuantity(value: unknown): unknown {
  const quantity = parseQuantity(value);
  return quantity ? formatQuantity(quantity) : value;
}

export const ZERO: Quantity = { nano: 0n, binary: false };

export function addQuantities(left: Quantity, right: Quantity): Quantity {
  return { nano: left.nano + right.nano, binary: left.binary || right.binary };
}
