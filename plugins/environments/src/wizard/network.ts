const CIDR = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/;

/** An IPv4 network: its first and last address as numbers, and the length of its prefix. */
export interface Network {
  readonly first: number;
  readonly last: number;
  readonly size: number;
}

/** Reads `10.10.0.0/16`; undefined for what is none. */
export function networkOf(text: string): Network | undefined {
  const match = CIDR.exec(text);
  const parts = match?.slice(1).map(Number);
  if (!parts || parts.slice(0, 4).some(part => part > 255) || parts[4] > 32) {
    return undefined;
  }
  const size = parts[4];
  const address = parts.slice(0, 4).reduce((sum, part) => sum * 256 + part, 0);
  const count = 2 ** (32 - size);
  const first = Math.floor(address / count) * count;
  return { first, last: first + count - 1, size };
}

export function overlap(one: Network, other: Network): boolean {
  return one.first <= other.last && other.first <= one.last;
}
