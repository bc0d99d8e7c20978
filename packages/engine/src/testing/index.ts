export * from './intentOf';
