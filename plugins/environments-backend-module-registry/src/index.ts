/**
 * A source of the environments plugin: image registries.
 *
 * @packageDocumentation
 */
export { environmentsModuleRegistry as default } from './module';
