import { TrackedEntity } from '@envmatrix/backstage-plugin-environments-node';

/** An entity with these annotations. */
export function trackedEntity(
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
