export { COMBINATIONS } from './combinations';
export type { Combination } from './combinations';
export {
  intentOfAnswers,
  readTemplateSkeleton,
  renderAnswers,
} from './skeleton';
