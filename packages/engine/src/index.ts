/**
 * Pure functions over environments: no I/O, nothing of Backstage.
 *
 * @packageDocumentation
 */
export * from './observations';
export * from './intent';
export * from './model';
export * from './differences/types';
export * from './rules/types';
export * from './matrix';
export * from './promotion/types';
export * from './promotion/PromotionError';
export * from './promotion/proposePromotion';
