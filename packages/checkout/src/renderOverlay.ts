import { spawn } from 'child_process';
import { promises as fs } from 'fs';
import os from 'os';
import path from 'path';
import { assertLocalReferences } from './references';

/** One overlay takes some 50 ms; this is for a machine under load. */
const TIMEOUT_MS = 30_000;

/** Far more than any environment of one service renders to. */
const MAX_OUTPUT_BYTES = 50 * 1024 * 1024;

/**
 * The manifests of an overlay, or why there are none.
 *
 * @public
 */
export type RenderResult =
  | { readonly manifests: string }
  | { readonly problem: string };

/**
 * The program that renders: `['kubectl', 'kustomize']` or `['kustomize', 'build']`, or undefined when neither is installed.
 *
 * @public
 */
export async function findKustomize(
  searchPath = process.env.PATH ?? '',
): Promise<readonly [string, string] | undefined> {
  for (const [program, verb] of [
    ['kubectl', 'kustomize'],
    ['kustomize', 'build'],
  ] as const) {
    for (const folder of searchPath.split(path.delimiter).filter(Boolean)) {
      const candidate = path.join(folder, program);
      try {
        await fs.access(candidate, fs.constants.X_OK);
        return [candidate, verb];
      } catch {
        // the next folder
      }
    }
  }
  return undefined;
}

/**
 * Renders one overlay of a tree on disk with `kubectl kustomize` or `kustomize build`, after every remote reference has
 * been refused. Never throws for what the repository holds: that is a `problem`.
 *
 * @param options - `root` is the repository; `overlay` the folder in it.
 * @public
 */
export async function renderOverlay(options: {
  root: string;
  overlay: string;
  signal?: AbortSignal;
}): Promise<RenderResult> {
  const command = await findKustomize();
  if (!command) {
    return {
      problem:
        'Neither kubectl nor kustomize is installed here, so manifests cannot be rendered. Install one of them.',
    };
  }
  try {
    await assertLocalReferences(options);
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
  const [program, verb] = command;
  return await new Promise<RenderResult>((resolve, reject) => {
    // A home of its own: no plugins, no configuration and no credentials of whoever runs this.
    const child = spawn(
      program,
      [verb, path.join(options.root, options.overlay)],
      {
        env: {
          PATH: process.env.PATH,
          HOME: os.tmpdir(),
          GIT_TERMINAL_PROMPT: '0',
        },
        stdio: ['ignore', 'pipe', 'pipe'],
        signal: options.signal,
        timeout: TIMEOUT_MS,
        killSignal: 'SIGKILL',
      },
    );
    const output: Buffer[] = [];
    let bytes = 0;
    let complaint = '';
    child.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MAX_OUTPUT_BYTES) {
        child.kill('SIGKILL');
      } else {
        output.push(chunk);
      }
    });
    child.stderr.on('data', (chunk: Buffer) => {
      complaint = (complaint + chunk.toString('utf8')).slice(0, 4000);
    });
    child.on('error', reject);
    child.on('close', code => {
      if (code === 0) {
        resolve({ manifests: Buffer.concat(output).toString('utf8') });
      } else if (bytes > MAX_OUTPUT_BYTES) {
        resolve({
          problem: `${options.overlay} renders to more than ${MAX_OUTPUT_BYTES} bytes`,
        });
      } else if (code === null) {
        resolve({
          problem: `${options.overlay} was not rendered within ${
            TIMEOUT_MS / 1000
          } s`,
        });
      } else {
        resolve({
          problem: `${options.overlay} cannot be rendered: ${explain(
            complaint,
            options.root,
          )}`,
        });
      }
    });
  });
}

function explain(complaint: string, root: string): string {
  const lines = complaint
    .replaceAll(`${root}${path.sep}`, '')
    .replaceAll(root, '.')
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '' && !line.startsWith('# Warning'));
  return lines.join(' ').replace(/^error: /, '') || 'kustomize gave no reason';
}
