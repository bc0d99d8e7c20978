/**
 * Resource type of an entity in one of its environments, for permission rules such as `IS_ENTITY_OWNER`,
 * `IN_ENVIRONMENT` and `IS_ENVIRONMENT_KIND`.
 *
 * @public
 */
export const RESOURCE_TYPE_ENTITY_ENVIRONMENT = 'entity-environment';

/**
 * An entity in one of its environments.
 *
 * @public
 */
export interface EntityEnvironmentRef {
  readonly entityRef: string;
  readonly environment: string;
}

/**
 * How the permission framework names it: `component:default/checkout#prod`.
 *
 * @public
 */
export function entityEnvironmentRef({
  entityRef,
  environment,
}: EntityEnvironmentRef): string {
  return `${entityRef}#${environment}`;
}

/** @public */
export function parseEntityEnvironmentRef(ref: string): EntityEnvironmentRef {
  const hash = ref.lastIndexOf('#');
  return { entityRef: ref.slice(0, hash), environment: ref.slice(hash + 1) };
}
