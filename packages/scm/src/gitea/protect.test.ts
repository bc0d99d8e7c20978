import { ConfigReader } from '@backstage/config';
import { ScmIntegrations } from '@backstage/integration';
import { answeringHost } from '../__testUtils__/answeringHost';
import { ScmHosts } from '../ScmHosts';

const api = 'https://git.example.com/api/v1';
const host = new ScmHosts(
  ScmIntegrations.fromConfig(
    new ConfigReader({
      integrations: {
        gitea: [
          { host: 'git.example.com', username: 'portal', password: 'a-token' },
        ],
      },
    }),
  ),
).byHost('git.example.com');
const repository = { host: host.host, owner: 'acme', name: 'shop-config' };
const repo = '/repos/acme/shop-config';
const protection = {
  branch: 'main',
  review: {
    approvals: 1,
    checks: ['Validate / validate (pull_request)'],
    directFiles: ['apps/shop/overlays/dev/kustomization.yaml', 'a[b]*.yaml'],
  },
  codeOwners: ['acme/payments'],
  deployments: [],
};
const everything = {
  [`PUT ${repo}/teams/payments`]: { status: 204 },
  [`GET ${repo}`]: { body: { has_actions: true } },
  [`GET ${repo}/branch_protections/main`]: {
    status: 404,
    body: { errors: null, message: 'not found' },
  },
  [`POST ${repo}/branch_protections`]: { status: 201 },
};

describe('protection of a repository on Gitea', () => {
  const { asked, reply, requests } = answeringHost(api);

  it('asks for reviews, of code owners first, and lets releases pass', async () => {
    reply(everything);
    const steps = await host.protect({ repository, protection });
    expect(steps.filter(step => step.refused)).toEqual([]);
    expect(steps).toHaveLength(3);
    expect(asked.at(-1)?.body).toEqual({
      rule_name: 'main',
      enable_push: false,
      required_approvals: 1,
      enable_status_check: true,
      status_check_contexts: ['Validate / validate (pull_request)'],
      block_on_rejected_reviews: true,
      block_on_official_review_requests: true,
      dismiss_stale_approvals: true,
      block_admin_merge_override: true,
      unprotected_file_patterns:
        'apps/shop/overlays/dev/kustomization.yaml;a\\[b\\]\\*.yaml',
    });
  });

  it('changes the rule that is there, and takes a team that is there for added', async () => {
    reply({
      ...everything,
      [`PUT ${repo}/teams/payments`]: {
        status: 422,
        body: { message: "team 'payments' is already added to repo" },
      },
      [`GET ${repo}/branch_protections/main`]: { body: { rule_name: 'main' } },
      [`PATCH ${repo}/branch_protections/main`]: {},
    });
    const steps = await host.protect({ repository, protection });
    expect(steps.filter(step => step.refused)).toEqual([]);
    expect(requests().at(-1)).toBe(`PATCH ${repo}/branch_protections/main`);
  });

  it('demands no check that nothing would report', async () => {
    reply({ ...everything, [`GET ${repo}`]: { body: { has_actions: false } } });
    const steps = await host.protect({ repository, protection });
    expect(steps.at(-1)?.refused).toContain('switched off');
    expect(asked.at(-1)?.body).toMatchObject({
      enable_status_check: false,
      status_check_contexts: [],
    });
  });

  it('says which rights are missing', async () => {
    reply({
      ...everything,
      [`PUT ${repo}/teams/payments`]: {
        status: 404,
        body: { message: "team doesn't exist" },
      },
      [`GET ${repo}/branch_protections/main`]: {
        status: 403,
        body: {
          message:
            'user should be an owner or a collaborator with admin write of a repository',
        },
      },
    });
    const steps = await host.protect({ repository, protection });
    expect(steps.map(({ refused }) => refused !== undefined)).toEqual([
      true,
      true,
      true,
    ]);
    expect(steps[1].refused).toContain('admin write');
  });

  it('keeps the history alone where no review is asked for', async () => {
    reply(everything);
    await host.protect({
      repository,
      protection: { branch: 'main', codeOwners: [], deployments: [] },
    });
    expect(asked.at(-1)?.body).toEqual({
      rule_name: 'main',
      enable_push: true,
    });
  });
});
