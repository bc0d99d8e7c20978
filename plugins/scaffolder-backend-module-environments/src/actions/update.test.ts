import { promises as fs } from 'fs';
import path from 'path';
import {
  GiteaUrlReader,
  UrlReaders,
} from '@backstage/backend-defaults/urlReader';
import { mockCredentials, mockServices } from '@backstage/backend-test-utils';
import { ConfigReader } from '@backstage/config';
import { ScmIntegrations } from '@backstage/integration';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { createMockActionContext } from '@backstage/plugin-scaffolder-node-test-utils';
import { readTextFiles, writeTextFiles } from '@envmatrix/checkout';
import { validateIntent } from '@envmatrix/engine';
import { intentFromAnswers, renderRepositories } from '@envmatrix/repositories';
import { ScmHosts } from '@envmatrix/scm';
import { ada } from '../__testUtils__/ada';
import { TestGitHost } from '../__testUtils__/TestGitHost';
import { createPublishAction } from './publish';
import { createUpdateAction } from './update';

const defaultAuthor = { name: 'Portal', email: 'portal@example.com' };
const deployConfig = { owner: 'acme', name: 'shop-deploy-config' };
const templates = path.resolve(
  __dirname,
  '../../../../templates/multi-environment-service',
);
const STAGING = 'apps/shop/overlays/staging/kustomization.yaml';

/** Every gate that there is. */
const GATES = [
  { health: true },
  { soak: '24h' },
  { approval: { by: ['group:default/release-managers'] } },
  { freeze: { deny: [{ cron: '0 16 * * FRI', duration: '64h' }] } },
  { parity: true },
  { syncWindow: true },
];

describe('environments:update, against a git host', () => {
  let template: string;
  let host: TestGitHost;
  let action: ReturnType<typeof createUpdateAction>;

  beforeAll(async () => {
    host = await TestGitHost.start();
    template = path.join(host.folder, 'template');
    await fs.cp(
      path.join(templates, 'skeleton'),
      path.join(template, 'skeleton'),
      {
        recursive: true,
      },
    );
    const { url } = host;
    const config = new ConfigReader(host.config);
    const integrations = ScmIntegrations.fromConfig(config);
    const hosts = new ScmHosts(integrations);
    const { environments, ...answered } = intentFromAnswers(
      {
        service: 'shop',
        owner: 'group:default/payments',
        image: 'ghcr.io/acme/shop',
        repos: { host: host.name, owner: 'acme' },
      },
      { repositoryUrl: ({ owner, name }) => `${url}/${owner}/${name}` },
    );
    const intent = validateIntent({
      ...answered,
      environments: environments.map(environment =>
        environment.kind === 'production'
          ? {
              ...environment,
              delivery: { ...environment.delivery, gates: GATES },
            }
          : environment,
      ),
    });
    if (!intent.ok) {
      throw new Error(JSON.stringify(intent.problems));
    }
    const rendered = renderRepositories({
      intent: intent.intent,
      skeleton: await readTextFiles(path.join(template, 'skeleton')),
    });
    const workspacePath = path.join(host.folder, 'workspace');
    await writeTextFiles(
      path.join(workspacePath, 'infrastructure'),
      rendered.infrastructure,
    );
    await writeTextFiles(
      path.join(workspacePath, 'deploy-config'),
      rendered.deployConfig,
    );
    await createPublishAction({ hosts, defaultAuthor }).handler(
      createMockActionContext({
        workspacePath,
        input: {
          repositories: [
            {
              folder: 'infrastructure',
              url: `${url}/acme/shop-infrastructure`,
            },
            { folder: 'deploy-config', url: `${url}/acme/shop-deploy-config` },
          ],
        },
      }),
    );
    action = createUpdateAction({
      integrations,
      hosts,
      defaultAuthor,
      reader: UrlReaders.create({
        config,
        logger: mockServices.logger.mock(),
        factories: [GiteaUrlReader.factory],
      }),
      catalog: catalogServiceMock({
        entities: [
          entity('shop', {
            'environments.envmatrix.dev/intent': 'environments.yaml',
            'backstage.io/source-location': `url:${url}/acme/shop-deploy-config/src/branch/main/`,
          }),
          entity('other', {}),
        ],
      }),
    });
  });

  afterAll(() => host.stop());

  async function run(entityRef = 'component:default/shop') {
    const ctx = {
      ...createMockActionContext({ input: { entityRef } }),
      getInitiatorCredentials: async () => mockCredentials.user(),
      createTemporaryDirectory: () =>
        fs.mkdtemp(path.join(host.folder, 'skeleton-')),
      templateInfo: {
        entityRef: 'template:default/update',
        baseUrl: `file://${template}/update.yaml`,
      },
      user: ada,
    };
    await action.handler(ctx);
    return new Map(jest.mocked(ctx.output).mock.calls);
  }

  /** A commit of the service itself. */
  const change = async (
    file: string,
    edit: (text: string) => string,
    message: string,
  ) => {
    const text = await host.repositories.readFile(deployConfig, 'main', file);
    await host.repositories.commit(deployConfig, {
      branch: 'main',
      files: { [file]: edit(text ?? '') },
      message,
      author: { name: 'Max Miller', email: 'max@example.com' },
    });
  };

  it('proposes nothing where everything is as the skeleton has it, releases apart', async () => {
    await change(
      STAGING,
      text => text.replace(/newTag: .*/, 'newTag: "0.2.0"'),
      'Promote shop 0.2.0 to staging',
    );
    const outputs = await run();
    expect(outputs.get('pullRequests')).toEqual([]);
    expect(outputs.get('summary')).toContain(
      'Everything is as the skeleton has it.',
    );
    expect(host.model.pullsOf('acme', 'shop-deploy-config')).toEqual([]);
  });

  it('proposes what the new skeleton changes, keeps what was done by hand, and names what it cannot merge', async () => {
    const skeleton = path.join(template, 'skeleton/deploy-config');
    const amend = async (file: string, edit: (text: string) => string) => {
      const at = path.join(skeleton, file);
      await fs.writeFile(at, edit(await fs.readFile(at, 'utf8')));
    };
    // By the platform team: three files changed, one added.
    await amend('README.md', text => `${text}\nThe platform team helps.\n`);
    await amend('scripts/push.sh', text => text.replace('1 2 3 4 5', '1 2 3'));
    await amend('CODEOWNERS', text => `# New first line\n${text}`);
    await amend(
      'apps/__service__/overlays/__environment__/kustomization.yaml',
      text => `# Of the platform team\n${text}`,
    );
    await fs.writeFile(path.join(skeleton, 'SUPPORT.md'), 'Ask us.\n');
    // By the service: elsewhere in one of them, and at the very place in another.
    await change('README.md', text => `Ours, this one.\n\n${text}`, 'A word');
    await change(
      'scripts/push.sh',
      text => text.replace('1 2 3 4 5', '1 2 3 4 5 6 7'),
      'More patience',
    );

    const outputs = await run();
    expect(outputs.get('pullRequests')).toEqual([
      {
        title: 'Pull request in shop-deploy-config',
        url: expect.stringMatching(/shop-deploy-config\/pulls\/1$/),
      },
    ]);
    const summary = String(outputs.get('summary'));
    expect(summary).toContain('- `SUPPORT.md`: new');
    expect(summary).toContain('- `CODEOWNERS`: changed\n');
    expect(summary).toContain(
      '- `README.md`: changed, with what was done by hand',
    );
    expect(summary).toMatch(/`scripts\/push\.sh`: left alone\. It was changed/);

    const [commit] = await host.repositories.log(deployConfig, {
      ref: 'environments/skeleton',
      limit: 1,
    });
    expect(commit).toMatchObject({
      author: 'Ada Adams',
      subject: 'Bring the skeleton up to date for shop',
    });
    const proposed = (file: string) =>
      host.repositories.readFile(deployConfig, 'environments/skeleton', file);
    const readme = await proposed('README.md');
    expect(readme).toMatch(/^Ours, this one\./);
    expect(readme).toContain('The platform team helps.');
    expect(await proposed('scripts/push.sh')).toContain('1 2 3 4 5 6 7');
    expect(await proposed('CODEOWNERS')).toMatch(
      /^# New first line\n[\s\S]*\/prod\/\.\* @acme\/release-managers$/m,
    );
    const staging = await proposed(STAGING);
    expect(staging).toContain('# Of the platform team');
    expect(staging).toContain('newTag: "0.2.0"');
  });

  it('proposes it once, however often it is asked', async () => {
    const outputs = await run();
    expect(outputs.get('pullRequests')).toHaveLength(1);
    expect(host.model.pullsOf('acme', 'shop-deploy-config')).toHaveLength(1);
  });

  it('says which service it does not know', async () => {
    await expect(run('component:default/nothing')).rejects.toMatchObject({
      name: 'NotFoundError',
    });
    await expect(run('component:default/other')).rejects.toThrow(
      'was not made from a template of environments',
    );
  });
});

function entity(name: string, annotations: Record<string, string>) {
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: { name, annotations },
    spec: { type: 'service', lifecycle: 'production', owner: 'payments' },
  };
}
