export { environmentsModuleScm as default } from './module';
