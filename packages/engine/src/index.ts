/**
 * Pure functions over environments: no I/O, nothing of Backstage.
 *
 * @packageDocumentation
 */
export * from './observations';
export * from './intent';
export * from './model';
export { SERVICE_WORKLOAD_KINDS } from './model/workloads';
export * from './differences/types';
export * from './differences/diff';
export * from './differences/acceptDifference';
export * from './drift';
export * from './rules/types';
export * from './rules/catalogue';
export * from './rules/rulesDocument';
export type { RuleKind, RuleSource } from './rules/rule';
export { verify } from './rules/verify';
export type { VerifyOptions, VerifyResult } from './rules/verify';
export * from './matrix';
export * from './promotion/types';
export * from './promotion/PromotionError';
export { pinnedCommit } from './promotion/pinnedApplications';
export * from './promotion/proposePromotion';
export * from './promotion/assessPromotion';
export * from './promotion/gates/GateContext';
export * from './promotion/gates/judgeGates';
export * from './terraform';
