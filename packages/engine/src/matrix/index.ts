export * from './types';
export * from './input';
export { inputsOf } from './places';
export { computeMatrix } from './computeMatrix';
export { decideCommit } from './decideCommit';
export {
  observePromotion,
  runningRelease,
  runningVersion,
  settledRelease,
} from './observe';
export type { RunningRelease } from './observe';
export type { NamedRevision } from './annotatedRevision';
