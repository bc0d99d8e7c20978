export type { TerraformFile } from './types';
export { PlanError } from './readPlan';
export { isBackendFile } from './backend';
