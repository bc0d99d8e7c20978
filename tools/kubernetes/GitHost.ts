import { randomBytes } from 'crypto';
import path from 'path';
import {
  createGitHost,
  GitModel,
  GitRepositories,
} from '../../packages/playground/src/git';

const OWNER = 'acme';

/**
 * A git host on loopback with repositories of a test: where the portal finds what a service intends.
 */
export class GitHost {
  readonly #url: string;
  readonly #token: string;
  readonly #service: ReturnType<typeof createGitHost>;

  private constructor(
    url: string,
    token: string,
    service: ReturnType<typeof createGitHost>,
  ) {
    this.#url = url;
    this.#token = token;
    this.#service = service;
  }

  static async start(options: {
    port: number;
    directory: string;
  }): Promise<GitHost> {
    const { port, directory } = options;
    const token = randomBytes(20).toString('hex');
    const service = createGitHost({
      port,
      repositories: new GitRepositories(path.join(directory, 'git')),
      model: await GitModel.open(path.join(directory, 'git.json')),
      account: {
        username: 'portal',
        email: 'portal@acme.example',
        password: randomBytes(20).toString('hex'),
        token,
      },
      organisations: [OWNER],
      log: () => {},
    });
    await service.start();
    return new GitHost(`http://localhost:${port}`, token, service);
  }

  /** What the portal's configuration says of it. */
  get integrations(): object {
    return {
      gitea: [
        {
          host: new URL(this.#url).host,
          baseUrl: this.#url,
          username: 'portal',
          password: this.#token,
        },
      ],
    };
  }

  urlOf(repository: string): string {
    return `${this.#url}/${OWNER}/${repository}`;
  }

  /** Its address. */
  async createRepository(
    name: string,
    files: Readonly<Record<string, string>>,
  ): Promise<string> {
    await this.#post(`/orgs/${OWNER}/repos`, { name, default_branch: 'main' });
    for (const [file, content] of Object.entries(files)) {
      await this.#post(`/repos/${OWNER}/${name}/contents/${file}`, {
        message: `Add ${file}`,
        branch: 'main',
        content: Buffer.from(content).toString('base64'),
      });
    }
    return this.urlOf(name);
  }

  async stop(): Promise<void> {
    await this.#service.stop();
  }

  async #post(target: string, body: object): Promise<void> {
    const response = await fetch(`${this.#url}/api/v1${target}`, {
      method: 'POST',
      headers: {
        authorization: `token ${this.#token}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify(body),
    });
    if (!response.ok) {
      throw new Error(`${target}: ${response.status} ${await response.text()}`);
    }
  }
}
