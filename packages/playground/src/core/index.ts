export * from './clock';
export * from './jsonDocument';
export * from './service';
export * from './state';
export * from './types';
