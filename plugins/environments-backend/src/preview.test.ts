import { resolve } from 'path';
import { Entity } from '@backstage/catalog-model';
import { Preview } from '@envmatrix/backstage-plugin-environments-common';
import { findKustomize } from '@envmatrix/checkout';
import request from 'supertest';
import { ada, entity } from './__testUtils__/facts';
import { Portal, startPortal } from './__testUtils__/startPortal';

const TEMPLATE_FILE = resolve(
  __dirname,
  '../../../templates/multi-environment-service/template.yaml',
);

function template(name: string, location: string): Entity {
  return {
    apiVersion: 'scaffolder.backstage.io/v1beta3',
    kind: 'Template',
    metadata: {
      name,
      namespace: 'default',
      annotations: { 'backstage.io/managed-by-location': location },
    },
    spec: { type: 'service', steps: [] },
  };
}

const payments: Entity = {
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Group',
  metadata: { name: 'payments', namespace: 'default' },
  spec: { type: 'team', children: [] },
};

const ENTITIES = [
  entity,
  ada,
  payments,
  template('multi-environment-service', `file:${TEMPLATE_FILE}`),
  template('without-skeleton', `file:${__filename}`),
];

const ANSWERS = {
  service: 'basket',
  owner: 'group:default/payments',
  image: 'ghcr.io/acme/basket',
  repos: { host: 'git.example.com', owner: 'acme' },
};

async function preview(portal: Portal, body: object) {
  const response = await request(portal.server)
    .post('/api/environments/v1/preview')
    .send(body);
  const shown: Preview = response.body;
  return {
    status: response.status,
    error: response.body.error,
    preview: shown,
  };
}

describe('preview', () => {
  it('shows what five answers give, and creates nothing', async () => {
    const portal = await startPortal({ entities: ENTITIES });

    const { status, preview: shown } = await preview(portal, {
      answers: ANSWERS,
    });

    expect(status).toBe(200);
    expect(shown.problems).toEqual([]);
    expect(
      shown.environments.map(({ name, runsIn, waitsFor }) => [
        name,
        runsIn,
        waitsFor,
      ]),
    ).toEqual([
      ['dev', 'nonprod · basket-dev', '–'],
      ['staging', 'nonprod · basket-staging', 'healthy in dev'],
      ['prod', 'prod · basket-prod', 'healthy in staging'],
    ]);
    expect(
      shown.repositories.map(({ kind, url, files }) => [
        kind,
        url,
        files.some(({ path }) => path === 'environments.yaml'),
      ]),
    ).toEqual([
      [
        'infrastructure',
        'https://git.example.com/acme/basket-infrastructure',
        true,
      ],
      [
        'deployConfig',
        'https://git.example.com/acme/basket-deploy-config',
        true,
      ],
    ]);
    expect(shown.catalog[0]).toBe('component basket, owner payments');

    const canRender = (await findKustomize()) !== undefined;
    expect(shown.findingsUnknown === undefined).toBe(canRender);
    expect(shown.summary.outcomes.fail ?? 0).toBe(0);
    expect(shown.summary.classes.unclassified ?? 0).toBe(0);
    expect((shown.summary.outcomes.pass ?? 0) > 0).toBe(canRender);
  });

  it('says what is wrong under the field that it is about', async () => {
    const checked: string[] = [];
    const portal = await startPortal({
      entities: ENTITIES,
      probe: {
        async check({ url }) {
          checked.push(url);
          return url.endsWith('-deploy-config')
            ? 'acme/checkout-deploy-config exists already'
            : undefined;
        },
      },
    });
    const problems = async (answers: object) =>
      (await preview(portal, { answers: { ...ANSWERS, ...answers } })).preview
        .problems;

    expect(
      await problems({
        service: 'checkout',
        owner: 'group:default/nobody',
        system: 'shop',
      }),
    ).toEqual([
      {
        field: 'metadata.name',
        message:
          "The catalog has a component 'checkout' already; choose another name",
      },
      {
        field: 'metadata.owner',
        message: "The catalog has no group 'group:default/nobody'",
      },
      {
        field: 'metadata.system',
        message: "The catalog has no system 'shop'",
      },
      {
        field: 'repositories.deployConfig',
        message: 'acme/checkout-deploy-config exists already',
      },
    ]);
    expect(checked).toEqual([
      'https://git.example.com/acme/checkout-infrastructure',
      'https://git.example.com/acme/checkout-deploy-config',
    ]);
    expect(await problems({ service: 'Not A Label' })).toContainEqual({
      field: 'metadata.name',
      message: expect.stringContaining('DNS label'),
    });
    expect(
      await problems({ repos: { host: 'elsewhere.example.com', owner: 'a' } }),
    ).toEqual([
      {
        field: 'repos.host',
        message:
          "there is no Gitea, GitHub or GitLab integration for 'elsewhere.example.com'",
      },
    ]);
    expect(await problems({ isolation: 'namespaces' })).toContainEqual({
      field: 'acknowledged',
      message: expect.stringContaining('shares its control plane'),
    });
  });

  it('takes the skeleton only from a template, and says where there is none', async () => {
    const portal = await startPortal({ entities: ENTITIES });
    const asked = async (body: object) => {
      const { status, error } = await preview(portal, body);
      return [status, error.message];
    };

    expect(
      await asked({ answers: ANSWERS, template: 'template:default/none' }),
    ).toEqual([
      404,
      'There is no template template:default/none in the catalog',
    ]);
    expect(
      await asked({
        answers: ANSWERS,
        template: 'component:default/checkout',
      }),
    ).toEqual([400, "'component:default/checkout' is not a template"]);
    expect(
      await asked({
        answers: ANSWERS,
        template: 'template:default/without-skeleton',
      }),
    ).toEqual([
      404,
      expect.stringContaining(
        'The skeleton of template:default/without-skeleton cannot be read',
      ),
    ]);
    expect(await asked({})).toEqual([
      400,
      "A preview needs either 'intent' or 'answers'",
    ]);
  });
});
