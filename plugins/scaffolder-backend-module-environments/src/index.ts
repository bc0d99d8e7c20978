/**
 * Scaffolder actions that render, verify and publish the two repositories of a service.
 *
 * @packageDocumentation
 */
export { scaffolderModuleEnvironments as default } from './module';
export { createChangeAction } from './actions/change';
export { createPublishAction } from './actions/publish';
export { createRenderAction } from './actions/render';
export { createVerifyAction } from './actions/verify';
