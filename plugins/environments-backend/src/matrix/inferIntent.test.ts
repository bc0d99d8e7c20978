import { Entity } from '@backstage/catalog-model';
import { ApplicationFact } from '@envmatrix/engine';
import {
  Inferred,
  intentFromApplications,
  intentFromDefinitions,
} from './inferIntent';

const entity: Entity = {
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Component',
  metadata: { name: 'checkout' },
  spec: { owner: 'group:default/payments' },
};

const application = (
  name: string,
  namespace: string,
  changes: Partial<ApplicationFact> = {},
): ApplicationFact => ({
  instance: 'main',
  name,
  namespace: 'argocd',
  project: 'default',
  labels: {},
  destination: { name: 'nonprod', namespace },
  sources: [],
  automated: true,
  sync: { status: 'Synced' },
  health: { status: 'Healthy' },
  history: [],
  conditions: [],
  unhealthyResources: [],
  ...changes,
});

const found = (inferred: Inferred | undefined) => {
  if (!inferred || 'problem' in inferred) {
    throw new Error(inferred?.problem ?? 'Nothing was found');
  }
  return inferred;
};

describe('environments from applications', () => {
  it('are told by labels, namespaces, names and clusters, in the order in which releases go', () => {
    const { intent, inference } = found(
      intentFromApplications(entity, [
        application('checkout-live', 'live-checkout', {
          destination: { name: 'prod', namespace: 'live-checkout' },
          automated: false,
        }),
        application('whatever', 'somewhere', {
          labels: { environment: 'Staging' },
        }),
        application('checkout-qa', 'shared'),
        application('checkout', 'checkout-dev'),
      ]),
    );

    expect(
      intent.environments.map(
        ({ name, kind, cluster, namespace, delivery }) => [
          name,
          kind,
          cluster,
          namespace,
          delivery.sync,
          delivery.from,
        ],
      ),
    ).toEqual([
      [
        'dev',
        'non-production',
        'nonprod',
        'checkout-dev',
        'automatic',
        undefined,
      ],
      ['qa', 'non-production', 'nonprod', 'shared', 'automatic', 'dev'],
      ['staging', 'non-production', 'nonprod', 'somewhere', 'automatic', 'qa'],
      ['live', 'production', 'prod', 'live-checkout', 'manual', 'staging'],
    ]);
    expect(intent.clusters).toEqual([
      {
        name: 'nonprod',
        environments: ['dev', 'qa', 'staging'],
        argocd: { instance: 'main', destination: 'nonprod' },
      },
      {
        name: 'prod',
        environments: ['live'],
        argocd: { instance: 'main', destination: 'prod' },
      },
    ]);
    expect(inference).toEqual({
      from: 'applications',
      explanation: [
        'live: destination namespace live-checkout of Application argocd/checkout-live in Argo CD main',
        'staging: label environment of Application argocd/whatever in Argo CD main',
        'qa: name of Application argocd/checkout-qa in Argo CD main',
        'dev: destination namespace checkout-dev of Application argocd/checkout in Argo CD main',
        'Their order, dev, qa, staging, live, is guessed from their names; an environments.yaml would say it',
      ],
    });
  });

  it('may run in several clusters', () => {
    const { intent } = found(
      intentFromApplications(entity, [
        application('checkout-eu', 'checkout', {
          labels: { environment: 'prod' },
          destination: { name: 'prod-eu', namespace: 'checkout' },
        }),
        application('checkout-us', 'checkout', {
          labels: { environment: 'prod' },
          destination: {
            server: 'https://us.example.com',
            namespace: 'checkout',
          },
        }),
      ]),
    );

    expect(intent.environments).toHaveLength(1);
    expect(intent.environments[0].targets).toEqual([
      { cluster: 'prod-eu', namespace: 'checkout' },
      { cluster: 'https://us.example.com', namespace: 'checkout' },
    ]);
  });

  it('are not where applications only deploy others, and are none without applications', () => {
    const roots = application('roots', '', { labels: { env: 'prod' } });
    const { intent } = found(
      intentFromApplications(entity, [
        application('platform', 'x', { labels: { env: 'dev' } }),
        roots,
      ]),
    );

    expect(intent.environments.map(({ name }) => name)).toEqual(['dev']);
    expect(intentFromApplications(entity, [roots])).toBeUndefined();
    expect(intentFromApplications(entity, [])).toBeUndefined();
  });
});

describe('environments from app-config', () => {
  it('are the same for every entity, but for its name', () => {
    const { intent, inference } = found(
      intentFromDefinitions(entity, [
        {
          name: 'dev',
          kind: 'non-production',
          cluster: 'nonprod',
          namespace: '{name}-dev',
          sync: 'automatic',
        },
        {
          name: 'prod',
          title: 'Production',
          kind: 'production',
          cluster: 'prod',
          namespace: '{name}',
          argocd: { instance: 'main' },
          sync: 'manual',
        },
      ]),
    );

    expect(intent).toMatchObject({
      metadata: { name: 'checkout', owner: 'group:default/payments' },
      clusters: [
        { name: 'nonprod', environments: ['dev'] },
        {
          name: 'prod',
          argocd: { instance: 'main', destination: 'prod' },
        },
      ],
      environments: [
        { name: 'dev', namespace: 'checkout-dev' },
        {
          name: 'prod',
          title: 'Production',
          namespace: 'checkout',
          delivery: { from: 'dev', sync: 'manual' },
        },
      ],
    });
    expect(inference.from).toBe('app-config');
  });

  it('say what is wrong with them', () => {
    expect(
      intentFromDefinitions(entity, [
        {
          name: 'Not A Name',
          kind: 'production',
          cluster: 'prod',
          namespace: '{name}',
          sync: 'manual',
        },
      ]),
    ).toEqual({
      problem: expect.stringMatching(
        /^The environments of this entity cannot be worked out: .*environments\.0\.name/,
      ),
    });
  });
});
