/**
 * Extension points and types for sources and promotion targets of the environments plugin.
 *
 * @packageDocumentation
 */
export * from './sources';
export * from './promotion';
export * from './extensions';
export * from './ownership';
export * from './ApplicationOwners';
export * from './factNames';
