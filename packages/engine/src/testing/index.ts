export * from './intentOf';
export * from './fixtures';
