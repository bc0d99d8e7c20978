export { ContinuousIntegration } from './ContinuousIntegration';
