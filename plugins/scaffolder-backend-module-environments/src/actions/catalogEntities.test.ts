import { catalogEntities } from './catalogEntities';

it('are those of the descriptor at the root of a repository, each with its namespace', () => {
  const content = `
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: { name: checkout }
---
kind: Resource
metadata: { name: checkout-prod, namespace: shop }
---
# none
---
kind: Resource
`;
  expect(
    catalogEntities([
      { path: 'README.md', content: '# checkout' },
      { path: 'catalog-info.yaml', content },
      {
        path: 'docs/catalog-info.yaml',
        content: 'kind: Component\nmetadata: { name: other }',
      },
    ]),
  ).toEqual(['component:default/checkout', 'resource:shop/checkout-prod']);
  expect(catalogEntities([])).toEqual([]);
});
