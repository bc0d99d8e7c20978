import { ConfigReader } from '@backstage/config';
import { ScmIntegrations } from '@backstage/integration';
import { answeringHost } from '../__testUtils__/answeringHost';
import { blobSha } from '../gitea/GiteaClient';
import { ScmHosts } from '../ScmHosts';

const api = 'https://api.github.example.com';
const hosts = new ScmHosts(
  ScmIntegrations.fromConfig(
    new ConfigReader({
      integrations: {
        github: [
          { host: 'github.example.com', apiBaseUrl: api, token: 'a-token' },
        ],
      },
    }),
  ),
);
const host = hosts.byHost('github.example.com');
const repository = { host: host.host, owner: 'acme', name: 'shop-config' };
const repo = '/repos/acme/shop-config';
const author = { name: 'Ada Adams', email: 'ada@example.com' };
const pull = {
  number: 7,
  html_url: 'https://github.example.com/acme/shop-config/pull/7',
  state: 'open',
  merged_at: null,
  mergeable: true,
  head: { ref: 'promote/prod', sha: 'h1' },
  base: { ref: 'main' },
};

function check(name: string, conclusion: string | null, isRequired: boolean) {
  return { __typename: 'CheckRun', name, conclusion, isRequired };
}

/** What GraphQL says of a pull request. */
function reviewed(state: {
  reviewDecision?: string;
  checks?: readonly object[];
}) {
  const { reviewDecision = null, checks } = state;
  return {
    data: {
      repository: {
        pullRequest: {
          reviewDecision,
          commits: {
            nodes: [
              {
                commit: {
                  statusCheckRollup: checks
                    ? { contexts: { nodes: checks } }
                    : null,
                },
              },
            ],
          },
        },
      },
    },
  };
}

describe('GithubHost', () => {
  const { asked, reply, requests } = answeringHost(api);

  it('tells an empty repository from one with a branch and from none', async () => {
    const found = {
      default_branch: 'main',
      html_url: 'https://github.example.com/acme/shop-config',
      clone_url: 'https://github.example.com/acme/shop-config.git',
      private: true,
    };
    reply({
      [`GET ${repo}`]: { body: found },
      [`GET ${repo}/branches?per_page=1`]: { body: [] },
    });
    expect(await host.getRepository({ repository })).toMatchObject({
      empty: true,
      private: true,
    });
    expect(asked[0].headers.get('authorization')).toBe('Bearer a-token');
    reply({
      [`GET ${repo}`]: { body: found },
      [`GET ${repo}/branches?per_page=1`]: { body: [{ name: 'main' }] },
    });
    expect(await host.getRepository({ repository })).toMatchObject({
      empty: false,
    });
    reply({});
    expect(await host.getRepository({ repository })).toBeUndefined();
  });

  it('creates a repository for an organisation, and says when there is one', async () => {
    reply({
      'GET /users/acme': { body: { type: 'Organization' } },
      'POST /orgs/acme/repos': { status: 201 },
    });
    const options = { repository, private: true, defaultBranch: 'main' };
    await host.createRepository(options);
    expect(asked[1].body).toEqual({
      name: 'shop-config',
      description: '',
      private: true,
      auto_init: false,
    });
    reply({
      'GET /users/acme': { body: { type: 'Organization' } },
      'POST /orgs/acme/repos': {
        status: 422,
        body: { message: 'name already exists on this account' },
      },
    });
    await expect(host.createRepository(options)).rejects.toMatchObject({
      name: 'ConflictError',
      message: expect.stringContaining('already exists'),
    });
  });

  it('makes one commit of several files, with the person as author, and moves the branch only forward', async () => {
    const moving = (status: number) => ({
      [`GET ${repo}/git/ref/heads/main`]: { body: { object: { sha: 'c1' } } },
      [`GET ${repo}/git/commits/c1`]: {
        body: { sha: 'c1', tree: { sha: 't1' } },
      },
      [`GET ${repo}/git/trees/t1?recursive=1`]: {
        body: {
          sha: 't1',
          tree: [
            { path: 'a.sh', mode: '100755', type: 'blob', sha: blobSha('a') },
            { path: 'b', mode: '100644', type: 'blob', sha: blobSha('b') },
          ],
        },
      },
      [`POST ${repo}/git/trees`]: { status: 201, body: { sha: 't2' } },
      [`POST ${repo}/git/commits`]: {
        status: 201,
        body: { sha: 'c2', tree: { sha: 't2' } },
      },
      [`PATCH ${repo}/git/refs/heads/main`]: {
        status,
        body: { message: 'Update is not a fast forward' },
      },
    });
    reply(moving(200));
    const change = {
      repository,
      branch: 'main',
      files: [
        { path: 'a.sh', before: 'a', after: 'aa' },
        { path: 'b', before: 'b' },
        { path: 'c', after: 'c' },
      ],
      message: 'Promote',
      author,
    };
    expect(await host.commitFiles(change)).toEqual({
      sha: 'c2',
      link: 'https://github.example.com/acme/shop-config/commit/c2',
    });
    expect(asked.slice(3).map(({ body }) => body)).toEqual([
      {
        base_tree: 't1',
        tree: [
          { path: 'a.sh', mode: '100755', type: 'blob', content: 'aa' },
          { path: 'b', mode: '100644', type: 'blob', sha: null },
          { path: 'c', mode: '100644', type: 'blob', content: 'c' },
        ],
      },
      { message: 'Promote', tree: 't2', parents: ['c1'], author },
      { sha: 'c2', force: false },
    ]);

    reply(moving(422));
    await expect(host.commitFiles(change)).rejects.toMatchObject({
      name: 'ConflictError',
      message: expect.stringContaining('not a fast forward'),
    });

    asked.length = 0;
    await expect(
      host.commitFiles({
        ...change,
        files: [{ path: 'b', before: 'other', after: 'x' }],
      }),
    ).rejects.toMatchObject({
      name: 'ConflictError',
      message: 'b changed in acme/shop-config meanwhile',
    });
    expect(requests().filter(line => !line.startsWith('GET'))).toEqual([]);
  });

  it('merges by rebase, which keeps the author, and removes the branch', async () => {
    reply({
      [`GET ${repo}/pulls/7`]: { body: pull },
      'POST /graphql': { body: reviewed({}) },
      [`PUT ${repo}/pulls/7/merge`]: { body: { merged: true } },
      [`DELETE ${repo}/git/refs/heads/promote/prod`]: { status: 422 },
    });
    await host.mergePullRequest({ repository, number: 7, head: 'h1' });
    expect(asked[2].body).toEqual({ merge_method: 'rebase', sha: 'h1' });
    expect(requests()[3]).toBe(`DELETE ${repo}/git/refs/heads/promote/prod`);
  });

  it.each([
    [
      'a review',
      { reviewDecision: 'REVIEW_REQUIRED' },
      'waits for the review of its code owners',
    ],
    [
      'a better review',
      { reviewDecision: 'CHANGES_REQUESTED' },
      'asked for changes',
    ],
    [
      'a check that failed',
      {
        reviewDecision: 'APPROVED',
        checks: [
          check('validate', 'FAILURE', true),
          check('preview', 'FAILURE', false),
        ],
      },
      'waits for validate (failure)',
    ],
    [
      'a check that runs',
      { checks: [check('validate', null, true)] },
      'waits for validate (running)',
    ],
  ])(
    'never merges past the rules of its branch, though it might: %s is missing',
    async (_, state, message) => {
      reply({
        [`GET ${repo}/pulls/7`]: { body: pull },
        'POST /graphql': { body: reviewed(state) },
        [`PUT ${repo}/pulls/7/merge`]: { body: { merged: true } },
      });
      await expect(
        host.mergePullRequest({ repository, number: 7, head: 'h1' }),
      ).rejects.toMatchObject({
        name: 'ConflictError',
        message: expect.stringContaining(message),
      });
      expect(requests().some(line => line.startsWith('PUT'))).toBe(false);
    },
  );

  it('does not merge what GitHub says nothing about', async () => {
    reply({
      [`GET ${repo}/pulls/7`]: { body: pull },
      'POST /graphql': {
        body: {
          data: { repository: null },
          errors: [
            {
              type: 'NOT_FOUND',
              path: ['repository'],
              message: 'Could not resolve to a Repository',
            },
          ],
        },
      },
    });
    await expect(
      host.mergePullRequest({ repository, number: 7, head: 'h1' }),
    ).rejects.toThrow('Could not resolve to a Repository');
  });

  it.each([
    ['that conflicts', { ...pull, mergeable: false }, 'conflicts with main'],
    ['that was closed', { ...pull, state: 'closed' }, 'closed without a merge'],
  ])('does not merge a pull request %s', async (_, body, message) => {
    reply({ [`GET ${repo}/pulls/7`]: { body } });
    await expect(
      host.mergePullRequest({ repository, number: 7, head: 'h1' }),
    ).rejects.toMatchObject({
      name: 'ConflictError',
      message: expect.stringContaining(message),
    });
  });

  it('compares, newest commit first', async () => {
    const commit = (sha: string) => ({
      sha,
      html_url: `https://github.example.com/${sha}`,
      commit: {
        message: `${sha}\n\nmore`,
        author: { ...author, date: '2026-11-23T10:00:00Z' },
      },
    });
    reply({
      [`GET ${repo}/compare/v1%2B0...main`]: {
        body: {
          ahead_by: 2,
          behind_by: 1,
          commits: [commit('old'), commit('new')],
        },
      },
    });
    expect(
      await host.compare({ repository, base: 'v1+0', head: 'main' }),
    ).toMatchObject({
      aheadBy: 2,
      behindBy: 1,
      commits: [{ subject: 'new' }, { subject: 'old', author: 'Ada Adams' }],
    });
  });

  it('encodes what it is given, and never climbs', async () => {
    reply({});
    await host.readFile({ repository, path: 'a b/c?d#e', ref: 'x&y' });
    expect(requests()).toEqual([
      `GET ${repo}/contents/a%20b/c%3Fd%23e?ref=x%26y`,
    ]);
    await expect(
      host.readFile({ repository, path: '../../user', ref: 'main' }),
    ).rejects.toMatchObject({ name: 'NotAllowedError' });
  });

  it('tells a limit that is told in words alone from a right that is missing', async () => {
    reply({
      [`GET ${repo}/pulls/7`]: {
        status: 403,
        body: {
          documentation_url:
            'https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits',
          message:
            'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
        },
      },
    });
    await expect(
      host.getPullRequest({ repository, number: 7 }),
    ).rejects.toMatchObject({
      name: 'ServiceUnavailableError',
      message: expect.stringContaining('too many requests'),
    });
  });

  it('sends no credentials after a repository that was renamed, and says so', async () => {
    reply({
      [`GET ${repo}`]: {
        status: 301,
        headers: { location: 'https://elsewhere.example.com/repositories/1' },
        body: {
          message: 'Moved Permanently',
          url: 'https://elsewhere.example.com/repositories/1',
        },
      },
    });
    await expect(host.getRepository({ repository })).rejects.toThrow(
      'has moved; use its new address',
    );
    expect(requests()).toEqual([`GET ${repo}`]);
  });

  it.each([
    [401, {}, 'AuthenticationError', 'refuses the credentials'],
    [403, {}, 'NotAllowedError', 'no'],
    [
      403,
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1795485600' },
      'ServiceUnavailableError',
      'try again after 2026-11-24T02:00:00.000Z',
    ],
    [
      429,
      { 'retry-after': '60' },
      'ServiceUnavailableError',
      'try again in 60 s',
    ],
    [404, {}, 'NotFoundError', 'no'],
    [409, {}, 'ConflictError', 'no'],
    [422, {}, 'HostStatusError', 'no'],
    [502, {}, 'ServiceUnavailableError', 'no'],
  ])('says what %d %j is', async (status, headers, name, message) => {
    reply({
      [`GET ${repo}/pulls/7`]: { status, headers, body: { message: 'no' } },
    });
    await expect(
      host.getPullRequest({ repository, number: 7 }),
    ).rejects.toMatchObject({
      name,
      message: expect.stringContaining(message),
    });
  });
});

describe('a GitHub Enterprise server', () => {
  const server = 'https://ghe.example.com/api';
  const { reply, requests } = answeringHost(server);
  const enterprise = new ScmHosts(
    ScmIntegrations.fromConfig(
      new ConfigReader({
        integrations: {
          github: [{ host: 'ghe.example.com', token: 'a-token' }],
        },
      }),
    ),
  ).byHost('ghe.example.com');

  it('has its REST API and GraphQL beside one another', async () => {
    reply({
      [`GET /v3${repo}/pulls/7`]: { body: pull },
      'POST /graphql': { body: reviewed({ reviewDecision: 'APPROVED' }) },
      [`PUT /v3${repo}/pulls/7/merge`]: { body: { merged: true } },
      [`DELETE /v3${repo}/git/refs/heads/promote/prod`]: { status: 204 },
    });
    await enterprise.mergePullRequest({
      repository: { ...repository, host: 'ghe.example.com' },
      number: 7,
      head: 'h1',
    });
    expect(requests().slice(0, 3)).toEqual([
      `GET /v3${repo}/pulls/7`,
      'POST /graphql',
      `PUT /v3${repo}/pulls/7/merge`,
    ]);
  });
});
