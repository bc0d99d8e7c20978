export * from './intent';
export { SERVICE_NAME_MAX_LENGTH } from './names';
