import { ConfigReader } from '@backstage/config';
import { ScmIntegrations } from '@backstage/integration';
import { answeringHost } from '../__testUtils__/answeringHost';
import { ScmHosts } from '../ScmHosts';

const api = 'https://gitlab.example.com/api/v4';
const host = new ScmHosts(
  ScmIntegrations.fromConfig(
    new ConfigReader({
      integrations: {
        gitlab: [
          { host: 'gitlab.example.com', apiBaseUrl: api, token: 'a-token' },
        ],
      },
    }),
  ),
).byHost('gitlab.example.com');
const repository = {
  host: host.host,
  owner: 'acme/platform',
  name: 'shop-config',
};
const project = '/projects/acme%2Fplatform%2Fshop-config';
const protection = {
  branch: 'main',
  review: { approvals: 1, checks: ['validate'], directFiles: ['a'] },
  codeOwners: ['acme/payments', 'acme/platform'],
  deployments: [],
};
const level = (access_level: number) => [
  { id: 1, access_level, access_level_description: 'x', user_id: null },
];
const branch = (push: number, merge: number) => ({
  id: 1,
  name: 'main',
  push_access_levels: level(push),
  merge_access_levels: level(merge),
  allow_force_push: false,
});
const main = `${project}/protected_branches/main`;
const premium = {
  'GET /groups/acme%2Fpayments?with_projects=false': { body: { id: 9 } },
  [`POST ${project}/share`]: { status: 201 },
  [`GET ${main}`]: { body: branch(40, 30) },
  [`DELETE ${main}`]: { status: 200 },
  [`POST ${project}/protected_branches`]: { status: 201 },
  [`PUT ${project}`]: { body: { id: 3 } },
  [`PATCH ${main}`]: {
    body: { ...branch(40, 40), code_owner_approval_required: true },
  },
  [`GET ${project}/approval_rules?per_page=100`]: { body: [] },
  [`POST ${project}/approval_rules`]: { status: 201 },
  [`POST ${project}/approvals`]: { status: 201 },
};

describe('protection of a project on GitLab', () => {
  const { asked, reply, requests } = answeringHost(api);
  const bodyOf = (line: string) =>
    asked.find(({ request }) => request === line)?.body;

  it('takes pushes and merges of maintainers, green pipelines, approvals of code owners', async () => {
    reply(premium);
    const steps = await host.protect({ repository, protection });
    expect(steps.filter(step => step.refused)).toEqual([]);
    // A group above the project is in it already.
    expect(requests().filter(line => line.includes('/groups/'))).toHaveLength(
      1,
    );
    expect(bodyOf(`POST ${project}/share`)).toEqual({
      group_id: 9,
      group_access: 30,
    });
    expect(bodyOf(`POST ${project}/protected_branches`)).toEqual({
      name: 'main',
      push_access_level: 40,
      merge_access_level: 40,
      allow_force_push: false,
    });
    expect(bodyOf(`PUT ${project}`)).toMatchObject({
      only_allow_merge_if_pipeline_succeeds: true,
    });
    expect(bodyOf(`POST ${project}/approval_rules`)).toMatchObject({
      rule_type: 'any_approver',
      approvals_required: 1,
    });
    expect(bodyOf(`POST ${project}/approvals`)).toMatchObject({
      merge_requests_author_approval: false,
    });
  });

  it('leaves alone what is so already', async () => {
    reply({
      ...premium,
      [`POST ${project}/share`]: {
        status: 409,
        body: { message: 'already shared' },
      },
      [`GET ${main}`]: { body: branch(40, 40) },
      [`GET ${project}/approval_rules?per_page=100`]: {
        body: [
          {
            id: 1,
            name: 'All Members',
            rule_type: 'any_approver',
            approvals_required: 2,
          },
        ],
      },
    });
    const steps = await host.protect({ repository, protection });
    expect(steps.filter(step => step.refused)).toEqual([]);
    expect(requests()).not.toContain(`DELETE ${main}`);
    expect(requests()).not.toContain(`POST ${project}/protected_branches`);
    expect(
      requests().filter(
        line => line.includes('approval_rules') && !line.startsWith('GET'),
      ),
    ).toEqual([]);
  });

  it('says what the tier does not have, and does the rest', async () => {
    reply({
      ...premium,
      [`PATCH ${main}`]: { body: branch(40, 40) },
      [`GET ${project}/approval_rules?per_page=100`]: {
        status: 404,
        body: { message: '404 Not Found' },
      },
    });
    const steps = await host.protect({ repository, protection });
    const refused = steps.filter(step => step.refused);
    expect(refused).toHaveLength(2);
    refused.forEach(step =>
      expect(step.refused).toContain('from the tier Premium on'),
    );
    expect(bodyOf(`PUT ${project}`)).toBeDefined();
  });

  it('lets developers push where no review is asked for', async () => {
    reply(premium);
    await host.protect({
      repository,
      protection: { branch: 'main', codeOwners: [], deployments: [] },
    });
    expect(bodyOf(`POST ${project}/protected_branches`)).toMatchObject({
      push_access_level: 30,
    });
    expect(bodyOf(`PUT ${project}`)).toBeUndefined();
  });
});
