export * from './ManifestError';
export * from './parseManifests';
export { parseQuantity } from './quantity';
