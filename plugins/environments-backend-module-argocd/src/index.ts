/**
 * Watches Argo CD instances, and syncs applications for promotions.
 *
 * @packageDocumentation
 */
export { environmentsModuleArgocd as default } from './module';
