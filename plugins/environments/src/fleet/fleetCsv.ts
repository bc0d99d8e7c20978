import { FleetRow } from '@envmatrix/backstage-plugin-environments-common';
import { environmentNames } from './environmentNames';

/** The fleet as comma-separated values (RFC 4180): one line per service, four columns per environment. */
export function fleetCsv(rows: readonly FleetRow[]): string {
  const names = environmentNames(rows);
  const head = [
    'entityRef',
    'title',
    'owners',
    'system',
    'parity',
    'violations',
    'unclassified',
    ...names.flatMap(name => [
      `${name} version`,
      `${name} health`,
      `${name} commits behind`,
      `${name} known`,
    ]),
  ];
  const lines = rows.map(row => [
    row.entityRef,
    row.title,
    row.owners.join(' '),
    row.system,
    row.score,
    row.violations,
    row.unclassified,
    ...names.flatMap(name => {
      const summary = row.environments.find(
        environment => environment.name === name,
      )?.summary;
      return [
        summary?.version,
        summary?.health,
        summary?.behind?.commits,
        summary?.observation.status,
      ];
    }),
  ]);
  return [head, ...lines]
    .map(line => `${line.map(field).join(',')}\r\n`)
    .join('');
}

/** A spreadsheet takes what begins with one of these for a formula. */
const FORMULA = /^[=+\-@\t\r]/;

function field(value: string | number | undefined): string {
  const text = value === undefined ? '' : String(value);
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
