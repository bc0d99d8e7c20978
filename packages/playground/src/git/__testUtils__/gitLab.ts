import fs from 'fs/promises';
import os from 'os';
import path from 'path';
import { createGitHost } from '../createGitHost';
import { GitModel } from '../model';
import { GitRepositories } from '../GitRepositories';
import type { LocalService } from '../../core';
import { freePorts } from '../../__testUtils__/freePorts';
import { removeFolder } from '../../__testUtils__/removeFolder';

export const TOKEN = 'a-token-of-ada';
/** Of somebody else, who reviews. */
export const REVIEWER_TOKEN = 'a-token-of-admin';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** A git host of its own, in a folder of its own. */
export class GitLab {
  private constructor(
    readonly baseUrl: string,
    readonly directory: string,
    readonly repositories: GitRepositories,
    readonly model: GitModel,
    private readonly service: LocalService,
  ) {}

  static async open(options: { checkMs?: number } = {}): Promise<GitLab> {
    const directory = await fs.mkdtemp(path.join(os.tmpdir(), 'git-host-'));
    const port = await freePorts();
    const repositories = new GitRepositories(path.join(directory, 'git'));
    const model = await GitModel.open(path.join(directory, 'git.json'));
    const service = createGitHost({
      port,
      repositories,
      model,
      account: {
        username: 'ada',
        email: 'ada@example.com',
        password: 'adas-password',
        token: TOKEN,
      },
      reviewers: [
        {
          username: 'admin',
          email: 'admin@example.com',
          token: REVIEWER_TOKEN,
        },
      ],
      teams: ['payments'],
      organisations: [],
      checkMs: options.checkMs ?? 0,
      log: () => {},
    });
    await service.start();
    return new GitLab(
      `http://localhost:${port}`,
      directory,
      repositories,
      model,
      service,
    );
  }

  async close(): Promise<void> {
    await this.service.stop();
    await this.model.flush();
    await removeFolder(this.directory);
  }

  async request(
    url: string,
    options: { method?: string; token?: string | null; body?: unknown } = {},
  ): Promise<Answer> {
    const { method = 'GET', token = TOKEN, body } = options;
    const response = await fetch(`${this.baseUrl}${url}`, {
      method,
      headers: {
        ...(token === null ? {} : { authorization: `token ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers
      .get('content-type')
      ?.startsWith('application/json');
    return {
      status: response.status,
      headers: response.headers,
      body: isJson ? JSON.parse(text) : text,
    };
  }
}
