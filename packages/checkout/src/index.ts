/**
 * From a working tree on disk to the engine's input: the only room that runs `kubectl` or `kustomize`.
 *
 * @packageDocumentation
 */
export * from './references';
export * from './renderOverlay';
export * from './loadDeployConfig';
export * from './files';
export * from './loadInfrastructure';
