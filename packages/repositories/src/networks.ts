function rangeOf(cidr: string): { first: number; last: number } {
  const [address, size] = cidr.split('/');
  const number = address
    .split('.')
    .reduce((sum, part) => sum * 256 + Number(part), 0);
  const count = 2 ** (32 - Number(size));
  const first = Math.floor(number / count) * count;
  return { first, last: first + count - 1 };
}

/** Whether two IPv4 networks, `10.10.0.0/16`, have an address in common. */
export function overlap(one: string, other: string): boolean {
  const a = rangeOf(one);
  const b = rangeOf(other);
  return a.first <= b.last && b.first <= a.last;
}
