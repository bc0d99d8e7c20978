/**
 * Watches clusters through the installed Kubernetes plugin.
 *
 * @packageDocumentation
 */
export { environmentsModuleKubernetes as default } from './module';
