import { Intent } from '@envmatrix/engine';
import { RenderError } from '../types';
import { intentProblems } from './intentProblems';

/**
 * Refuses an intent that contradicts itself, before anything is written.
 *
 * @throws {@link RenderError} with the first problem.
 */
export function assertRenderable(intent: Intent): void {
  const [problem] = intentProblems(intent);
  if (problem) {
    throw new RenderError(problem.field, problem.message);
  }
}
