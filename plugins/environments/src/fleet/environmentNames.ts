import { FleetRow } from '@envmatrix/backstage-plugin-environments-common';

/** The columns of all rows: the names of their environments, in an order that agrees with the promotion order of each. */
export function environmentNames(rows: readonly FleetRow[]): string[] {
  const names: string[] = [];
  for (const { environments } of rows) {
    let at = 0;
    for (const { name } of environments) {
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
