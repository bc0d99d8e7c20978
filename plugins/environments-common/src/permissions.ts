import { createPermission } from '@backstage/plugin-permission-common';
import { RESOURCE_TYPE_ENTITY_ENVIRONMENT } from './resource';

/** @public See the environment matrix, differences, findings and history of an entity. */
export const environmentsMatrixReadPermission = createPermission({
  name: 'environments.matrix.read',
  attributes: { action: 'read' },
});

/** @public Promote a release of an entity into an environment: plan it, commit, open, merge, sync and cancel. */
export const environmentsPromotionCreatePermission = createPermission({
  name: 'environments.promotion.create',
  attributes: { action: 'create' },
  resourceType: RESOURCE_TYPE_ENTITY_ENVIRONMENT,
});

/** @public */
export const environmentsPermissions = [
  environmentsMatrixReadPermission,
  environmentsPromotionCreatePermission,
];
