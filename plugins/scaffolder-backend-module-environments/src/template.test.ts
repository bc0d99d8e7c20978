import { promises as fs } from 'fs';
import path from 'path';
import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import scaffolderPlugin from '@backstage/plugin-scaffolder-backend';
import { readTextFiles } from '@envmatrix/checkout';
import request from 'supertest';
import { parse } from 'yaml';
import { TestGitHost } from './__testUtils__/TestGitHost';
import scaffolderModuleEnvironments from '.';

const templateFolder = path.resolve(
  __dirname,
  '../../../templates/multi-environment-service',
);

describe('the template, run dry through the scaffolder', () => {
  let host: TestGitHost;
  let server: Awaited<ReturnType<typeof startTestBackend>>['server'];
  let stop: () => Promise<void>;

  beforeAll(async () => {
    host = await TestGitHost.start();
    const backend = await startTestBackend({
      features: [
        scaffolderPlugin,
        scaffolderModuleEnvironments,
        catalogServiceMock.factory({ entities: [] }),
        mockServices.rootConfig.factory({
          data: {
            backend: {
              baseUrl: 'http://localhost',
              database: { client: 'better-sqlite3', connection: ':memory:' },
            },
            ...host.config,
          },
        }),
      ],
    });
    server = backend.server;
    stop = () => backend.stop();
  });

  afterAll(async () => {
    await stop();
    await host.stop();
  });

  async function dryRun(values: object, template = 'template.yaml') {
    const files = await readTextFiles(templateFolder);
    return await request(server)
      .post('/api/scaffolder/v2/dry-run')
      .send({
        template: parse(
          await fs.readFile(path.join(templateFolder, template), 'utf8'),
        ),
        values,
        directoryContents: files.map(file => ({
          path: file.path,
          base64Content: Buffer.from(file.content).toString('base64'),
        })),
      });
  }

  const values = () => ({
    service: 'shop',
    owner: 'group:default/payments',
    system: 'system:default/store',
    image: 'ghcr.io/acme/shop',
    repos: { host: host.name, owner: 'acme' },
  });

  it('renders, checks and would publish both repositories from five answers', async () => {
    const response = await dryRun(values());
    expect(response.status).toBe(200);
    const log = JSON.stringify(response.body.log);
    expect(log).toContain(
      'none fails; every difference between environments has a reason',
    );
    expect(log).toContain(
      `would create ${host.url}/acme/shop-infrastructure and ${host.url}/acme/shop-deploy-config`,
    );
    expect(log).toContain(
      'Dry run: would wait for component:default/shop, resource:default/shop-nonprod',
    );
    const paths = response.body.directoryContents.map(
      (file: { path: string }) => file.path,
    );
    expect(paths).toEqual(
      expect.arrayContaining([
        'infrastructure/environments/nonprod/main.tf',
        'deploy-config/apps/shop/overlays/prod/kustomization.yaml',
        'deploy-config/environments.yaml',
      ]),
    );
    expect(
      response.body.output.text.map(({ title }: { title: string }) => title),
    ).toEqual([
      'What was checked',
      'What the git host holds to',
      'What remains to be done by hand',
    ]);
    expect(response.body.output.links).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          title: 'Environments',
          url: '/catalog/default/component/shop/environments',
        }),
      ]),
    );
    expect(await host.repositories.list()).toEqual([]);
  });

  it('asks the template that brings a new skeleton for a service that is there', async () => {
    const { body } = await dryRun(
      { entity: 'component:default/nothing' },
      'update.yaml',
    );
    expect(JSON.stringify(body)).toContain(
      'There is no component:default/nothing in the catalog',
    );
  });

  it.each([
    ['a name that is no DNS label', { service: 'Not A Name' }],
    ['a port below 1024', { port: 80 }],
    ['an isolation that is not offered', { isolation: 'none' }],
    ['an image with a tag', { image: 'ghcr.io/acme/shop:latest' }],
  ])('refuses %s before any step', async (_, change) => {
    expect((await dryRun({ ...values(), ...change })).status).toBe(400);
  });
});
