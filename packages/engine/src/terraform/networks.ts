/** First and last address of an IPv4 network, as numbers; undefined for what is none. */
export function rangeOf(cidr: string): [number, number] | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(
    cidr,
  );
  if (!match) {
    return undefined;
  }
  const parts = match.slice(1, 5).map(Number);
  const bits = Number(match[5]);
  if (parts.some(part => part > 255) || bits > 32) {
    return undefined;
  }
  const address = parts.reduce((sum, part) => sum * 256 + part, 0);
  const size = 2 ** (32 - bits);
  const first = Math.floor(address / size) * size;
  return [first, first + size - 1];
}

/** Whether two networks have an address in common. */
export function overlap(
  left: readonly [number, number],
  right: readonly [number, number],
): boolean {
  return left[0] <= right[1] && right[0] <= left[1];
}
