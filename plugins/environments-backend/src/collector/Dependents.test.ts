import {
  FactKinds,
  TrackedEntity,
} from '@envmatrix/backstage-plugin-environments-node';
import { Intent, parseIntent } from '@envmatrix/engine';
import { entity as checkout, intent } from '../__testUtils__/facts';
import { Dependents } from './Dependents';

function intentOf(service: string): Intent {
  const text = JSON.stringify(intent).replaceAll('checkout', service);
  const result = parseIntent(text);
  if (!result.ok) {
    throw new Error(`It is no intent: ${text}`);
  }
  return result.intent;
}

function tracked(
  name: string,
  rest: Partial<TrackedEntity> = {},
): TrackedEntity {
  return {
    entityRef: `component:default/${name}`,
    entity: {
      ...checkout,
      metadata: {
        ...checkout.metadata,
        name,
        annotations: {
          'argocd/app-selector': `app.kubernetes.io/name=${name}`,
        },
      },
    },
    versions: [],
    ...rest,
  };
}

const commit = 'a'.repeat(40);

const dependents = new Dependents([
  tracked('checkout', {
    intent: intentOf('checkout'),
    revisions: [
      {
        instance: 'main',
        repoURL: 'https://git.example.com/acme/x',
        revision: commit,
        application: { namespace: 'argocd', name: 'checkout-dev' },
      },
    ],
  }),
  tracked('cart', { intent: intentOf('cart') }),
  // Nothing is known of it yet.
  tracked('search'),
]);

const names = (refs: ReadonlySet<string>) =>
  [...refs].map(ref => ref.replace('component:default/', '')).sort();

const application = {
  kind: FactKinds.application,
  scope: 'argocd',
  name: 'whatever',
  labels: { 'app.kubernetes.io/name': 'search', environment: 'dev' },
};

describe('Dependents', () => {
  it.each([
    [
      'an object in a namespace of one',
      'kubernetes/nonprod',
      [{ kind: FactKinds.object, scope: 'cart-dev', name: 'Pod/cart-1' }],
      ['cart'],
    ],
    [
      'objects of several',
      'kubernetes/prod',
      [
        { kind: FactKinds.object, scope: 'cart-prod', name: 'Pod/cart-1' },
        { kind: FactKinds.object, scope: 'checkout-prod', name: 'Pod/c-1' },
      ],
      ['cart', 'checkout'],
    ],
    [
      'a namespace of another cluster',
      'kubernetes/prod',
      [{ kind: FactKinds.object, scope: 'cart-dev', name: 'Pod/cart-1' }],
      [],
    ],
    [
      'the namespace itself',
      'kubernetes/nonprod',
      [{ kind: FactKinds.object, scope: '', name: 'Namespace/checkout-dev' }],
      ['checkout'],
    ],
    [
      'what is said of a cluster',
      'kubernetes/prod',
      [{ kind: FactKinds.cluster, scope: '', name: '' }],
      ['cart', 'checkout'],
    ],
    [
      'a cluster in which nobody has an environment',
      'kubernetes/other',
      [{ kind: FactKinds.cluster, scope: '', name: '' }],
      [],
    ],
    ['an application', 'argocd/main', [application], ['search']],
    [
      'an application of nobody',
      'argocd/main',
      [{ ...application, labels: {} }],
      [],
    ],
    [
      'what Argo CD says of a revision',
      'argocd/main',
      [
        {
          kind: FactKinds.argoRevision,
          scope: '',
          name: `https://git.example.com/acme/x ${commit}`,
        },
      ],
      ['checkout'],
    ],
    [
      'the same revision in another instance',
      'argocd/other',
      [
        {
          kind: FactKinds.argoRevision,
          scope: '',
          name: `https://git.example.com/acme/x ${commit}`,
        },
      ],
      [],
    ],
    [
      'a project of Argo CD, for who may have applications there',
      'argocd/main',
      [
        { kind: FactKinds.argoProject, scope: '', name: 'default' },
        { ...application, labels: {} },
      ],
      ['cart', 'checkout', 'search'],
    ],
    [
      'a project of an instance that only the unknown one may have',
      'argocd/other',
      [{ kind: FactKinds.argoProject, scope: '', name: 'default' }],
      ['search'],
    ],
    [
      'what a git host says of one',
      'scm/git.example.com',
      [
        {
          kind: FactKinds.desired,
          scope: 'component:default/cart',
          name: 'dev',
        },
      ],
      ['cart'],
    ],
  ])('by %s', (_, source, facts, expected) => {
    expect(names(dependents.ofFacts({ source, facts }))).toEqual(expected);
  });

  it('takes all where nobody knows what changed', () => {
    expect(
      names(
        dependents.ofFacts({
          source: 'kubernetes/prod',
          facts: [],
          isAnything: true,
        }),
      ),
    ).toEqual(['cart', 'checkout', 'search']);
  });

  it.each([
    ['kubernetes/nonprod', ['cart', 'checkout']],
    ['kubernetes/other', []],
    ['argocd/main', ['cart', 'checkout', 'search']],
    ['argocd/other', ['search']],
    ['scm/git.example.com', ['cart', 'checkout', 'search']],
  ])('by the state of %s', (source, expected) => {
    expect(names(dependents.ofSource(source))).toEqual(expected);
  });
});
