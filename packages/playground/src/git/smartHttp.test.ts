import { execFile } from 'child_process';
import fs from 'fs/promises';
import path from 'path';
import { promisify } from 'util';
import git from 'isomorphic-git';
import http from 'isomorphic-git/http/node';
import { GitLab, TOKEN } from './__testUtils__/gitLab';

const run = promisify(execFile);
const REPOSITORY = { owner: 'acme', name: 'shop' };

describe('git over HTTP', () => {
  let lab: GitLab;
  let url: string;

  beforeEach(async () => {
    lab = await GitLab.open();
    await lab.request('/api/v1/orgs', {
      method: 'POST',
      body: { username: REPOSITORY.owner },
    });
    await lab.request(`/api/v1/orgs/${REPOSITORY.owner}/repos`, {
      method: 'POST',
      body: { name: REPOSITORY.name, auto_init: true },
    });
    url = `${lab.baseUrl}/${REPOSITORY.owner}/${REPOSITORY.name}.git`;
  });

  afterEach(() => lab.close());

  /** The git command line, as on the laptop of somebody without any settings. */
  async function command(directory: string, ...args: string[]) {
    return await run('git', ['-C', directory, ...args], {
      env: {
        PATH: process.env.PATH,
        HOME: lab.directory,
        GIT_TERMINAL_PROMPT: '0',
        GIT_AUTHOR_NAME: 'Grace Hall',
        GIT_AUTHOR_EMAIL: 'grace@example.com',
        GIT_COMMITTER_NAME: 'Grace Hall',
        GIT_COMMITTER_EMAIL: 'grace@example.com',
      },
    });
  }

  const withToken = () => url.replace('//', `//ada:${TOKEN}@`);

  it('is cloned by anyone, and pushed to with a token', async () => {
    const heard: string[] = [];
    lab.repositories.onPush((id, { ref }) => heard.push(`${id.name} ${ref}`));
    const clone = path.join(lab.directory, 'clone');
    await command(lab.directory, 'clone', '--quiet', url, clone);
    await fs.writeFile(path.join(clone, 'service.txt'), 'one\n');
    await command(clone, 'add', '.');
    await command(clone, 'commit', '--quiet', '-m', 'A service');
    await expect(command(clone, 'push', '--quiet')).rejects.toThrow(
      /could not read Username/,
    );
    await command(clone, 'push', '--quiet', withToken(), 'HEAD:main');

    const [head] = await lab.repositories.log(REPOSITORY, {
      ref: 'main',
      limit: 1,
    });
    expect(head).toMatchObject({ subject: 'A service', author: 'Grace Hall' });
    expect(heard).toContain('shop refs/heads/main');
  });

  it('takes a large push in one piece and in chunks', async () => {
    const clone = path.join(lab.directory, 'large');
    await command(lab.directory, 'clone', '--quiet', url, clone);
    const lines = Array.from({ length: 60_000 }, (_, n) => `${n} ${n * 7919}`);
    await fs.writeFile(path.join(clone, 'large.txt'), lines.join('\n'));
    await command(clone, 'add', '.');
    await command(clone, 'commit', '--quiet', '-m', 'Something large');
    // Below the size of the pack, git sends it chunked.
    await command(
      clone,
      '-c',
      'http.postBuffer=4096',
      'push',
      '--quiet',
      withToken(),
      'HEAD:main',
    );
    expect(
      await lab.repositories.readFile(REPOSITORY, 'main', 'large.txt'),
    ).toBe(lines.join('\n'));
  });

  it('refuses a push of somebody who has not seen what is there', async () => {
    const [first, second] = ['first', 'second'].map(name =>
      path.join(lab.directory, name),
    );
    for (const clone of [first, second]) {
      await command(lab.directory, 'clone', '--quiet', url, clone);
      await fs.writeFile(path.join(clone, 'who.txt'), clone);
      await command(clone, 'add', '.');
      await command(clone, 'commit', '--quiet', '-m', 'Who was first');
    }
    await command(first, 'push', '--quiet', withToken(), 'HEAD:main');
    await expect(
      command(second, 'push', '--quiet', withToken(), 'HEAD:main'),
    ).rejects.toThrow(/fetch first|non-fast-forward/);
  });

  it('is not there for a name that nothing has, nor for a bad token', async () => {
    const target = path.join(lab.directory, 'none');
    await expect(
      command(
        lab.directory,
        'clone',
        withToken().replace('shop', 'nosuch'),
        target,
      ),
    ).rejects.toThrow(/not found/);
    await expect(
      command(
        lab.directory,
        'push',
        url.replace('//', '//ada:nonsense@'),
        'HEAD:main',
      ),
    ).rejects.toThrow();
  });

  it('talks to isomorphic-git, which the scaffolder publishes with', async () => {
    const directory = path.join(lab.directory, 'published');
    await git.clone({ fs, http, dir: directory, url });
    await fs.writeFile(path.join(directory, 'published.txt'), 'yes\n');
    await git.add({ fs, dir: directory, filepath: 'published.txt' });
    const sha = await git.commit({
      fs,
      dir: directory,
      message: 'Published',
      author: { name: 'Ada Adams', email: 'ada@example.com' },
    });
    const pushed = await git.push({
      fs,
      http,
      dir: directory,
      remote: 'origin',
      ref: 'main',
      onAuth: () => ({ username: 'ada', password: TOKEN }),
    });
    expect(pushed.ok).toBe(true);
    expect(await lab.repositories.resolve(REPOSITORY, 'main')).toBe(sha);
    const fetched = await git.fetch({ fs, http, dir: directory, ref: 'main' });
    expect(fetched.fetchHead).toBe(sha);
  });
});
