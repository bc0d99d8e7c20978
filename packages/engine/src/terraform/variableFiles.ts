import { lastOf } from './configuration';
import { TerraformFile } from './types';

/** Files of variables that are taken for every environment. */
const COMMON = /^(common|global|shared|defaults?|base|all)\b/;

/** Whether a file of variables is for every environment, by its name. */
export function isCommon(name: string): boolean {
  return COMMON.test(lastOf(name));
}

/** Whether Terraform takes a file of variables without being told to. */
export function isLoaded(name: string): boolean {
  return /(^|\/)terraform\.tfvars(\.json)?$|\.auto\.tfvars(\.json)?$/.test(
    name,
  );
}

/** Files of variables in the order in which they are taken: the last one decides. */
export function inOrder(
  files: readonly TerraformFile[],
  place: string,
): TerraformFile[] {
  const rank = ({ name }: TerraformFile) => {
    const base = lastOf(name);
    if (/^terraform\.tfvars/.test(base)) {
      return base.endsWith('.json') ? 1 : 0;
    }
    if (isLoaded(name)) {
      return 2;
    }
    return base.split('.')[0] === place ? 4 : 3;
  };
  return [...files].sort(
    (left, right) =>
      rank(left) - rank(right) || (left.name < right.name ? -1 : 1),
  );
}
