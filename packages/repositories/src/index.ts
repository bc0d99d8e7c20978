/**
 * From an intent and skeleton files to the files of the two repositories. No I/O.
 *
 * @packageDocumentation
 */
export * from './types';
export * from './renderRepositories';
export * from './intentToYaml';
export * from './answers';
export * from './change';
export * from './drift';
export * from './defaults';
export * from './environmentSummaries';
export * from './protection';
export * from './remainingSteps';
export { intentProblems } from './problems';
export type { RenderProblem } from './problems/problem';
