import { FleetRow } from '@envmatrix/backstage-plugin-environments-common';

/**
 * The columns of all rows: the names of their environments, in an order that agrees with the promotion order of each. Names that many services have in
 * common lead; what few have stands beside what it is promoted from or to, and else at the end.
 */
export function environmentNames(rows: readonly FleetRow[]): string[] {
  const ways = rows.map(({ environments }) =>
    environments.map(({ name }) => name),
  );
  const uses = new Map<string, number>();
  for (const name of ways.flat()) {
    uses.set(name, (uses.get(name) ?? 0) + 1);
  }
  const commonness = (way: readonly string[]) =>
    Math.max(0, ...way.map(name => uses.get(name) ?? 0));
  const names: string[] = [];
  for (const way of [...ways].sort((a, b) => commonness(b) - commonness(a))) {
    const first = way.find(name => names.includes(name));
    let at = first === undefined ? names.length : names.indexOf(first);
    for (const name of way) {
      const known = names.indexOf(name);
      if (known < 0) {
        names.splice(at, 0, name);
        at += 1;
      } else {
        at = known + 1;
      }
    }
  }
  return names;
}
