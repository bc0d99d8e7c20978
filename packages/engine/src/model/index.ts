export * from './ManifestError';
export * from './parseManifests';
export { parseQuantity } from './quantity';
export { OCI_KEYS, readRevision, SOURCE_COMMIT_TRAILER } from './revision';
