/**
 * Backend of the environments plugin.
 *
 * @packageDocumentation
 */
export { environmentsPlugin as default } from './plugin';
export {
  createEnvironmentConditionalDecision,
  entityEnvironmentResourceRef,
  environmentConditions,
  environmentPermissionRules,
} from './router/permissionRules';
export type { EntityEnvironment } from './router/permissionRules';
