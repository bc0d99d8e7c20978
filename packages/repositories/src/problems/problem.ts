/**
 * Why an intent cannot be made into repositories.
 *
 * @public
 */
export interface RenderProblem {
  /** Path of the field: `environments.2.host`. */
  readonly field: string;
  /** What is wrong, and what to do. */
  readonly message: string;
}

/** What one subject has to say of an intent. */
export type Check<T> = (subject: T) => RenderProblem[];
