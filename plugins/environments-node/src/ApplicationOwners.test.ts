import { ApplicationOwners } from './ApplicationOwners';
import { TrackedEntity } from './sources';

function trackedEntity(
  annotations: Record<string, string>,
  name: string = 'checkout',
): TrackedEntity {
  return {
    entityRef: `component:default/${name}`,
    entity: {
      apiVersion: 'backstage.io/v1alpha1',
      kind: 'Component',
      metadata: { name, namespace: 'default', annotations },
    },
    versions: [],
  };
}

const application = {
  instance: 'main',
  name: 'checkout-dev',
  namespace: 'argocd',
  project: 'checkout',
  labels: { 'app.kubernetes.io/part-of': 'checkout', environment: 'dev' },
};

describe('ApplicationOwners', () => {
  it.each([
    ['a name', { 'argocd/app-name': 'checkout-dev' }, true],
    ['another name', { 'argocd/app-name': 'checkout' }, false],
    [
      'a label',
      { 'argocd/app-selector': 'app.kubernetes.io/part-of=checkout' },
      true,
    ],
    [
      'two labels, one of them another',
      {
        'argocd/app-selector':
          'app.kubernetes.io/part-of=checkout,environment=prod',
      },
      false,
    ],
    ['a set', { 'argocd/app-selector': 'environment in (dev,prod)' }, true],
    ['a negation', { 'argocd/app-selector': 'environment!=prod' }, true],
    [
      'a selector that nobody understands',
      { 'argocd/app-selector': '((' },
      false,
    ],
    [
      'another instance',
      { 'argocd/app-name': 'checkout-dev', 'argocd/instance-name': 'b' },
      false,
    ],
    [
      'one of several instances',
      { 'argocd/app-name': 'checkout-dev', 'argocd/instance-name': 'b, main' },
      true,
    ],
    [
      'another namespace',
      { 'argocd/app-name': 'checkout-dev', 'argocd/app-namespace': 'team' },
      false,
    ],
    [
      'a name in another project',
      { 'argocd/app-name': 'checkout-dev', 'argocd/project-name': 'cart' },
      false,
    ],
    [
      'a label in its project',
      {
        'argocd/app-selector': 'app.kubernetes.io/part-of=checkout',
        'argocd/project-name': 'checkout',
      },
      true,
    ],
    [
      'a label in another project',
      {
        'argocd/app-selector': 'app.kubernetes.io/part-of=checkout',
        'argocd/project-name': 'cart',
      },
      false,
    ],
    ['its project alone', { 'argocd/project-name': 'checkout' }, false],
    ['nothing', {}, false],
  ])('by %s', (_, annotations, expected) => {
    const owned = new ApplicationOwners([
      trackedEntity({ 'argocd/app-name': 'something-else' }, 'else'),
      trackedEntity(annotations),
    ]);

    expect(owned.has(application)).toBe(expected);
  });

  it('tells all of them, each once', () => {
    const byName = trackedEntity({ 'argocd/app-name': 'checkout-dev' }, 'one');
    const byLabel = trackedEntity(
      { 'argocd/app-selector': 'environment=dev' },
      'two',
    );
    const bySet = trackedEntity(
      { 'argocd/app-selector': 'environment in (dev)' },
      'three',
    );
    const owners = new ApplicationOwners([
      byName,
      byLabel,
      bySet,
      trackedEntity({ 'argocd/app-selector': 'environment=prod' }, 'four'),
    ]);

    expect(owners.of(application)).toEqual([byName, byLabel, bySet]);
  });

  it('may be of any project where that is not known', () => {
    const owner = trackedEntity({
      'argocd/app-name': 'checkout-dev',
      'argocd/project-name': 'cart',
    });
    const { project: _, ...unknown } = application;

    expect(new ApplicationOwners([owner]).of(unknown)).toEqual([owner]);
  });
});
