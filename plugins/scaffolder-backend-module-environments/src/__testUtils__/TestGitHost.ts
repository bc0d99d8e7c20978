import { promises as fs } from 'fs';
import os from 'os';
import path from 'path';
import {
  createGitHost,
  GitModel,
  GitRepositories,
} from '@envmatrix/playground';

const account = {
  username: 'portal',
  email: 'portal@example.com',
  password: 'a-password',
  token: 'a'.repeat(40),
};

/** The playground's git host in a folder of its own, with the organisation `acme`. */
export class TestGitHost {
  static async start(
    options: { teams?: readonly string[] } = {},
  ): Promise<TestGitHost> {
    const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'git-host-'));
    const repositories = new GitRepositories(path.join(folder, 'git'));
    const model = await GitModel.open(path.join(folder, 'git.json'));
    const host = createGitHost({
      port: 0,
      repositories,
      model,
      account,
      organisations: ['acme'],
      ...(options.teams ? { teams: [...options.teams] } : {}),
      checkMs: 0,
      log: () => {},
    });
    await host.start();
    return new TestGitHost(folder, host, repositories, model);
  }

  private constructor(
    /** For whatever else a test writes. It goes with the host. */
    readonly folder: string,
    private readonly host: ReturnType<typeof createGitHost>,
    readonly repositories: GitRepositories,
    readonly model: GitModel,
  ) {}

  get url(): string {
    return this.host.url;
  }

  /** As answers and integrations name it. */
  get name(): string {
    return new URL(this.url).host;
  }

  get token(): string {
    return account.token;
  }

  /** Configuration with which Backstage reaches it. */
  get config() {
    return {
      integrations: {
        gitea: [
          {
            host: this.name,
            baseUrl: this.url,
            username: account.username,
            password: account.token,
          },
        ],
      },
    };
  }

  async stop(): Promise<void> {
    await this.host.stop();
    // What the host saves a little later would keep the folder from going.
    await this.model.flush();
    await fs.rm(this.folder, { recursive: true, force: true });
  }
}
