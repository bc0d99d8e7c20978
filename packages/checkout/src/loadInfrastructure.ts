import { isBackendFile, TerraformFile } from '@envmatrix/engine';
import { RepositoryFile } from '@envmatrix/repositories';
import { readTextFiles } from './files';

/** What is written in HCL, for Terraform and OpenTofu. */
const HCL =
  /(\.tf|\.tofu|\.tfvars|\.tftest\.hcl|\.tofutest\.hcl|\.terraform\.lock\.hcl)$/;

/** The same, written as JSON. */
const JSON_HCL = /\.(tf|tofu|tfvars)\.json$/;

/** The settings of a backend, and nothing else. What is one by its folder or its words may be for another program. */
const BACKEND = /\.tfbackend$/;

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
  if (HCL.test(file) || BACKEND.test(file)) {
    return await readHcl(file, text);
  }
  if (JSON_HCL.test(file)) {
    return readJson(file, text);
  }
  if (isBackendFile(file)) {
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
    throw new HclError(
      file,
      text.slice(0, endOfJson(text)).split('\n').length,
      message,
    );
  }
}

/** How far a text is JSON: the parser says where it stopped only for some of its errors. */
function endOfJson(text: string): number {
  const token =
    /\s*(?:([{}[\]:,])|("(?:[^"\\\p{Cc}]|[\u007f-\u009f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null))/uy;
  const open: string[] = [];
  let expected: 'value' | 'key' | 'colon' | 'next' = 'value';
  let isFirst = false;
  let at = 0;
  for (;;) {
    const space = at + (/^\s*/.exec(text.slice(at))?.[0].length ?? 0);
    token.lastIndex = at;
    const [, symbol, value = ''] = token.exec(text) ?? [];
    const holder = open.at(-1);
    const closes =
      ((symbol === '}' && holder === '{') ||
        (symbol === ']' && holder === '[')) &&
      (expected === 'next' || isFirst);
    if (closes) {
      open.pop();
      expected = 'next';
    } else if (symbol === ',' && expected === 'next' && holder) {
      expected = holder === '{' ? 'key' : 'value';
    } else if (symbol === ':' && expected === 'colon') {
      expected = 'value';
    } else if (expected === 'key' && value.startsWith('"')) {
      expected = 'colon';
    } else if (expected === 'value' && value !== '') {
      expected = 'next';
    } else if (expected === 'value' && (symbol === '{' || symbol === '[')) {
      open.push(symbol);
      expected = symbol === '{' ? 'key' : 'value';
    } else {
      return space;
    }
    isFirst = symbol === '{' || symbol === '[';
    at = token.lastIndex;
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
