import fs from 'fs/promises';
import os from 'os';
import path from 'path';
import { createCluster, type Cluster } from '../../cluster';
import { fieldsOf, objectsOf, type Fields } from '../../cluster/values';
import { GitRepositories } from '../../git';
import { openState, type PlaygroundService } from '../../core';
import { createArgoCd, type ArgoCdOptions } from '../createArgoCd';
import type { Application } from '../resources';
import { removeFolder } from '../../__testUtils__/removeFolder';

export const TOKEN = 'key-of-the-portal';
export const VIEWER_TOKEN = 'key-of-a-viewer';
export const GIT_URL = 'http://localhost:7008';
export const REPOSITORY = { owner: 'acme', name: 'checkout-deploy-config' };

const AUTHOR = { name: 'Ada Adams', email: 'ada@example.com' };
const TREE = path.join(__dirname, '../__fixtures__/checkout-deploy-config');

/** Steps of a pod long enough that each state of a rollout is seen, and no longer. */
const POD_TIMINGS = {
  schedule: 5,
  create: 10,
  start: 120,
  ready: 120,
  terminate: 150,
  pullError: 60,
  pullRetry: 1_000,
};

export interface Exchange {
  method?: string;
  body?: unknown;
  /** The portal's, unless another or none (null) is given. */
  token?: string | null;
  headers?: Record<string, string>;
}

export interface Answer {
  status: number;
  headers: Headers;
  body: unknown;
}

export interface StreamEvent {
  type: string;
  application: Application;
}

export interface Stream {
  readonly status: number;
  readonly headers: Headers;
  readonly events: StreamEvent[];
  readonly lines: string[];
  close(): void;
}

async function filesBelow(directory: string): Promise<Record<string, string>> {
  const entries = await fs.readdir(directory, {
    recursive: true,
    withFileTypes: true,
  });
  const files = entries.filter(entry => entry.isFile());
  const pairs = await Promise.all(
    files.map(async entry => {
      const file = path.join(entry.parentPath, entry.name);
      const text = await fs.readFile(file, 'utf8');
      return [
        path.relative(directory, file),
        text.replaceAll('GIT_HOST', GIT_URL),
      ];
    }),
  );
  return Object.fromEntries(pairs);
}

function stateIn(status: unknown): string {
  const { sync, health, operationState } = fieldsOf(status);
  return [
    fieldsOf(sync).status,
    fieldsOf(health).status,
    fieldsOf(operationState).phase ?? '-',
  ].join(' ');
}

/** Waits until something holds, and says what did not when it takes too long. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await holds())) {
    if (Date.now() > deadline) {
      throw new Error(`It did not happen: ${what}`);
    }
    await new Promise(resolve => setTimeout(resolve, 10));
  }
}

/** Argo CD over two clusters and the repository of one service. */
export class Lab {
  readonly git: GitRepositories;
  readonly images = new Set([
    'ghcr.io/acme/checkout:1.3.0',
    'ghcr.io/acme/checkout:1.3.1',
  ]);
  readonly log: string[] = [];
  private readonly clusters: Cluster[] = [];
  private service: PlaygroundService | undefined;

  private constructor(readonly directory: string) {
    this.git = new GitRepositories(path.join(directory, 'git'));
  }

  static async open(options: Partial<ArgoCdOptions> = {}): Promise<Lab> {
    const lab = new Lab(
      await fs.mkdtemp(path.join(os.tmpdir(), 'playground-argocd-')),
    );
    await lab.git.create(REPOSITORY);
    await lab.commit('Start', await filesBelow(TREE));
    for (const name of ['nonprod', 'prod']) {
      const cluster = await createCluster({
        name,
        port: 0,
        token: 'unused',
        stateFile: path.join(lab.directory, `${name}.json`),
        certificateFile: path.join(lab.directory, 'tls', `${name}.json`),
        registry: {
          lookup: async (repository, tag) =>
            lab.images.has(`${repository}:${tag}`)
              ? { digest: `sha256:${'0'.repeat(64)}`, behaviour: 'run' }
              : undefined,
        },
        timings: POD_TIMINGS,
      });
      lab.clusters.push(cluster);
      await cluster.service.start();
    }
    await lab.start(options);
    return lab;
  }

  /** Starts Argo CD over what is there, as a new process would. */
  async start(options: Partial<ArgoCdOptions> = {}): Promise<void> {
    this.service = createArgoCd({
      git: this.git,
      gitBaseUrl: GIT_URL,
      clusters: this.clusters.map(({ handle }) => handle),
      port: 0,
      state: await openState(this.directory, { clusters: [] }),
      token: TOKEN,
      accounts: [
        {
          name: 'viewer',
          token: VIEWER_TOKEN,
          projects: ['checkout-dev'],
          sync: false,
          platform: false,
        },
        { name: 'admin', password: 'secret', sync: true, platform: true },
      ],
      log: message => this.log.push(message),
      timings: { debounce: 25, selfHeal: 50 },
      ...options,
    });
    await this.service.start();
  }

  get argocd(): PlaygroundService {
    if (!this.service) {
      throw new Error('Argo CD was not started');
    }
    return this.service;
  }

  cluster(name: 'nonprod' | 'prod'): Cluster {
    return this.clusters[name === 'prod' ? 1 : 0];
  }

  async close(): Promise<void> {
    await this.service?.stop();
    await Promise.all(this.clusters.map(cluster => cluster.close()));
    await removeFolder(this.directory);
  }

  async commit(
    message: string,
    files: Record<string, string | undefined>,
  ): Promise<string> {
    return await this.git.commit(REPOSITORY, {
      branch: 'main',
      files,
      message,
      author: AUTHOR,
    });
  }

  /** A repository beside that of the tests, in the same organisation. */
  async publish(
    name: string,
    files: Readonly<Record<string, string>>,
  ): Promise<void> {
    const repository = { owner: REPOSITORY.owner, name };
    await this.git.create(repository);
    await this.git.commit(repository, {
      branch: 'main',
      files,
      message: 'Start',
      author: AUTHOR,
    });
  }

  /** Changes a file of the repository. */
  async edit(file: string, change: (text: string) => string): Promise<string> {
    const text = await this.git.readFile(REPOSITORY, 'main', file);
    if (text === undefined) {
      throw new Error(`There is no file ${file}`);
    }
    return await this.commit(`Change ${file}`, { [file]: change(text) });
  }

  /** As a release does. */
  async setTag(environment: string, tag: string): Promise<string> {
    return await this.edit(
      `apps/checkout/overlays/${environment}/kustomization.yaml`,
      text => text.replace(/newTag: .*/, `newTag: ${tag}`),
    );
  }

  async request(url: string, exchange: Exchange = {}): Promise<Answer> {
    const { method = 'GET', token = TOKEN, headers = {} } = exchange;
    const { body } = exchange;
    const response = await fetch(`${this.argocd.url}${url}`, {
      method,
      headers: {
        ...(method !== 'GET' && { 'content-type': 'application/json' }),
        ...(token !== null && { authorization: `Bearer ${token}` }),
        ...headers,
      },
      body:
        body === undefined || typeof body === 'string'
          ? body
          : JSON.stringify(body),
    });
    const text = await response.text();
    const isJson =
      response.headers.get('content-type')?.startsWith('application/json') ??
      false;
    return {
      status: response.status,
      headers: response.headers,
      body: isJson ? JSON.parse(text) : text,
    };
  }

  async sync(name: string, body: Fields = {}): Promise<Answer> {
    return await this.request(`/api/v1/applications/${name}/sync`, {
      method: 'POST',
      body,
    });
  }

  /** `OutOfSync Missing -`: sync, health, and phase of the last operation. */
  async stateOf(name: string): Promise<string> {
    const { body } = await this.request(`/api/v1/applications/${name}`);
    return stateIn(fieldsOf(body).status);
  }

  /**
   * Does something, and waits until these states have followed from it, one after the other. The stream tells them, so that none is missed that
   * soon passes.
   */
  async untilStates(
    name: string,
    act: () => Promise<unknown>,
    ...states: string[]
  ): Promise<void> {
    const stream = await this.stream(`?name=${name}`);
    try {
      await act();
      await until(`${name} becomes ${states.join(', then ')}`, () => {
        const told = stream.events
          .slice(1)
          .map(({ application }) => stateIn(application.status));
        let next = 0;
        for (const state of told) {
          next += state === states[next] ? 1 : 0;
        }
        return next === states.length;
      });
    } finally {
      stream.close();
    }
  }

  async untilState(name: string, ...states: string[]): Promise<void> {
    let last = '';
    await until(`${name} is ${states.join(' or ')}`, async () => {
      last = await this.stateOf(name);
      return states.includes(last);
    }).catch(error => {
      throw new Error(`${error.message}; it is ${last}: ${this.log.join()}`);
    });
  }

  async conditionsOf(name: string): Promise<string[]> {
    const { body } = await this.request(`/api/v1/applications/${name}`);
    return objectsOf(fieldsOf(fieldsOf(body).status).conditions).map(
      ({ type, message }) => `${type}: ${message}`,
    );
  }

  /** Opens the stream; resolves once it has sent something, which it does not have to. */
  async stream(query: string, exchange: Exchange = {}): Promise<Stream> {
    const aborted = new AbortController();
    const { token = TOKEN, headers = {} } = exchange;
    const response = await fetch(
      `${this.argocd.url}/api/v1/stream/applications${query}`,
      {
        headers: {
          ...(token !== null && { authorization: `Bearer ${token}` }),
          ...headers,
        },
        signal: aborted.signal,
      },
    );
    const events: StreamEvent[] = [];
    const lines: string[] = [];
    const read = async () => {
      let rest = '';
      const decoder = new TextDecoder();
      for await (const chunk of response.body ?? []) {
        const parts = (rest + decoder.decode(chunk, { stream: true })).split(
          '\n',
        );
        rest = parts.pop() ?? '';
        for (const line of parts.filter(Boolean)) {
          lines.push(line);
          const event = JSON.parse(line.replace(/^data: /, ''));
          events.push(event.result);
        }
      }
      if (rest !== '') {
        lines.push(rest);
      }
    };
    // It ends when the test closes it, or the server goes.
    read().catch(() => undefined);
    return {
      status: response.status,
      headers: response.headers,
      events,
      lines,
      close: () => aborted.abort(),
    };
  }
}
