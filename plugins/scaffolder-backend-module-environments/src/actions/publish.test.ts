import path from 'path';
import { ConfigReader } from '@backstage/config';
import { ScmIntegrations } from '@backstage/integration';
import { createMockActionContext } from '@backstage/plugin-scaffolder-node-test-utils';
import { writeTextFiles } from '@envmatrix/checkout';
import { intentFromAnswers } from '@envmatrix/repositories';
import { ScmHosts } from '@envmatrix/scm';
import { stringify } from 'yaml';
import { ada } from '../__testUtils__/ada';
import { TestGitHost } from '../__testUtils__/TestGitHost';
import { createPublishAction } from './publish';

describe('environments:publish, against a git host', () => {
  let workspace: string;
  let host: TestGitHost;
  let url: string;
  let action: ReturnType<typeof createPublishAction>;

  beforeEach(async () => {
    host = await TestGitHost.start({ teams: ['payments'] });
    url = host.url;
    workspace = path.join(host.folder, 'workspace');
    action = createPublishAction({
      hosts: new ScmHosts(
        ScmIntegrations.fromConfig(new ConfigReader(host.config)),
      ),
      defaultAuthor: { name: 'Portal', email: 'portal@example.com' },
    });
    for (const name of ['infrastructure', 'deploy-config']) {
      await writeTextFiles(path.join(workspace, name), [
        { path: 'environments.yaml', content: 'kind: Environments\n' },
        {
          path: 'scripts/validate.sh',
          content: '#!/bin/sh\n',
          executable: true,
        },
        { path: `${name}.txt`, content: `${name}\n` },
      ]);
    }
  });

  afterEach(() => host.stop());

  function context() {
    const input = {
      repositories: [
        { folder: 'infrastructure', url: `${url}/acme/shop-infrastructure` },
        {
          folder: 'deploy-config',
          url: `${url}/acme/shop-deploy-config`,
          description: 'Deploy config of shop',
        },
      ],
    };
    return {
      ...createMockActionContext({ input, workspacePath: workspace }),
      user: ada,
    };
  }

  it('creates both repositories with the person as author, and says where they are', async () => {
    const ctx = context();
    await action.handler(ctx);
    const [commit] = await host.repositories.log(
      { owner: 'acme', name: 'shop-deploy-config' },
      { ref: 'main', limit: 5 },
    );
    expect(commit).toMatchObject({
      author: 'Ada Adams',
      email: 'ada@example.com',
      committer: 'Ada Adams',
      subject: 'Initial commit',
    });
    expect(
      (
        await host.repositories.entry(
          { owner: 'acme', name: 'shop-deploy-config' },
          'main',
          'scripts/validate.sh',
        )
      )?.mode,
    ).toBe('100755');
    expect(ctx.output).toHaveBeenCalledWith('repositories', [
      expect.objectContaining({ url: `${url}/acme/shop-infrastructure` }),
      {
        url: `${url}/acme/shop-deploy-config`,
        contentsUrl: `${url}/acme/shop-deploy-config/src/branch/main`,
        catalogInfoUrl: `${url}/acme/shop-deploy-config/src/branch/main/catalog-info.yaml`,
        commit: commit.sha,
      },
    ]);
  });

  it('goes on where an earlier attempt ended, and changes nothing that is done', async () => {
    await action.handler(context());
    const before = await host.repositories.log(
      { owner: 'acme', name: 'shop-infrastructure' },
      { ref: 'main', limit: 5 },
    );
    await host.repositories.remove({
      owner: 'acme',
      name: 'shop-deploy-config',
    });
    await host.repositories.create({
      owner: 'acme',
      name: 'shop-deploy-config',
    });
    await action.handler(context());
    expect(
      await host.repositories.log(
        { owner: 'acme', name: 'shop-infrastructure' },
        { ref: 'main', limit: 5 },
      ),
    ).toEqual(before);
    expect(
      await host.repositories.readFile(
        { owner: 'acme', name: 'shop-deploy-config' },
        'main',
        'deploy-config.txt',
      ),
    ).toBe('deploy-config\n');
  });

  it('creates nothing when one of the repositories is taken', async () => {
    const taken = { owner: 'acme', name: 'shop-deploy-config' };
    await fetch(`${url}/api/v1/orgs/acme/repos`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Authorization: `token ${host.token}`,
      },
      body: JSON.stringify({ name: taken.name, auto_init: true }),
    });
    await expect(action.handler(context())).rejects.toMatchObject({
      name: 'ConflictError',
      message: expect.stringContaining(
        'shop-deploy-config exists already. Nothing was created',
      ),
    });
    expect(
      await host.repositories.exists({
        owner: 'acme',
        name: 'shop-infrastructure',
      }),
    ).toBe(false);
  });

  describe('with an intent', () => {
    const deployConfig = { owner: 'acme', name: 'shop-deploy-config' };

    beforeEach(async () => {
      const intent = intentFromAnswers(
        {
          service: 'shop',
          owner: 'group:default/payments',
          image: 'ghcr.io/acme/shop',
          repos: { host: host.name, owner: 'acme' },
        },
        { repositoryUrl: ({ owner, name }) => `${url}/${owner}/${name}` },
      );
      for (const name of ['infrastructure', 'deploy-config']) {
        await writeTextFiles(path.join(workspace, name), [
          { path: 'environments.yaml', content: stringify(intent) },
        ]);
      }
    });

    const write = (file: string) =>
      fetch(`${url}/api/v1/repos/acme/shop-deploy-config/contents`, {
        method: 'POST',
        headers: {
          'Content-Type': 'application/json',
          Authorization: `token ${host.token}`,
        },
        body: JSON.stringify({
          branch: 'main',
          message: 'A change',
          files: [{ operation: 'create', path: file, content: 'eA==' }],
        }),
      });

    it('protects main as its gates ask, lets promotions by commit pass, and says what was refused', async () => {
      const ctx = context();
      await action.handler(ctx);
      expect(host.model.protection(deployConfig, 'main')).toMatchObject({
        enable_push: false,
        required_approvals: 1,
        enable_status_check: false,
      });
      expect((await write('apps/shop/overlays/prod/kustomization.yaml')).status)
        // Production is reached by a reviewed pull request.
        .toBe(403);
      expect(
        (await write('apps/shop/overlays/staging/kustomization.yaml')).status,
      ).toBe(201);
      const outputs = new Map(jest.mocked(ctx.output).mock.calls);
      expect(outputs.get('protection')).toContain(
        '- main takes changes by reviewed pull request, and by commit releases alone',
      );
      // This host runs no workflows, so that it can demand no check.
      expect(outputs.get('remainingSteps')).toMatch(
        /^- \*\*Protect acme\/shop-infrastructure by hand\.\*\* A pull request has to pass 'Check \/ check \(pull_request\)': .*switched off/,
      );
    });

    it('protects what an earlier attempt left unprotected', async () => {
      await action.handler({
        ...context(),
        input: { ...context().input, protect: false },
      });
      expect(host.model.protection(deployConfig, 'main')).toBeUndefined();
      await action.handler(context());
      await action.handler(context());
      expect(host.model.protectionsOf(deployConfig)).toHaveLength(1);
    });
  });

  it('says which organisation is missing', async () => {
    const ctx = {
      ...context(),
      input: {
        repositories: [{ folder: 'infrastructure', url: `${url}/nobody/shop` }],
      },
    };
    await expect(action.handler(ctx)).rejects.toThrow(
      "There is no organisation or user 'nobody'",
    );
  });

  it('creates nothing in a dry run', async () => {
    await action.handler({ ...context(), isDryRun: true });
    expect(await host.repositories.list()).toEqual([]);
  });
});
