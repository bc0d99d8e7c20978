export * from './types';
export * from './facts';
export * from './selector';
export * from './pinnedTo';
