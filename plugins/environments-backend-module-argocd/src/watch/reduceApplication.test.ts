import { instanceAt } from '../__testUtils__/instance';
import {
  recordedApplication,
  recordedApplications,
} from '../__testUtils__/recording';
import { createReduce, withClusterName } from './readApplications';

const names = new Map([['https://nonprod.example.com', 'nonprod']]);

const reduce = createReduce(instanceAt('https://localhost'));

const reduced = (name: string) => {
  const application = reduce(recordedApplication(name));
  if (!application) {
    throw new Error(`${name} was not understood`);
  }
  return application;
};

describe('reduceApplication', () => {
  it('keeps of a real application what a matrix needs', () => {
    const { history, ...rest } = reduced('application/get');

    expect(rest).toEqual({
      instance: 'main',
      name: 'checkout-dev',
      namespace: 'argocd',
      project: 'checkout-dev',
      labels: { 'app.kubernetes.io/part-of': 'checkout', environment: 'dev' },
      destination: {
        server: undefined,
        name: 'nonprod',
        namespace: 'checkout-dev',
      },
      sources: [
        {
          repoURL: 'https://git.example.com/acme/checkout-deploy-config.git',
          path: 'apps/checkout/overlays/dev',
          targetRevision: 'main',
        },
      ],
      automated: true,
      sync: {
        status: 'Synced',
        revision: '256186b760543e03f761a7afc3d904dd4da6e69d',
      },
      health: {
        status: 'Healthy',
        message: undefined,
        since: expect.stringMatching(/^2026-11-23T/),
      },
      operation: {
        phase: 'Succeeded',
        message: 'successfully synced (all tasks run)',
        startedAt: expect.stringMatching(/^2026-11-23T/),
        finishedAt: expect.stringMatching(/^2026-11-23T/),
        revision: '256186b760543e03f761a7afc3d904dd4da6e69d',
        initiatedBy: 'automated sync',
      },
      conditions: [],
      unhealthyResources: [],
      images: ['ghcr.io/acme/checkout:1.4.0'],
      managedBy: undefined,
      reconciledAt: expect.stringMatching(/^2026-11-23T/),
      resourceVersion: '1854',
      link: 'https://argocd.example.com/applications/argocd/checkout-dev',
    });
    expect(history[0]).toEqual({
      id: 0,
      revision: '240269560cc51cfd56a41c373c367bc3f4cd5c5f',
      deployedAt: '2026-11-23T07:50:57Z',
      initiatedBy: 'automated sync',
    });
  });

  it.each([
    [
      {
        ownerReferences: [
          {
            apiVersion: 'argoproj.io/v1alpha1',
            kind: 'ApplicationSet',
            name: 'preview',
          },
        ],
      },
      { kind: 'ApplicationSet', name: 'preview' },
    ],
    [
      {
        annotations: {
          'argocd.argoproj.io/tracking-id':
            'root:argoproj.io/Application:argocd/checkout-dev',
        },
      },
      { kind: 'Application', name: 'root' },
    ],
    [
      {
        annotations: {
          'argocd.argoproj.io/tracking-id':
            'team_root:argoproj.io/Application:team/checkout-dev',
        },
      },
      { kind: 'Application', name: 'root' },
    ],
    [{ annotations: { 'argocd.argoproj.io/tracking-id': 'x' } }, undefined],
  ])('knows what made an application: %j', (metadata, managedBy) => {
    const { spec, metadata: own } = recordedApplication('application/get');

    expect(
      reduce({ spec, metadata: { ...own, ...metadata } })?.managedBy,
    ).toEqual(managedBy);
  });

  it('takes the revision of the source that has manifests where there are several', () => {
    const application = reduced('application/multi-source');

    expect(application.sources).toHaveLength(2);
    expect(application.sync).toEqual({
      status: 'OutOfSync',
      revision: 'd83daa3917aac38d1f7d1e045c879d80962017f0',
    });
    expect(application.conditions[0]).toMatchObject({
      type: 'SharedResourceWarning',
    });
    const chartFirst = reduce({
      metadata: { name: 'shop', namespace: 'argocd' },
      spec: {
        destination: { name: 'nonprod', namespace: 'shop' },
        sources: [
          { repoURL: 'https://charts.example.com', chart: 'redis' },
          { repoURL: 'https://git.example.com/shop.git', path: 'overlays/dev' },
        ],
      },
      status: {
        sync: { status: 'Synced', revisions: ['7.2.0', 'c0ffee'] },
        history: [
          {
            id: 1,
            revisions: ['7.2.0', 'c0ffee'],
            deployedAt: '2026-11-23T08:00:00Z',
          },
        ],
      },
    });
    expect(chartFirst?.sync.revision).toBe('c0ffee');
    expect(chartFirst?.history[0].revision).toBe('c0ffee');
  });

  it('names the resources that are not well', () => {
    expect(reduced('application/degraded').unhealthyResources).toEqual([
      {
        kind: 'Deployment',
        name: 'checkout',
        status: 'Degraded',
        message: 'Deployment "checkout" exceeded its progress deadline',
      },
    ]);
  });

  it('names the resources that are not as git says, and counts them', () => {
    const missing = reduced('application/prod-out-of-sync-missing');
    expect(missing.outOfSyncResources).toHaveLength(10);
    expect(missing.outOfSyncCount).toBe(14);
    expect(reduced('application/prod-drifted').outOfSyncResources).toEqual([
      { kind: 'Deployment', name: 'checkout', health: 'Healthy' },
    ]);
    expect(reduced('application/get')).not.toHaveProperty('outOfSyncCount');
  });

  it('names what a sync was refused, the first of it', () => {
    expect(reduced('application/get').operation).not.toHaveProperty('refused');
    const { operation } = reduced('application/prod-sync-failed-cluster-down');
    expect(operation?.refused?.map(({ kind, name }) => [kind, name])).toEqual([
      ['Namespace', 'checkout-prod'],
      ['ServiceAccount', 'checkout'],
      ['Deployment', 'checkout'],
    ]);
    expect(operation?.refused?.[0].message).toMatch(/connection refused/);
  });

  it('takes no branch for a commit while the repository cannot be read', () => {
    const { sync, health, conditions } = reduced('application/broken-repo');

    expect(sync).toEqual({ status: 'Unknown', revision: undefined });
    expect(health.status).toBe('Healthy');
    expect(conditions).toEqual([
      {
        type: 'ComparisonError',
        message: expect.stringContaining('repository not found'),
        since: '2026-11-23T08:13:53Z',
      },
    ]);
  });

  it('says what a running sync of a cluster that is down says', () => {
    const { operation } = reduced('application/prod-sync-failed-cluster-down');

    expect(operation).toMatchObject({ phase: 'Running' });
    expect(operation?.message).toContain('connection refused');
  });

  it('fills in the name of a cluster that is given by its address', () => {
    const application = reduce({
      metadata: { name: 'a', namespace: 'team a' },
      spec: {
        destination: {
          server: 'https://nonprod.example.com',
          namespace: 'shop',
        },
      },
    });

    expect(
      application &&
        withClusterName(application, server => names.get(server)).destination,
    ).toEqual({
      server: 'https://nonprod.example.com',
      name: 'nonprod',
      namespace: 'shop',
    });
    expect(application?.link).toBe(
      'https://argocd.example.com/applications/team%20a/a',
    );
  });

  it('understands lists, with fields and without, and passes by what is no application', () => {
    const fields = recordedApplications('list/fields').map(reduce);
    const all = recordedApplications('list/all').map(reduce);

    expect(fields.map(application => application?.name)).toEqual(
      all.map(application => application?.name),
    );
    expect(reduce({ metadata: { name: 'half' } })).toBeUndefined();
    expect(reduce(null)).toBeUndefined();
  });
});
