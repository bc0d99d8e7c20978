/**
 * Argo CD on loopback: it takes up what the repositories of the git host declare, compares it with what lives in the clusters,
 * syncs, and answers as Argo CD's API does.
 */
export { createArgoCd, type ArgoCdOptions } from './createArgoCd';
export type { Account } from './api/accounts';
export type { ArgoCdTimings } from './controller';
