import { ConfigReader } from '@backstage/config';
import { ScmIntegrations } from '@backstage/integration';
import { answeringHost } from '../__testUtils__/answeringHost';
import { ScmHosts } from '../ScmHosts';

const api = 'https://gitlab.example.com/api/v4';
const hosts = new ScmHosts(
  ScmIntegrations.fromConfig(
    new ConfigReader({
      integrations: {
        gitlab: [
          { host: 'gitlab.example.com', apiBaseUrl: api, token: 'a-token' },
        ],
      },
    }),
  ),
);
const { host, repository } = hosts.byUrl(
  'https://gitlab.example.com/acme/shops/config/-/blob/main/README.md',
);
const project = '/projects/acme%2Fshops%2Fconfig';
const author = { name: 'Ada Adams', email: 'ada@example.com' };
const merge = {
  iid: 7,
  web_url: 'https://gitlab.example.com/acme/shops/config/-/merge_requests/7',
  state: 'opened',
  sha: 'h1',
  target_branch: 'main',
  detailed_merge_status: 'mergeable',
};

describe('GitlabHost', () => {
  const { asked, reply, requests } = answeringHost(api);

  it('knows projects in groups of groups', async () => {
    expect(repository).toEqual({
      host: 'gitlab.example.com',
      owner: 'acme/shops',
      name: 'config',
    });
    reply({
      [`GET ${project}`]: {
        body: {
          default_branch: null,
          empty_repo: true,
          web_url: 'https://gitlab.example.com/acme/shops/config',
          http_url_to_repo: 'https://gitlab.example.com/acme/shops/config.git',
          visibility: 'internal',
        },
      },
    });
    expect(await host.getRepository({ repository })).toMatchObject({
      defaultBranch: 'main',
      empty: true,
      private: true,
    });
    expect(asked[0].headers.get('authorization')).toBe('Bearer a-token');
    expect(host.links.file(repository, 'a b.yaml', 'main')).toBe(
      'https://gitlab.example.com/acme/shops/config/-/blob/main/a%20b.yaml',
    );
  });

  it('creates a project in its group, and says when there is one', async () => {
    const namespace = { body: { id: 42, kind: 'group' } };
    const options = { repository, private: true, defaultBranch: 'main' };
    reply({
      'GET /namespaces/acme%2Fshops': namespace,
      'POST /projects': { status: 201 },
    });
    await host.createRepository(options);
    expect(asked[1].body).toEqual({
      name: 'config',
      path: 'config',
      namespace_id: 42,
      description: '',
      visibility: 'private',
      default_branch: 'main',
      initialize_with_readme: false,
    });
    reply({
      'GET /namespaces/acme%2Fshops': namespace,
      'POST /projects': {
        status: 400,
        body: { message: { path: ['has already been taken'] } },
      },
    });
    await expect(host.createRepository(options)).rejects.toMatchObject({
      name: 'ConflictError',
    });
    reply({});
    await expect(host.createRepository(options)).rejects.toMatchObject({
      name: 'NotFoundError',
      message: expect.stringContaining("no group or user 'acme/shops'"),
    });
  });

  it('makes one commit of several files, each held to what it was', async () => {
    reply({
      [`GET ${project}/repository/files/apps%2Fa.yaml?ref=main`]: {
        body: {
          content: Buffer.from('a').toString('base64'),
          encoding: 'base64',
          last_commit_id: 'c0',
        },
      },
      [`POST ${project}/repository/commits`]: {
        status: 201,
        body: { id: 'c1' },
      },
    });
    const change = {
      repository,
      branch: 'main',
      newBranch: 'promote/prod',
      files: [
        { path: 'apps/a.yaml', before: 'a', after: 'aa' },
        { path: 'b', after: 'b' },
      ],
      message: 'Promote',
      author,
    };
    expect(await host.commitFiles(change)).toMatchObject({ sha: 'c1' });
    expect(asked[1].body).toEqual({
      branch: 'promote/prod',
      start_branch: 'main',
      commit_message: 'Promote',
      author_name: 'Ada Adams',
      author_email: 'ada@example.com',
      actions: [
        {
          action: 'update',
          file_path: 'apps/a.yaml',
          last_commit_id: 'c0',
          content: 'YWE=',
          encoding: 'base64',
        },
        {
          action: 'create',
          file_path: 'b',
          content: 'Yg==',
          encoding: 'base64',
        },
      ],
    });

    asked.length = 0;
    await expect(
      host.commitFiles({
        ...change,
        files: [{ path: 'apps/a.yaml', before: 'other', after: 'x' }],
      }),
    ).rejects.toMatchObject({
      name: 'ConflictError',
      message: 'apps/a.yaml changed in acme/shops/config meanwhile',
    });
    expect(requests().filter(line => !line.startsWith('GET'))).toEqual([]);
  });

  it('merges without a squash, so that the author stays', async () => {
    reply({
      [`GET ${project}/merge_requests/7`]: { body: merge },
      [`PUT ${project}/merge_requests/7/merge`]: {
        body: {
          ...merge,
          state: 'merged',
          merge_commit_sha: 'm1',
          merge_user: { username: 'portal' },
        },
      },
    });
    expect(
      await host.mergePullRequest({ repository, number: 7, head: 'h1' }),
    ).toEqual({
      number: 7,
      link: merge.web_url,
      state: 'merged',
      head: 'h1',
      mergedSha: 'm1',
      mergedBy: 'portal',
    });
    expect(asked[1].body).toEqual({
      sha: 'h1',
      squash: false,
      should_remove_source_branch: true,
    });
  });

  it.each([
    [
      { ...merge, detailed_merge_status: 'conflict' },
      200,
      'conflicts with main',
    ],
    [{ ...merge, state: 'closed' }, 200, 'closed without a merge'],
    [
      { ...merge, detailed_merge_status: 'not_approved' },
      405,
      'cannot be merged (not_approved)',
    ],
    [merge, 409, 'SHA does not match'],
  ])('does not merge %j', async (body, status, message) => {
    reply({
      [`GET ${project}/merge_requests/7`]: { body },
      [`PUT ${project}/merge_requests/7/merge`]: {
        status,
        body: { message: 'SHA does not match HEAD of source branch' },
      },
    });
    await expect(
      host.mergePullRequest({ repository, number: 7, head: 'h1' }),
    ).rejects.toMatchObject({
      name: 'ConflictError',
      message: expect.stringContaining(message),
    });
  });

  it('tells an account that may not merge from one that is not known', async () => {
    reply({
      [`GET ${project}/merge_requests/7`]: { body: merge },
      [`PUT ${project}/merge_requests/7/merge`]: {
        status: 401,
        body: { message: '401 Unauthorized' },
      },
    });
    await expect(
      host.mergePullRequest({ repository, number: 7, head: 'h1' }),
    ).rejects.toMatchObject({
      name: 'NotAllowedError',
      message: expect.stringContaining('may not merge Merge request 7'),
    });
  });

  it('finds the last merge request of a branch, and none', async () => {
    const line = `GET ${project}/merge_requests?source_branch=promote%2Fprod&target_branch=main&order_by=created_at&per_page=1`;
    const options = { repository, branch: 'promote/prod', base: 'main' };
    reply({ [line]: { body: [merge] } });
    expect(await host.findPullRequest(options)).toMatchObject({
      number: 7,
      state: 'open',
    });
    reply({ [line]: { body: [] } });
    expect(await host.findPullRequest(options)).toBeUndefined();
  });

  it.each([
    [401, 'AuthenticationError'],
    [403, 'NotAllowedError'],
    [404, 'NotFoundError'],
    [429, 'ServiceUnavailableError'],
    [503, 'ServiceUnavailableError'],
  ])('says what %d is, without the token', async (status, name) => {
    reply({ [`GET ${project}/merge_requests/7`]: { status } });
    const attempt = host.getPullRequest({ repository, number: 7 });
    await expect(attempt).rejects.toMatchObject({ name });
    await expect(attempt).rejects.not.toMatchObject({
      message: expect.stringContaining('a-token'),
    });
  });
});

describe('hosts that repositories can be created on', () => {
  it('are those with credentials', () => {
    expect(hosts.names()).toEqual(['gitlab.example.com']);
    expect(hosts.typeOf('gitlab.example.com')).toBe('gitlab');
    expect(hosts.typeOf('github.com')).toBe('github');
    expect(hosts.typeOf('other.example.com')).toBeUndefined();
  });
});

describe('a GitLab below a path of its host', () => {
  const below = new ScmHosts(
    ScmIntegrations.fromConfig(
      new ConfigReader({
        integrations: {
          gitlab: [
            {
              host: 'example.com',
              baseUrl: 'https://example.com/gitlab',
              apiBaseUrl: 'https://example.com/gitlab/api/v4',
              token: 'a-token',
            },
          ],
        },
      }),
    ),
  );

  it('is not taken for a group', () => {
    const { host: found, repository: inside } = below.byUrl(
      'https://example.com/gitlab/acme/shops/config.git',
    );
    expect(inside).toEqual({
      host: 'example.com',
      owner: 'acme/shops',
      name: 'config',
    });
    expect(found.links.repository(inside)).toBe(
      'https://example.com/gitlab/acme/shops/config',
    );
  });
});
