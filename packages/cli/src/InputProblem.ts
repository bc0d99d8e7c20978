/**
 * The call or its input is wrong. The message is one line for a person; the exit code is 2.
 */
export class InputProblem extends Error {
  constructor(message: string) {
    super(message.replace(/\s*\n\s*/g, ' '));
    this.name = 'InputProblem';
  }
}

/** Errors of the packages below that say what is wrong with the input. */
const INPUT_ERRORS = new Set([
  'InputProblem',
  'ManifestError',
  'PromotionError',
  'RenderError',
  'RangeError',
  'PlanError',
  'HclError',
]);

/** The one line for an error that the input is to blame for; undefined for what is our own mistake. */
export function inputProblemOf(error: unknown): string | undefined {
  return error instanceof Error && INPUT_ERRORS.has(error.name)
    ? error.message.replace(/\s*\n\s*/g, ' ')
    : undefined;
}
