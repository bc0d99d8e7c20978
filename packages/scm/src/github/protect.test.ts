import { ConfigReader } from '@backstage/config';
import {
  DefaultGithubCredentialsProvider,
  ScmIntegrations,
} from '@backstage/integration';
import { answeringHost } from '../__testUtils__/answeringHost';
import { ScmHosts } from '../ScmHosts';
import { RestClient } from '../RestClient';
import { protect } from './protect';

const api = 'https://api.github.example.com';
const integrations = ScmIntegrations.fromConfig(
  new ConfigReader({
    integrations: {
      github: [
        { host: 'github.example.com', apiBaseUrl: api, token: 'a-token' },
      ],
    },
  }),
);
const host = new ScmHosts(integrations).byHost('github.example.com');
const repository = { host: host.host, owner: 'acme', name: 'shop-config' };
const repo = '/repos/acme/shop-config';
const protection = {
  branch: 'main',
  review: {
    approvals: 1,
    checks: ['validate'],
    directFiles: ['apps/shop/overlays/dev/kustomization.yaml'],
  },
  codeOwners: ['acme/payments'],
  deployments: [{ environment: 'prod', reviewers: ['acme/release-managers'] }],
  deployApp: 'Iv1.deploy',
};
const list = `GET ${repo}/rulesets?includes_parents=false&per_page=100`;
const everything = {
  [`PUT /orgs/acme/teams/payments${repo}`]: { status: 204 },
  [list]: { body: [] },
  [`POST ${repo}/rulesets`]: { status: 201 },
  'GET /orgs/acme/teams/release-managers': {
    body: { id: 42, slug: 'release-managers' },
  },
  [`PUT ${repo}/environments/prod`]: { body: { id: 1, name: 'prod' } },
  [`GET ${repo}/environments/prod/deployment-branch-policies`]: {
    body: { total_count: 0, branch_policies: [] },
  },
  [`POST ${repo}/environments/prod/deployment-branch-policies`]: {
    body: { id: 1, name: 'main' },
  },
};

describe('protection of a repository on GitHub', () => {
  const { asked, reply, requests } = answeringHost(api);

  it('lets the teams write, makes a ruleset and guards the environment', async () => {
    reply(everything);
    const steps = await host.protect({ repository, protection });
    expect(steps.filter(step => step.refused)).toEqual([
      {
        what: 'The app Iv1.deploy may push releases',
        refused: expect.stringContaining("bypass list of the ruleset 'env"),
      },
    ]);
    expect(asked[0]).toMatchObject({
      request: `PUT /orgs/acme/teams/payments${repo}`,
      body: { permission: 'push' },
    });
    const ruleset = asked.find(({ request }) =>
      request.startsWith(`POST ${repo}/rulesets`),
    );
    expect(ruleset?.body).toMatchObject({
      name: 'environments',
      target: 'branch',
      enforcement: 'active',
      conditions: { ref_name: { include: ['refs/heads/main'], exclude: [] } },
      // A token is somebody's who may administer the repository.
      bypass_actors: [
        { actor_id: 5, actor_type: 'RepositoryRole', bypass_mode: 'always' },
      ],
      rules: [
        { type: 'deletion' },
        { type: 'non_fast_forward' },
        {
          type: 'pull_request',
          parameters: {
            required_approving_review_count: 1,
            require_code_owner_review: true,
          },
        },
        {
          type: 'required_status_checks',
          parameters: { required_status_checks: [{ context: 'validate' }] },
        },
      ],
    });
    expect(
      asked.find(({ request }) => request === `PUT ${repo}/environments/prod`)
        ?.body,
    ).toEqual({
      prevent_self_review: true,
      reviewers: [{ type: 'Team', id: 42 }],
      deployment_branch_policy: {
        protected_branches: false,
        custom_branch_policies: true,
      },
    });
    expect(asked.at(-1)?.body).toEqual({ name: 'main' });
  });

  it('writes its own ruleset anew, and adds nothing twice', async () => {
    reply({
      ...everything,
      [list]: {
        body: [
          { id: 7, name: 'of somebody else' },
          { id: 8, name: 'environments' },
        ],
      },
      [`PUT ${repo}/rulesets/8`]: {},
      [`GET ${repo}/environments/prod/deployment-branch-policies`]: {
        body: { total_count: 1, branch_policies: [{ id: 1, name: 'main' }] },
      },
    });
    await host.protect({ repository, protection });
    expect(requests().filter(line => line.startsWith('POST'))).toEqual([]);
    expect(requests()).toContain(`PUT ${repo}/rulesets/8`);
  });

  it('lets the app of the portal push, and nobody where nothing is pushed', async () => {
    reply(everything);
    const client = new RestClient({
      host: host.host,
      apiUrl: api,
      headers: async () => ({
        ...(
          await DefaultGithubCredentialsProvider.fromIntegrations(
            integrations,
          ).getCredentials({ url: 'https://github.example.com/acme' })
        ).headers,
      }),
    });
    const actors = () =>
      asked
        .filter(({ request }) => request === `POST ${repo}/rulesets`)
        .map(({ body }) => body);
    const apps = [{ appId: 12, clientId: 'Iv1.deploy' }];
    const steps = await protect(client, repository, protection, apps);
    expect(steps.filter(step => step.refused)).toEqual([]);
    expect(actors()[0]).toMatchObject({
      bypass_actors: [
        { actor_id: 12, actor_type: 'Integration', bypass_mode: 'always' },
      ],
    });
    await protect(
      client,
      repository,
      { ...protection, review: { ...protection.review, directFiles: [] } },
      apps,
    );
    expect(actors()[1]).toMatchObject({ bypass_actors: [] });
  });

  it('keeps the history alone where no review is asked for', async () => {
    reply(everything);
    await host.protect({
      repository,
      protection: {
        branch: 'main',
        codeOwners: [],
        deployments: [],
      },
    });
    expect(asked.at(-1)?.body).toMatchObject({
      bypass_actors: [],
      rules: [{ type: 'deletion' }, { type: 'non_fast_forward' }],
    });
  });

  it('tells what the plan does not have, and goes on', async () => {
    reply({
      ...everything,
      [list]: {
        status: 403,
        body: {
          message:
            'Upgrade to GitHub Pro or make this repository public to enable this feature.',
          documentation_url: 'https://docs.github.com/rest/repos/rules',
          status: '403',
        },
      },
      [`PUT ${repo}/environments/prod`]: {
        status: 422,
        body: {
          message:
            'Failed to create the environment protection rule. Please ensure the billing plan supports the required reviewers protection rule.',
        },
      },
    });
    const steps = await host.protect({ repository, protection });
    expect(steps.map(({ refused }) => refused !== undefined)).toEqual([
      false,
      true,
      true,
      true,
    ]);
    expect(steps[1].refused).toContain('Upgrade to GitHub Pro');
    expect(steps[3].refused).toContain('billing plan');
  });

  it('does not take a team of another organisation for its own', async () => {
    reply(everything);
    const [step] = await host.protect({
      repository,
      protection: { ...protection, codeOwners: ['other/team'] },
    });
    expect(step.refused).toContain('it is a team of other');
    expect(requests().some(line => line.includes('other'))).toBe(false);
  });

  it('fails where the host cannot answer, so that a retry finishes it', async () => {
    reply({ ...everything, [list]: { status: 502 } });
    await expect(
      host.protect({ repository, protection }),
    ).rejects.toMatchObject({ name: 'ServiceUnavailableError' });
  });
});
