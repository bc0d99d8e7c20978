import { Candidate, EMPTY, NO_ROOT } from './Candidate';
import { lastOf } from './configuration';
import { Place } from './places';
import { TerraformFile } from './types';

/** A folder of an environment that Terragrunt makes a root of: what it holds is only known when that runs. */
export function terragruntIn(options: {
  folder: string;
  inside: readonly TerraformFile[];
  folders: ReadonlyMap<string, readonly TerraformFile[]>;
  found: { place?: Place; component: string; at: number };
  isRoot: boolean;
}): Candidate[] {
  const { folder, inside, folders, found, isRoot } = options;
  const { place, component, at } = found;
  const file = inside.find(isTerragrunt);
  // What is above the folders of environments is included by them.
  if (!file || !place || NO_ROOT.test(`${folder}/`) || isRoot) {
    return [];
  }
  const isIncluded = [...folders].some(
    ([other, files]) =>
      other.startsWith(`${folder}/`) && files.some(isTerragrunt),
  );
  return isIncluded
    ? []
    : [
        {
          ...EMPTY,
          folder,
          name: folder.split('/').slice(at).join('/'),
          component,
          place: { ...place, word: folder.split('/')[at] },
          notRead: `${file.name} is run by Terragrunt, which writes the configuration when it runs`,
        },
      ];
}

function isTerragrunt({ name }: TerraformFile): boolean {
  return lastOf(name) === 'terragrunt.hcl';
}
