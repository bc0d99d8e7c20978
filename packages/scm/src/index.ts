/**
 * Git hosts behind one interface.
 *
 * @packageDocumentation
 */
export * from './types';
