export { COMBINATIONS } from './combinations';
export type { Combination } from './combinations';
export { SIX_GATES, withDelivery } from './gates';
export {
  intentOfAnswers,
  readTemplateSkeleton,
  renderAnswers,
} from './skeleton';
