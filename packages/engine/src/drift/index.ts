export { drift, outOfSync } from './drift';
export type { DriftOptions } from './drift';
