import { spawn } from 'child_process';

/** What git said when it refused. */
export class GitError extends Error {
  constructor(
    readonly args: readonly string[],
    readonly code: number | null,
    readonly complaint: string,
  ) {
    super(complaint.trim() || `git ${args[0]} ended with ${code}`);
    this.name = 'GitError';
  }
}

/**
 * Runs git in a bare repository, with its arguments as an array: no shell ever sees them.
 */
export async function runGit(
  directory: string,
  args: readonly string[],
  options: { input?: string | Buffer; env?: Record<string, string> } = {},
): Promise<Buffer> {
  return await new Promise((resolve, reject) => {
    const child = spawn('git', ['--git-dir', directory, ...args], {
      env: {
        PATH: process.env.PATH,
        HOME: directory,
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_TERMINAL_PROMPT: '0',
        ...options.env,
      },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const output: Buffer[] = [];
    let complaint = '';
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => {
      complaint = (complaint + chunk.toString('utf8')).slice(0, 10_000);
    });
    child.on('error', reject);
    child.on('close', code => {
      if (code === 0) {
        resolve(Buffer.concat(output));
      } else {
        reject(new GitError(args, code, complaint));
      }
    });
    // git may end before it has read everything.
    child.stdin.on('error', () => {});
    child.stdin.end(options.input);
  });
}

export async function gitText(
  directory: string,
  args: readonly string[],
  options: { input?: string | Buffer; env?: Record<string, string> } = {},
): Promise<string> {
  return (await runGit(directory, args, options)).toString('utf8').trim();
}
