import { ChildProcess, spawn } from 'child_process';
import { randomBytes } from 'crypto';
import fs from 'fs';
import path from 'path';
import { stringify } from 'yaml';
import type { Matrix } from '@envmatrix/engine';
import { nodeTransform, root } from '../lib/paths.mjs';
import { until } from './until';

const BACKEND = path.join(root, 'packages/backend');

/**
 * The portal's backend as it is shipped, in a process of its own, with configuration of a test.
 */
export class Portal {
  readonly #url: string;
  readonly #token: string;
  readonly #logFile: string;
  readonly #process: ChildProcess;

  private constructor(options: {
    url: string;
    token: string;
    configFile: string;
    logFile: string;
  }) {
    this.#url = options.url;
    this.#token = options.token;
    this.#logFile = options.logFile;
    const log = fs.openSync(options.logFile, 'a');
    this.#process = spawn(
      process.execPath,
      [
        '--enable-source-maps',
        '--require',
        nodeTransform,
        path.join(BACKEND, 'src/index.ts'),
        '--config',
        path.join(root, 'app-config.yaml'),
        '--config',
        options.configFile,
      ],
      {
        cwd: BACKEND,
        stdio: ['ignore', log, log],
        env: { ...process.env, NODE_ENV: 'production' },
      },
    );
    fs.closeSync(log);
  }

  /** Starts it; resolves when the catalog has an entity. */
  static async start(options: {
    port: number;
    directory: string;
    entityRef: string;
    config: Record<string, unknown>;
  }): Promise<Portal> {
    const { port, directory, entityRef, config } = options;
    const url = `http://localhost:${port}`;
    const token = randomBytes(24).toString('hex');
    const configFile = path.join(directory, 'app-config.test.yaml');
    const backend = {
      baseUrl: url,
      listen: { host: '127.0.0.1', port },
      database: { client: 'better-sqlite3', connection: ':memory:' },
      auth: {
        keys: [{ secret: randomBytes(24).toString('base64') }],
        externalAccess: [
          { type: 'static', options: { token, subject: 'test' } },
        ],
      },
    };
    fs.writeFileSync(
      configFile,
      stringify({ app: { baseUrl: url }, backend, ...config }),
      { mode: 0o600 },
    );
    const portal = new Portal({
      url,
      token,
      configFile,
      logFile: path.join(directory, 'portal.log'),
    });
    try {
      const [kind, namespace, name] = entityRef.split(/[:/]/);
      await until(`${entityRef} in the catalog`, async () => {
        const response = await portal.get(
          `/api/catalog/entities/by-name/${kind}/${namespace}/${name}`,
        );
        return response?.ok;
      });
      return portal;
    } catch (error) {
      await portal.stop();
      throw new Error(`The portal did not start: ${portal.lastWords()}`, {
        cause: error,
      });
    }
  }

  async matrix(entityPath: string): Promise<Matrix> {
    const response = await this.get(
      `/api/environments/v1/entities/${entityPath}/matrix`,
    );
    if (!response?.ok) {
      throw new Error(
        `The matrix was answered with ${
          response?.status
        }: ${await response?.text()}`,
      );
    }
    return await response.json();
  }

  async stop(): Promise<void> {
    const child = this.#process;
    if (child.exitCode === null && child.signalCode === null) {
      const ended = new Promise(resolve => {
        child.once('exit', resolve);
      });
      child.kill('SIGKILL');
      await ended;
    }
  }

  lastWords(): string {
    return fs
      .readFileSync(this.#logFile, 'utf8')
      .trim()
      .split('\n')
      .slice(-10)
      .join('\n');
  }

  /** Undefined while nobody listens yet. */
  async get(target: string): Promise<Response | undefined> {
    if (this.#process.exitCode !== null) {
      throw new Error('The portal has ended');
    }
    try {
      return await fetch(`${this.#url}${target}`, {
        headers: { authorization: `Bearer ${this.#token}` },
        signal: AbortSignal.timeout(30_000),
      });
    } catch {
      return undefined;
    }
  }
}
