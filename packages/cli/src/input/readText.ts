import { promises as fs } from 'fs';
import { InputProblem } from '../InputProblem';

/** What the engine takes at most; read no further. */
const MAX_BYTES = 16 * 1024 * 1024;

/** Reads a text file. Everything that can be wrong with it is an {@link InputProblem} with its name. */
export async function readText(file: string): Promise<string> {
  let content: Buffer;
  try {
    const { size } = await fs.stat(file);
    if (size > MAX_BYTES) {
      throw new InputProblem(
        `${file} is larger than ${MAX_BYTES / 1024 / 1024} MiB`,
      );
    }
    content = await fs.readFile(file);
  } catch (error) {
    throw error instanceof InputProblem
      ? error
      : new InputProblem(`${file} cannot be read: ${reasonOf(error)}`);
  }
  return decode(file, content);
}

export function decode(name: string, content: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    throw new InputProblem(`${name} is not a text in UTF-8`);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist',
  EACCES: 'permission denied',
  EISDIR: 'it is a directory',
  ENOTDIR: 'it is not a directory',
};

export function reasonOf(error: unknown): string {
  if (error instanceof Error && 'code' in error) {
    return REASONS[String(error.code)] ?? error.message;
  }
  return error instanceof Error ? error.message : String(error);
}
