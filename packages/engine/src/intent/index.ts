export * from './schema';
export * from './parse';
export * from './factsDigest';
export * from './intentJsonSchema';
