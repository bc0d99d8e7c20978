import { Entity } from '@backstage/catalog-model';

const relations = [{ type: 'ownedBy', targetRef: 'group:default/payments' }];

/** The catalog of the development app. */
export const entities: Entity[] = [
  {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: {
      name: 'checkout',
      namespace: 'default',
      annotations: {
        'environments.envmatrix.dev/intent': 'environments.yaml',
        'backstage.io/kubernetes-id': 'checkout',
      },
    },
    spec: { type: 'service', owner: 'payments', lifecycle: 'production' },
    relations,
  },
  {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: {
      name: 'bare',
      namespace: 'default',
      annotations: { 'backstage.io/kubernetes-id': 'bare' },
    },
    spec: { type: 'service', owner: 'payments', lifecycle: 'production' },
    relations,
  },
  {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: { name: 'storefront', namespace: 'default' },
    spec: { type: 'service', owner: 'payments', lifecycle: 'production' },
    relations,
  },
  {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Group',
    metadata: { name: 'payments', namespace: 'default' },
    spec: { type: 'team', children: [] },
  },
  {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'System',
    metadata: { name: 'shop', namespace: 'default' },
    spec: { owner: 'payments' },
  },
  {
    apiVersion: 'scaffolder.backstage.io/v1beta3',
    kind: 'Template',
    metadata: {
      name: 'multi-environment-service',
      namespace: 'default',
      title: 'Service with its environments',
    },
    spec: { type: 'service', owner: 'payments' },
  },
];
