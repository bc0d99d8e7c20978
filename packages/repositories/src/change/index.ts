export * from './addEnvironment';
export * from './removeEnvironment';
export * from './intentText';
export * from './planFiles';
