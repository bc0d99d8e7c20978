import { spawn } from 'node:child_process';
import { Complaint } from './log.mjs';

/** How much of a quiet command's output is kept for the case that it fails. */
const KEPT = 20_000;

/**
 * Runs a program to its end. With `quiet` its output is shown only when it fails.
 */
export function run(program, args, options = {}) {
  const { quiet = false, ...rest } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit',
      ...rest,
    });
    let output = '';
    for (const stream of quiet ? [child.stdout, child.stderr] : []) {
      stream.on('data', chunk => {
        output = (output + chunk).slice(-KEPT);
      });
    }
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) {
        resolve();
      } else {
        process.stderr.write(output);
        reject(
          new Complaint(
            `${program.split('/').pop()} ${args
              .map(arg => arg.split('/').pop())
              .join(' ')} ended with ${signal ?? code}`,
          ),
        );
      }
    });
  });
}

/** Like `run`, but gives the exit code in place of failing. */
export function runForCode(program, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'inherit', ...options });
    child.on('error', reject);
    child.on('close', code => resolve(code ?? 1));
  });
}

/**
 * Programs that run beside each other until they are stopped together. Each is the leader of a process group of its own, so
 * that none of its children outlives it.
 */
export class Companions {
  #children = [];
  #stopping = false;

  /** Called with the name of a program that ended by itself. */
  onEnd = () => {};

  start(name, program, args, options) {
    const child = spawn(program, args, {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...options,
    });
    const ended = new Promise(resolve => child.on('close', resolve));
    this.#children.push({ name, child, ended });
    child.on('close', code => {
      if (!this.#stopping) {
        this.onEnd(name, code);
      }
    });
    return child;
  }

  async stop() {
    this.#stopping = true;
    await Promise.all(
      this.#children.map(async ({ child, ended }) => {
        if (child.exitCode !== null || child.signalCode !== null) {
          return;
        }
        signalGroup(child, 'SIGTERM');
        const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), 10_000);
        await ended;
        clearTimeout(timer);
        signalGroup(child, 'SIGKILL');
      }),
    );
    this.#children = [];
  }
}

function signalGroup(child, signal) {
  try {
    process.kill(-child.pid, signal);
  } catch {
    // the group is gone
  }
}
