import { NO_ROOT } from './Candidate';
import { folderOf } from './configuration';

/**
 * For each folder the one with Terraform that its files are for: itself, the next one above, or the only one there is.
 *
 * @param used - folders that others use as a module.
 */
export function ownersOf(
  folders: readonly string[],
  configurations: readonly string[],
  used: ReadonlySet<string>,
): ReadonlyMap<string, string> {
  const written = new Set(configurations);
  const candidates = configurations.filter(
    other => !NO_ROOT.test(`${other}/`) && !used.has(other),
  );
  return new Map(
    folders.flatMap(folder => {
      const owner =
        aboveWithConfiguration(folder, written) ??
        (candidates.length === 1 ? candidates[0] : undefined);
      return owner === undefined ? [] : [[folder, owner] as const];
    }),
  );
}

function aboveWithConfiguration(
  folder: string,
  written: ReadonlySet<string>,
): string | undefined {
  for (let above = folder; ; above = folderOf(above)) {
    if (written.has(above)) {
      return above;
    }
    if (above === '') {
      return undefined;
    }
  }
}
