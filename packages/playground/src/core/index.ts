export * from './clock';
export * from './durations';
export * from './jsonDocument';
export * from './service';
export * from './state';
export * from './types';
