import { TerraformFile } from '@envmatrix/engine';
import { readTextFiles } from './files';

/** What is written in HCL. */
const HCL = /(\.tf|\.tfvars|\.tftest\.hcl|\.terraform\.lock\.hcl)$/;

/**
 * A file of an infrastructure repository cannot be read: file, line and what was expected.
 *
 * @public
 */
export class HclError extends Error {
  constructor(
    readonly file: string,
    readonly line: number | undefined,
    message: string,
  ) {
    super(`${file}${line === undefined ? '' : `:${line}`}: ${message}`);
    this.name = 'HclError';
  }
}

/**
 * The files of an infrastructure repository, with what the HCL among them says.
 *
 * @throws {@link HclError} for HCL that cannot be read.
 * @public
 */
export async function loadInfrastructure(
  directory: string,
): Promise<TerraformFile[]> {
  const files = await readTextFiles(directory);
  const loaded: TerraformFile[] = [];
  for (const { path, content } of files) {
    loaded.push({
      name: path,
      text: content,
      ...(HCL.test(path) ? { json: await readHcl(path, content) } : {}),
    });
  }
  return loaded;
}

async function readHcl(file: string, text: string): Promise<unknown> {
  try {
    // A parser of some megabytes, which only those who have Terraform wait for.
    const {
      parse,
    }: typeof import('@cdktf/hcl2json') = require('@cdktf/hcl2json');
    return await parse(file, text);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    // parse config: [bad.tf:2,6-3,1: Invalid expression; ...]
    const [, line, what] =
      /:(\d+),\d+(?:-\d+(?:,\d+)?)?: ([^\]]+)\]?$/.exec(message) ?? [];
    throw new HclError(
      file,
      line === undefined ? undefined : Number(line),
      what ?? message,
    );
  }
}
