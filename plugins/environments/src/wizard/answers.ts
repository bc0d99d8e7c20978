/** One environment, as the wizard asks for it. */
export interface EnvironmentAnswer {
  readonly name: string;
  readonly kind: 'production' | 'non-production';
  readonly replicas?: number;
  readonly requests: { readonly cpu: string; readonly memory: string };
  readonly limits: { readonly cpu: string; readonly memory: string };
  readonly logLevel: string;
  /** Host name that the service answers to, where it is exposed. */
  readonly host?: string;
}

/** Where the repositories go; names that are not given follow from the service. */
export interface RepositoriesAnswer {
  readonly host?: string;
  readonly owner?: string;
  readonly infrastructure?: string;
  readonly deployConfig?: string;
  readonly source?: string;
}

/** What the wizard knows so far, of all its pages. */
export type WizardAnswers = Readonly<Record<string, unknown>>;

/** The form keeps the answers of all pages in its context. */
export function answersOf(formContext: unknown): WizardAnswers {
  const formData = isRecord(formContext) ? formContext.formData : undefined;
  return isRecord(formData) ? formData : {};
}

export function textAnswer(
  answers: WizardAnswers,
  name: string,
): string | undefined {
  const value = answers[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
