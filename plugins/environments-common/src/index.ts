/**
 * API types, client, permissions and annotations of the environments plugin.
 *
 * @packageDocumentation
 */
export * from './annotations';
export * from './permissions';
export * from './resource';
export * from './client';
export * from './EnvironmentsClient';
export * from './openapi';
