export * from './ManifestError';
export * from './parseManifests';
