import { fieldsOf, objectsOf, type Fields } from '../cluster/values';
import { expandApplicationSet } from './applicationSets';
import { Lab, until } from './__testUtils__/lab';
import { recording } from './__testUtils__/recordings';
import { shapeOf } from './__testUtils__/shape';
import type { ApplicationSetSpec } from './resources';

const SPEC: ApplicationSetSpec = {
  goTemplate: true,
  goTemplateOptions: ['missingkey=error'],
  generators: [
    {
      list: {
        elements: [
          { name: 'prod-us', cluster: 'us', values: { size: 'large' } },
          { name: 'prod-eu', cluster: 'eu', values: { size: 'small' } },
        ],
      },
    },
  ],
  template: {
    metadata: {
      name: 'checkout-{{ .name }}',
      labels: { size: '{{.values.size}}' },
    },
    spec: {
      project: 'checkout-prod',
      source: {
        repoURL: 'http://localhost/acme/checkout-deploy-config',
        path: 'apps/checkout/overlays/prod',
      },
      destination: { name: '{{ .cluster }}', namespace: 'checkout-prod' },
    },
  },
};

describe('what an ApplicationSet stands for', () => {
  it('is an Application of each element, which takes what it has with it when it goes', () => {
    expect(expandApplicationSet(SPEC)).toMatchObject({
      applications: [
        {
          metadata: {
            name: 'checkout-prod-us',
            labels: { size: 'large' },
            finalizers: ['resources-finalizer.argocd.argoproj.io'],
          },
          spec: { destination: { name: 'us', namespace: 'checkout-prod' } },
        },
        {
          metadata: { name: 'checkout-prod-eu', labels: { size: 'small' } },
          spec: { destination: { name: 'eu' } },
        },
      ],
    });
  });

  it('leaves what lives where it is, when told to', () => {
    const expansion = expandApplicationSet({
      ...SPEC,
      syncPolicy: { preserveResourcesOnDeletion: true },
    });
    expect(JSON.stringify(expansion)).not.toContain('finalizer');
  });

  it('reads the older templates, which leave alone what they do not know', () => {
    const expansion = expandApplicationSet({
      generators: SPEC.generators,
      template: {
        ...SPEC.template,
        metadata: { name: '{{name}}', labels: { all: '{{ other }}' } },
        spec: {
          ...fieldsOf(SPEC.template.spec),
          destination: { name: '{{ cluster }}', namespace: 'checkout-prod' },
        },
      },
    });
    expect(expansion).toMatchObject({
      applications: [
        { metadata: { name: 'prod-us', labels: { all: '{{ other }}' } } },
        { spec: { destination: { name: 'eu' } } },
      ],
    });
  });

  it.each<[string, Partial<ApplicationSetSpec>, string]>([
    [
      'another generator',
      { generators: [{ git: { directories: [] } }] },
      "the generator 'git' is not supported here: only lists are",
    ],
    [
      'a value that is not there',
      { template: { ...SPEC.template, metadata: { name: '{{ .nme }}' } } },
      'map has no entry for key "nme"',
    ],
    [
      'an expression',
      {
        template: {
          ...SPEC.template,
          metadata: { name: '{{ .name | lower }}' },
        },
      },
      "the expression '.name | lower' of the template is not supported here",
    ],
    [
      'two of one name',
      { template: { ...SPEC.template, metadata: { name: 'checkout' } } },
      'duplicate name: checkout',
    ],
    [
      'a template that is no Application',
      { template: { metadata: { name: '{{ .name }}' } } },
      'spec',
    ],
  ])('cannot be said of %s', (_, change, problem) => {
    expect(expandApplicationSet({ ...SPEC, ...change })).toEqual({
      problem: expect.stringContaining(problem),
    });
  });
});

describe('ApplicationSets of a repository', () => {
  const FILE = 'argocd/applicationsets/checkout-dev.yaml';
  let lab: Lab;

  const setOf = (generators: unknown, syncPolicy?: object) =>
    JSON.stringify({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'ApplicationSet',
      metadata: {
        name: 'checkout-dev',
        namespace: 'argocd',
        labels: { environment: 'dev' },
      },
      spec: {
        goTemplate: true,
        goTemplateOptions: ['missingkey=error'],
        generators,
        ...(syncPolicy && { syncPolicy }),
        template: {
          metadata: { name: 'checkout-{{ .name }}' },
          spec: {
            project: 'checkout-dev',
            source: {
              repoURL: 'http://localhost:7008/acme/checkout-deploy-config',
              path: 'apps/checkout/overlays/dev',
              targetRevision: 'main',
            },
            destination: {
              name: '{{ .cluster }}',
              namespace: '{{ .namespace }}',
            },
            syncPolicy: {
              automated: { prune: true, selfHeal: true },
              syncOptions: ['ServerSideApply=true'],
            },
          },
        },
      },
    });
  const LIST = [
    {
      list: {
        elements: [
          { name: 'dev', cluster: 'nonprod', namespace: 'checkout-dev' },
        ],
      },
    },
  ];

  beforeAll(async () => {
    lab = await Lab.open();
    await lab.commit('The set in place of the application', {
      [FILE]: setOf(LIST),
      'argocd/applications/checkout-dev.yaml': undefined,
    });
    await lab.untilState('checkout-dev', 'Synced Healthy Succeeded');
  });

  afterAll(() => lab.close());

  const theSet = async (): Promise<Fields> =>
    fieldsOf((await lab.request('/api/v1/applicationsets/checkout-dev')).body);
  const conditionsOf = async () =>
    objectsOf(fieldsOf((await theSet()).status).conditions).map(
      ({ type, status, message }) => `${type} ${status}: ${message}`,
    );

  it('become Applications that belong to them', async () => {
    const set = await theSet();
    const { body } = await lab.request('/api/v1/applications/checkout-dev');
    expect(fieldsOf(body).metadata).toMatchObject({
      ownerReferences: [
        {
          apiVersion: 'argoproj.io/v1alpha1',
          kind: 'ApplicationSet',
          name: 'checkout-dev',
          uid: fieldsOf(set.metadata).uid,
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
      finalizers: ['resources-finalizer.argocd.argoproj.io'],
    });
    expect(set.status).toMatchObject({
      conditions: [
        { type: 'ErrorOccurred', status: 'False' },
        { type: 'ParametersGenerated', status: 'True' },
        { type: 'ResourcesUpToDate', status: 'True' },
      ],
      resources: [
        {
          kind: 'Application',
          name: 'checkout-dev',
          status: 'Synced',
          health: { status: 'Healthy' },
        },
      ],
    });
  });

  it.each([
    ['applicationsets/get', '/api/v1/applicationsets/checkout-dev'],
    ['applicationsets/list', '/api/v1/applicationsets'],
  ])('%s, in shape', async (name, path) => {
    const { status, body } = await lab.request(path);
    // What is written differs, and nobody reported on the recorded one.
    const parts = ['metadata.annotations', 'metadata.labels', 'status'];
    const leaveOut = [
      ...[...parts, 'spec.template', 'spec.goTemplateOptions'].flatMap(part => [
        part,
        `items.${part}`,
      ]),
      'spec.generators.list.elements',
      'items.spec.generators.list.elements',
    ];
    expect(status).toBe(200);
    expect(shapeOf(body, { leaveOut })).toEqual(
      shapeOf(recording(name).response.body, { leaveOut }),
    );
  });

  it('are told of to those who may see them, and not found when there are none', async () => {
    const { status } = await lab.request('/api/v1/applicationsets/other');
    expect(status).toBe(404);
    const anonymous = await lab.request('/api/v1/applicationsets', {
      token: null,
    });
    expect(anonymous.status).toBe(401);
  });

  it('keep what they stood for when they are no longer understood, and say so in the log and on themselves', async () => {
    const problem = "the generator 'git' is not supported here: only lists are";
    await lab.commit('Directories instead', {
      [FILE]: setOf([{ git: { directories: [{ path: 'apps/*' }] } }]),
    });
    await until('the set says what is wrong', async () =>
      (await conditionsOf()).includes(`ErrorOccurred True: ${problem}`),
    );
    expect(lab.log).toEqual([
      `The ApplicationSet checkout-dev cannot be taken up: ${problem}`,
    ]);
    expect(await lab.stateOf('checkout-dev')).toBe('Synced Healthy Succeeded');
  });

  it('leave the Application of an element that is gone to a person, where they may not remove any', async () => {
    const none = [{ list: { elements: [] } }];
    await lab.commit('No element any more', {
      [FILE]: setOf(none, { applicationsSync: 'create-update' }),
    });
    await until('the set is understood again', async () =>
      (
        await conditionsOf()
      ).some(text => text.startsWith('ErrorOccurred False')),
    );
    expect(await lab.stateOf('checkout-dev')).toBe('Synced Healthy Succeeded');
  });

  it('take their Applications with them, and what these brought about', async () => {
    await lab.commit('No set any more', { [FILE]: undefined });
    await until('the application is gone', async () => {
      const { body } = await lab.request(
        '/api/v1/applications?name=checkout-dev',
      );
      return fieldsOf(body).items === null;
    });
    const { body } = await lab.request('/api/v1/applicationsets');
    expect(body).toMatchObject({ items: null });
    expect(
      await lab.cluster('nonprod').handle.list({
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        namespace: 'checkout-dev',
      }),
    ).toEqual([]);
  });
});
