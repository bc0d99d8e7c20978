import fs from 'fs/promises';
import path from 'path';
import { readIfPresent, writeFileAtomically } from './core';

/** Where the commands find the playground that runs on a state folder. */
export interface RunningPlayground {
  /** Of the control API. */
  readonly url: string;
  readonly pid: number;
}

const fileOf = (state: string) => path.join(state, 'running.json');

export function recordRunning(
  state: string,
  running: RunningPlayground,
): Promise<void> {
  return writeFileAtomically(fileOf(state), `${JSON.stringify(running)}\n`);
}

export function forgetRunning(state: string): Promise<void> {
  return fs.rm(fileOf(state), { force: true });
}

/** The playground that runs, or undefined; what a crash has left behind is not taken for one. */
export async function findRunning(
  state: string,
): Promise<RunningPlayground | undefined> {
  const text = await readIfPresent(fileOf(state));
  const running: RunningPlayground | undefined =
    text === undefined ? undefined : JSON.parse(text);
  return running && (await answers(running.url)) ? running : undefined;
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/status`, {
      signal: AbortSignal.timeout(5_000),
    });
    return response.ok;
  } catch {
    return false;
  }
}
