import fs from 'fs';
import path from 'path';
import { root } from '../lib/paths.mjs';

const FILE = path.join(
  root,
  'node_modules/.cache/results/kubernetes-measured.json',
);

/** Prints a measurement, and keeps it beside the results of the tests. */
export function report(what: string, value: string): void {
  fs.mkdirSync(path.dirname(FILE), { recursive: true });
  const before = fs.existsSync(FILE)
    ? JSON.parse(fs.readFileSync(FILE, 'utf8'))
    : {};
  fs.writeFileSync(
    FILE,
    `${JSON.stringify({ ...before, [what]: value }, null, 2)}\n`,
  );
  process.stdout.write(`${what}: ${value}\n`);
}
