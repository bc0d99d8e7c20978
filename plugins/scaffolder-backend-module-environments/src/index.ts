/**
 * Scaffolder actions that render, verify, publish and change the two repositories of a service.
 *
 * @packageDocumentation
 */
export { scaffolderModuleEnvironments as default } from './module';
export { createCatalogWaitAction } from './actions/catalogWait';
export { createChangeAction } from './actions/change';
export { createPublishAction } from './actions/publish';
export { createRenderAction } from './actions/render';
export { createUpdateAction } from './actions/update';
export { createVerifyAction } from './actions/verify';
