import { promises as fs } from 'fs';
import path from 'path';
import { registerMswTestHooks } from '@backstage/backend-test-utils';
import { ScmIntegrations } from '@backstage/integration';
import { ConfigReader } from '@backstage/config';
import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { ScmHosts } from '../ScmHosts';
import { blobSha, encodePath } from './GiteaClient';

const repository = {
  host: 'git.example.com',
  owner: 'acme',
  name: 'checkout-deploy-config',
};
const hosts = new ScmHosts(
  ScmIntegrations.fromConfig(
    new ConfigReader({
      integrations: {
        gitea: [
          { host: 'git.example.com', username: 'portal', password: 'a-token' },
        ],
      },
    }),
  ),
);
const host = hosts.byHost('git.example.com');
const api = 'https://git.example.com/api/v1';

interface Recording {
  request: { method: string; path: string; body?: unknown };
  response: { status: number; body: unknown };
}

async function recording(name: string): Promise<Recording> {
  return JSON.parse(
    await fs.readFile(
      path.join(__dirname, '__fixtures__', `${name}.json`),
      'utf8',
    ),
  );
}

async function answer(name: string) {
  const { response } = await recording(name);
  return typeof response.body === 'string'
    ? new HttpResponse(response.body, { status: response.status })
    : HttpResponse.json(response.body as object, { status: response.status });
}

describe('GiteaHost, on what a real Gitea answers', () => {
  const server = setupServer();
  registerMswTestHooks(server);
  const requests: {
    method: string;
    url: string;
    body: unknown;
    authorization: string | null;
  }[] = [];

  beforeEach(() => {
    requests.length = 0;
  });

  function reply(...names: string[]) {
    let next = 0;
    server.use(
      http.all(`${api}/*`, async ({ request }) => {
        const text = await request.text();
        requests.push({
          method: request.method,
          url: request.url.slice(api.length),
          body: text ? JSON.parse(text) : undefined,
          authorization: request.headers.get('authorization'),
        });
        return await answer(names[Math.min(next++, names.length - 1)]);
      }),
    );
  }

  it('reads a repository, and tells one that is not there from an empty one', async () => {
    reply('repo-get', 'repo-get-empty', 'repo-get-absent');
    expect(await host.getRepository({ repository })).toMatchObject({
      defaultBranch: 'main',
      empty: false,
    });
    expect(await host.getRepository({ repository })).toMatchObject({
      empty: true,
    });
    expect(await host.getRepository({ repository })).toBeUndefined();
    expect(requests[0]).toMatchObject({
      url: '/repos/acme/checkout-deploy-config',
      authorization: `basic ${Buffer.from('portal:a-token').toString(
        'base64',
      )}`,
    });
  });

  it('reads commits with their authors', async () => {
    reply('commits-get');
    const { response } = await recording('commits-get');
    expect(await host.getCommit({ repository, ref: 'main' })).toEqual({
      sha: (response.body as { sha: string }).sha,
      subject: 'b',
      trailers: {},
      author: 'ada',
      email: 'ada@example.com',
      at: '2026-11-23T08:42:29.000Z',
      link: expect.stringContaining(
        'https://git.example.com/acme/checkout-deploy-config/commit/',
      ),
    });
    reply('commits-get-absent');
    expect(
      await host.getCommit({ repository, ref: 'no-such' }),
    ).toBeUndefined();
  });

  it('lists the commits that touched a path', async () => {
    reply('commits-list-path');
    const commits = await host.listCommits({
      repository,
      ref: 'main',
      path: 'apps/checkout/overlays/prod',
      limit: 5,
    });
    expect(commits.length).toBeGreaterThan(0);
    expect(new URL(requests[0].url, api).searchParams.get('path')).toBe(
      'apps/checkout/overlays/prod',
    );
  });

  it('counts commits in both directions', async () => {
    reply('commits-compare');
    expect(
      await host.compare({ repository, base: 'a', head: 'b' }),
    ).toMatchObject({ aheadBy: 3, behindBy: 3 });
    expect(requests.map(request => request.url).sort()).toEqual([
      '/repos/acme/checkout-deploy-config/compare/a...b',
      '/repos/acme/checkout-deploy-config/compare/b...a',
    ]);
  });

  it('reads the text of a file', async () => {
    reply('contents-get-file', 'contents-get-absent');
    expect(
      await host.readFile({ repository, path: 'apps/a b.yaml', ref: 'main' }),
    ).toContain('kind: Kustomization');
    expect(requests[0].url).toBe(
      '/repos/acme/checkout-deploy-config/contents/apps/a%20b.yaml?ref=main',
    );
    expect(
      await host.readFile({ repository, path: 'no', ref: 'main' }),
    ).toBeUndefined();
  });

  it('commits several files at once under the name of the person, locked to what was read', async () => {
    reply('contents-create-files');
    const author = { name: 'Ada Adams', email: 'ada@example.com' };
    await host.commitFiles({
      repository,
      branch: 'main',
      newBranch: 'promote/prod',
      message: 'm',
      author,
      files: [
        { path: 'a', before: 'x\n', after: 'y\n' },
        { path: 'b', after: 'z' },
      ],
    });
    expect(requests[0].body).toEqual({
      branch: 'main',
      new_branch: 'promote/prod',
      message: 'm',
      author,
      committer: author,
      files: [
        {
          operation: 'update',
          path: 'a',
          sha: blobSha('x\n'),
          content: Buffer.from('y\n').toString('base64'),
        },
        {
          operation: 'create',
          path: 'b',
          content: Buffer.from('z').toString('base64'),
        },
      ],
    });
  });

  it('tells a file that changed meanwhile', async () => {
    reply('contents-update-wrong-sha');
    await expect(
      host.commitFiles({
        repository,
        branch: 'main',
        message: 'm',
        author: { name: 'a', email: 'b' },
        files: [{ path: 'a', before: 'x', after: 'y' }],
      }),
    ).rejects.toMatchObject({
      name: 'ConflictError',
      message: expect.stringContaining(
        'a changed in acme/checkout-deploy-config meanwhile',
      ),
    });
  });

  it('merges by rebase with the head that was seen, after waiting for the check', async () => {
    reply(
      'pulls-create',
      'pulls-merge-while-checking',
      'pulls-create',
      'commits-list-path',
      'pulls-get-merged',
    );
    const merged = await host.mergePullRequest({
      repository,
      number: 2,
      head: 'd6ccb0abcdddc4b5a1e08cfb316922b91fdda96e',
    });
    expect(merged).toMatchObject({
      state: 'merged',
      mergedSha: expect.any(String),
    });
    expect(
      requests
        .filter(request => request.method === 'POST')
        .map(request => request.body),
    ).toEqual([
      {
        Do: 'rebase',
        head_commit_id: 'd6ccb0abcdddc4b5a1e08cfb316922b91fdda96e',
        delete_branch_after_merge: true,
      },
      {
        Do: 'rebase',
        head_commit_id: 'd6ccb0abcdddc4b5a1e08cfb316922b91fdda96e',
        delete_branch_after_merge: true,
      },
    ]);
  });

  it('does not merge twice, and takes a merged one for done', async () => {
    reply('pulls-get-merged');
    expect(
      await host.mergePullRequest({ repository, number: 2, head: 'x' }),
    ).toMatchObject({ state: 'merged' });
    expect(requests.every(request => request.method === 'GET')).toBe(true);
  });

  it.each([
    ['pulls-merge-head-moved', 'ConflictError', 'head out of date'],
    [
      'pulls-merge-refused-by-status',
      'ConflictError',
      'cannot be merged yet: Not all required status checks successful. Who reviews it finds it at https://git.example.com/acme/',
    ],
  ])(
    'gives the reason of a refused merge: %s',
    async (name, errorName, message) => {
      reply('pulls-create', name);
      await expect(
        host.mergePullRequest({ repository, number: 2, head: 'x' }),
      ).rejects.toMatchObject({
        name: errorName,
        message: expect.stringContaining(message),
      });
    },
  );

  it('does not take a user for an organisation', async () => {
    reply('org-get');
    expect(await host.getOwner({ owner: 'acme' })).toBe('organization');
    reply('org-get-absent');
    expect(await host.getOwner({ owner: 'nobody' })).toBeUndefined();
  });

  it('refuses names that would leave their place in the path', () => {
    expect(() => encodePath('a/../b')).toThrow('is not a path');
    expect(encodePath('a?b#c/d')).toBe('a%3Fb%23c/d');
  });

  it('names the host, not the credentials, when they are refused', async () => {
    reply('error-401-bad-token');
    const attempt = host.getRepository({ repository });
    await expect(attempt).rejects.toMatchObject({
      name: 'AuthenticationError',
      message: expect.stringContaining(
        'git.example.com refuses the credentials',
      ),
    });
    await expect(attempt).rejects.not.toMatchObject({
      message: expect.stringContaining('a-token'),
    });
  });

  it('says that a host cannot be reached', async () => {
    server.use(http.all(`${api}/*`, () => HttpResponse.error()));
    await expect(host.getRepository({ repository })).rejects.toMatchObject({
      name: 'ServiceUnavailableError',
      message: expect.stringContaining('git.example.com cannot be reached'),
    });
  });
});

describe('ScmHosts', () => {
  it('finds host and repository by address', () => {
    expect(
      hosts.byUrl('https://git.example.com/acme/shop.git').repository,
    ).toEqual({ host: 'git.example.com', owner: 'acme', name: 'shop' });
    expect(hosts.urlOf(repository)).toBe(
      'https://git.example.com/acme/checkout-deploy-config',
    );
  });

  it('says what to configure for a host it does not know', () => {
    expect(() => hosts.byUrl('https://other.example.com/a/b')).toThrow(
      "There is no integration for the git host other.example.com; add one under 'integrations.gitea'",
    );
    expect(() => hosts.byUrl('nonsense')).toThrow(
      "'nonsense' is not the address of a repository",
    );
  });
});
