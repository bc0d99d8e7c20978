export { templateValues } from './templateValues';
export type { TemplateValues } from './templateValues';
