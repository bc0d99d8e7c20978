export * from './types';
export * from './facts';
export * from './selector';
