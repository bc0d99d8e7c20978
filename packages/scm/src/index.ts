/**
 * Git hosts behind one interface, through Backstage's integrations.
 *
 * @packageDocumentation
 */
export * from './types';
export * from './ScmHosts';
