export interface ResourcesAnswer {
  readonly cpu: string;
  readonly memory: string;
}

/** Who signs a certificate. */
export const CERTIFICATES = [
  'selfsigned',
  'ca',
  'acme-staging',
  'acme',
] as const;

/** Where secrets come from. */
export const SECRET_SOURCES = ['vault', 'fake'] as const;

export interface DatabaseAnswer {
  readonly class?: string;
  readonly multiAz?: boolean;
  readonly storage?: number;
  readonly backupDays?: number;
}

/** One environment, as the wizard asks for it. What is not said takes the default of its place in the order. */
export interface EnvironmentAnswer {
  readonly name: string;
  readonly kind: 'production' | 'non-production';
  /** A number, or the bounds of an autoscaler. */
  readonly replicas?: number | { readonly min: number; readonly max: number };
  readonly requests: ResourcesAnswer;
  readonly limits: ResourcesAnswer;
  readonly logLevel: string;
  /** Host name that the service answers to, where it is exposed. */
  readonly host?: string;
  readonly certificate?: (typeof CERTIFICATES)[number];
  /** `spec.hard` of the ResourceQuota. */
  readonly quota?: Readonly<Record<string, string>>;
  readonly database?: DatabaseAnswer;
  readonly waf?: boolean;
  readonly secrets?: (typeof SECRET_SOURCES)[number];
  readonly retentionDays?: number;
  readonly paging?: boolean;
  readonly slack?: string;
  readonly title?: string;
  readonly purpose?: string;
  readonly dataClass?: string;
}

/** Where the repositories go; names that are not given follow from the service. */
export interface RepositoriesAnswer {
  readonly host?: string;
  readonly owner?: string;
  readonly infrastructure?: string;
  readonly deployConfig?: string;
  readonly source?: string;
  readonly private?: boolean;
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

/** Whether requests from outside reach the service. */
export function isExposed({ exposure }: WizardAnswers): boolean {
  return exposure === 'gateway' || exposure === 'ingress';
}
