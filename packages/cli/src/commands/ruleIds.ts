import { ruleCatalogue } from '@envmatrix/engine';
import { InputProblem } from '../InputProblem';

/** Rules that are named, separated by commas. */
export function parseRules(value: string): string[] {
  const ids = value
    .split(',')
    .map(id => id.trim().toUpperCase())
    .filter(Boolean);
  const known = ruleCatalogue.map(({ id }) => id);
  const unknown = ids.filter(id => !known.includes(id));
  if (unknown.length > 0 || ids.length === 0) {
    throw new InputProblem(
      `--rules ${value}: ${
        unknown.length > 0 ? `no rule ${unknown.join(', ')}` : 'no rule named'
      }; there are ${known.join(', ')}`,
    );
  }
  return ids;
}
