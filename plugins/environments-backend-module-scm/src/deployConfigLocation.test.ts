import { Entity } from '@backstage/catalog-model';
import { deployConfigLocation } from './deployConfigLocation';

const entityWith = (annotations: Record<string, string>): Entity => ({
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Component',
  metadata: { name: 'checkout', annotations },
});

const INTENT = 'environments.envmatrix.dev/intent';
const SOURCE = 'backstage.io/source-location';
const CATALOG =
  'url:https://git.example.com/acme/checkout-deploy-config/src/branch/main/';

describe('deployConfigLocation', () => {
  it('is nowhere without the annotation', () => {
    expect(deployConfigLocation(entityWith({}))).toBeUndefined();
  });

  it.each([
    ['environments.yaml', CATALOG, 'environments.yaml'],
    ['a/b.yaml', CATALOG, 'a/b.yaml'],
    [
      'environments.yaml',
      'url:https://git.example.com/acme/checkout-deploy-config/src/branch/main/services/x/catalog-info.yaml',
      'services/x/environments.yaml',
    ],
    [
      'url:https://git.example.com/acme/checkout-deploy-config/src/branch/main/environments.yaml',
      '',
      'environments.yaml',
    ],
    [
      'url:https://git.example.com/acme/checkout-deploy-config/blob/main/a%20b/environments.yaml',
      '',
      'a b/environments.yaml',
    ],
    [
      'url:https://git.example.com/acme/checkout-deploy-config/-/blob/main/environments.yaml',
      '',
      'environments.yaml',
    ],
  ])('finds %s from %s', (annotation, source, path) => {
    expect(
      deployConfigLocation(
        entityWith({
          [INTENT]: annotation,
          ...(source ? { [SOURCE]: source } : {}),
        }),
      ),
    ).toMatchObject({
      repository: {
        host: 'git.example.com',
        owner: 'acme',
        name: 'checkout-deploy-config',
      },
      path,
    });
  });

  it.each([
    ['/environments.yaml', CATALOG, 'without a leading slash'],
    ['../environments.yaml', CATALOG, 'without a leading slash'],
    ['environments.yaml', '', 'has no backstage.io/source-location'],
    ['environments.yaml', 'file:/tmp/x', 'has no backstage.io/source-location'],
    [
      'url:https://git.example.com/acme/checkout-deploy-config',
      '',
      'names no file',
    ],
  ])('refuses %s from %s', (annotation, source, message) => {
    expect(() =>
      deployConfigLocation(
        entityWith({
          [INTENT]: annotation,
          ...(source ? { [SOURCE]: source } : {}),
        }),
      ),
    ).toThrow(message);
  });
});
