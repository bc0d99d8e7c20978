import { parse } from '@cdktf/hcl2json';
import { TerraformFile } from '@envmatrix/engine';
import { RepositoryFile } from '../../../types';

/** What is written in HCL. */
const HCL = /(\.tf|\.tfvars|\.tftest\.hcl|\.terraform\.lock\.hcl)$/;

/** Each distinct text once: most files are the same in every combination. */
const known = new Map<string, Promise<unknown>>();

/** The files of an infrastructure repository, with what the HCL among them says: as the command-line client reads them. */
export async function terraformFiles(
  files: readonly RepositoryFile[],
): Promise<TerraformFile[]> {
  return await Promise.all(
    files.map(async ({ path, content }) =>
      HCL.test(path)
        ? { name: path, text: content, json: await hcl(path, content) }
        : { name: path, text: content },
    ),
  );
}

/** What some HCL says, as `hcl2json` writes it. */
export function hcl(name: string, text: string): Promise<unknown> {
  const found = known.get(text) ?? parse(name, text);
  known.set(text, found);
  return found;
}
