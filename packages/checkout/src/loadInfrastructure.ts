import { TerraformFile } from '@envmatrix/engine';
import { RepositoryFile } from '@envmatrix/repositories';
import { readTextFiles } from './files';

/** What is written in HCL, for Terraform and OpenTofu. */
const HCL =
  /(\.tf|\.tofu|\.tfvars|\.tftest\.hcl|\.tofutest\.hcl|\.terraform\.lock\.hcl)$/;

/** The same, written as JSON. */
const JSON_HCL = /\.(tf|tofu|tfvars)\.json$/;

/** What may be HCL, and is for other programs too: only the settings of a backend among it matter. */
const MAYBE_HCL = /\.(hcl|tfbackend)$/;

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
  return await parseInfrastructure(
    await readTextFiles(directory, { followLinks: true }),
  );
}

/**
 * What the HCL among files says, and the files as they are.
 *
 * @throws {@link HclError} for HCL that cannot be read.
 * @public
 */
export async function parseInfrastructure(
  files: readonly RepositoryFile[],
): Promise<TerraformFile[]> {
  const loaded: TerraformFile[] = [];
  for (const { path, content } of files) {
    const json = await parsed(path, content);
    loaded.push({
      name: path,
      text: content,
      ...(json === undefined ? {} : { json }),
    });
  }
  return loaded;
}

async function parsed(file: string, text: string): Promise<unknown> {
  if (HCL.test(file)) {
    return await readHcl(file, text);
  }
  if (JSON_HCL.test(file)) {
    return readJson(file, text);
  }
  if (MAYBE_HCL.test(file) && !/(^|\/)terragrunt\.hcl$/.test(file)) {
    try {
      return await readHcl(file, text);
    } catch (error) {
      if (error instanceof HclError) {
        return undefined;
      }
      throw error;
    }
  }
  return undefined;
}

function readJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const [, at] = /position (\d+)/.exec(message) ?? [];
    throw new HclError(
      file,
      at === undefined
        ? undefined
        : text.slice(0, Number(at)).split('\n').length,
      message,
    );
  }
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
