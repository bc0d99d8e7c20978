export * from './types';
export * from './input';
export { computeMatrix } from './computeMatrix';
export { observePromotion, runningVersion, settledRelease } from './observe';
