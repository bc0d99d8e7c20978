export { capacityOf } from './capacity';
export type { Capacity } from './capacity';
export type { TerraformFile } from './types';
export { PlanError } from './readPlan';
export { isBackendFile } from './backend';
