export * from './types';
export * from './input';
export { computeMatrix } from './computeMatrix';
