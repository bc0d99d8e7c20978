/**
 * Git hosts behind one interface, through Backstage's integrations.
 *
 * @packageDocumentation
 */
export * from './types';
export type { Protection, ProtectionStep } from './protection';
export * from './ScmHosts';
