import { spawn, type ChildProcess } from 'child_process';
import fs from 'fs/promises';
import net from 'net';
import os from 'os';
import path from 'path';
import { freePorts, isFree } from './__testUtils__/freePorts';
import { removeFolder } from './__testUtils__/removeFolder';

const MAIN = path.join(__dirname, 'main.ts');
const TRANSFORM = require.resolve('@backstage/cli/config/nodeTransform.cjs');

interface Run {
  child: ChildProcess;
  out: string;
  error: string;
  ended: Promise<number | null>;
}

describe('the program', () => {
  let folder: string;
  let port: number;
  const runs: Run[] = [];

  beforeEach(async () => {
    folder = await fs.mkdtemp(path.join(os.tmpdir(), 'playground-main-'));
    port = await freePorts();
  });

  afterEach(async () => {
    await Promise.all(
      runs.splice(0).map(({ child, ended }) => {
        child.kill('SIGKILL');
        return ended;
      }),
    );
    await removeFolder(folder);
  });

  /** Runs it until it says something, or ends. */
  async function start(says: string): Promise<Run> {
    const child = spawn(
      process.execPath,
      ['--require', TRANSFORM, MAIN, '--port', String(port), '--state', folder],
      {
        // As the commands of the repository run it: Node's own test flags are not for it.
        env: { ...process.env, NODE_OPTIONS: '' },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    const ended = new Promise<number | null>(resolve =>
      child.on('close', resolve),
    );
    const run: Run = { child, out: '', error: '', ended };
    runs.push(run);
    const said = new Promise<void>(resolve => {
      child.stdout.on('data', chunk => {
        run.out += chunk;
        if (run.out.includes(says)) {
          resolve();
        }
      });
    });
    child.stderr.on('data', chunk => {
      run.error += chunk;
    });
    await Promise.race([said, ended]);
    return run;
  }

  it.each(['ready\n', 'Git host'])(
    "ends well on a signal after it said '%s', with its state on disk and its ports free",
    async says => {
      const run = await start(says);
      run.child.kill('SIGTERM');
      expect({ code: await run.ended, error: run.error }).toEqual({
        code: 0,
        error: '',
      });
      const ports = [1, 2, 3, 4, 5, 6].map(offset => port + offset);
      expect(await Promise.all(ports.map(isFree))).toEqual(
        ports.map(() => true),
      );
      const files = await fs.readdir(folder);
      expect(files).toEqual(
        expect.arrayContaining([
          'app-config.playground.yaml',
          'argocd.json',
          'clusters',
          'credentials.json',
          'git.json',
          'identity.json',
        ]),
      );
      expect(files).not.toContain('running.json');
    },
  );

  it('ends with one sentence and 1 when a port is taken', async () => {
    const squatter = net.createServer();
    await new Promise<void>(resolve =>
      squatter.listen(port + 3, '127.0.0.1', resolve),
    );
    const run = await start('ready');
    expect({ code: await run.ended, error: run.error }).toEqual({
      code: 1,
      error: `Port ${
        port + 3
      } is taken, and nonprod needs it: stop what listens there, or choose another PORT\n`,
    });
    await new Promise(resolve => squatter.close(resolve));
  });
});
