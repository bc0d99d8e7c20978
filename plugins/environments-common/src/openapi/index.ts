export { openApiDocument } from './openApiDocument';
