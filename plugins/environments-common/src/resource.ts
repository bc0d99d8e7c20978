/**
 * Resource type of an entity in one of its environments, for permission rules such as `IS_ENTITY_OWNER`,
 * `IN_ENVIRONMENT` and `IS_ENVIRONMENT_KIND`.
 *
 * @public
 */
export const RESOURCE_TYPE_ENTITY_ENVIRONMENT = 'entity-environment';
