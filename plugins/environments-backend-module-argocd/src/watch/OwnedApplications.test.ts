import { trackedEntity } from '../__testUtils__/entities';
import { OwnedApplications } from './OwnedApplications';

const application = {
  instance: 'main',
  name: 'checkout-dev',
  namespace: 'argocd',
  labels: { 'app.kubernetes.io/part-of': 'checkout', environment: 'dev' },
};

describe('OwnedApplications', () => {
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
    ['nothing', {}, false],
  ])('by %s', (_, annotations, expected) => {
    const owned = new OwnedApplications([
      trackedEntity({ 'argocd/app-name': 'something-else' }, 'else'),
      trackedEntity(annotations),
    ]);

    expect(owned.has(application)).toBe(expected);
  });
});
