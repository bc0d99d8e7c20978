/**
 * Backend of the environments plugin.
 *
 * @packageDocumentation
 */
export { environmentsPlugin as default } from './plugin';
export {
  entityEnvironmentResourceRef,
  environmentPermissionRules,
} from './router/permissionRules';
export type { EntityEnvironment } from './router/permissionRules';
