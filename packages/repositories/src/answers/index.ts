export { answersSchema } from './answersSchema';
export type { Answers } from './answersSchema';
export { intentFromAnswers } from './intentFromAnswers';
export type { AnswersOptions, Dialect } from './intentFromAnswers';
