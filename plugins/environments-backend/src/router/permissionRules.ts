import { Entity, RELATION_OWNED_BY } from '@backstage/catalog-model';
import {
  createConditionExports,
  createPermissionResourceRef,
  createPermissionRule,
} from '@backstage/plugin-permission-node';
import { RESOURCE_TYPE_ENTITY_ENVIRONMENT } from '@envmatrix/backstage-plugin-environments-common';
import { z } from 'zod';

/**
 * One environment of one entity, as permission rules see it.
 *
 * @public
 */
export interface EntityEnvironment {
  readonly entity: Entity;
  readonly environment: string;
  readonly kind: 'production' | 'non-production';
}

/**
 * The resource that `environments.promotion.create` is about.
 *
 * @public
 */
export const entityEnvironmentResourceRef = createPermissionResourceRef<
  EntityEnvironment,
  never
>().with({
  pluginId: 'environments',
  resourceType: RESOURCE_TYPE_ENTITY_ENVIRONMENT,
});

const isEntityOwner = createPermissionRule({
  name: 'IS_ENTITY_OWNER',
  description: 'Allow where one of the claims owns the entity',
  resourceRef: entityEnvironmentResourceRef,
  paramsSchema: z.object({
    claims: z
      .array(z.string())
      .describe('Entity references of users and groups'),
  }),
  apply: ({ entity }, { claims }) =>
    entity.relations?.some(
      relation =>
        relation.type === RELATION_OWNED_BY &&
        claims.includes(relation.targetRef),
    ) ?? false,
  toQuery: neverQueried,
});

const inEnvironment = createPermissionRule({
  name: 'IN_ENVIRONMENT',
  description: 'Allow in the environments of these names',
  resourceRef: entityEnvironmentResourceRef,
  paramsSchema: z.object({
    environments: z.array(z.string()).describe('Names of environments'),
  }),
  apply: ({ environment }, { environments }) =>
    environments.includes(environment),
  toQuery: neverQueried,
});

const isEnvironmentKind = createPermissionRule({
  name: 'IS_ENVIRONMENT_KIND',
  description: 'Allow in environments of this kind',
  resourceRef: entityEnvironmentResourceRef,
  paramsSchema: z.object({
    kind: z
      .enum(['production', 'non-production'])
      .describe('production or non-production'),
  }),
  apply: ({ kind }, params) => kind === params.kind,
  toQuery: neverQueried,
});

/** @public */
export const environmentPermissionRules = {
  isEntityOwner,
  inEnvironment,
  isEnvironmentKind,
};

const { conditions, createConditionalDecision } = createConditionExports({
  resourceRef: entityEnvironmentResourceRef,
  rules: environmentPermissionRules,
});

/**
 * The conditions that a permission policy can put on promotions.
 *
 * @public
 */
export const environmentConditions = conditions;

/**
 * A decision of a permission policy that depends on the entity and its environment.
 *
 * @public
 */
export const createEnvironmentConditionalDecision = createConditionalDecision;

/** Resources are looked up one by one, so no query is ever made of a rule. */
function neverQueried(): never {
  throw new Error('Permissions of environments are applied, not queried');
}
