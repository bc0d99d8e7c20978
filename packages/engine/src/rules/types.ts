/**
 * @public
 */
export type FindingOutcome =
  | 'pass'
  | 'fail'
  | 'warn'
  | 'unknown'
  | 'not-deployed'
  | 'not-applicable'
  | 'waived';

/**
 * What one rule says of one subject. The same everywhere: API, command line, scaffolder action.
 *
 * @public
 */
export interface Finding {
  /** `K8S-04`; see `docs/rules.md`. */
  readonly rule: string;
  readonly outcome: FindingOutcome;
  readonly title: string;
  readonly guideStep?: number;
  readonly environments: readonly string[];
  /** `apps/Deployment checkout`, `terraform module.database`. */
  readonly subject: string;
  /** JSON pointer in the subject. */
  readonly pointer?: string;
  readonly values: Readonly<Record<string, unknown>>;
  /** Per environment: `file:line`, or the API object. */
  readonly locations: Readonly<Record<string, string>>;
  readonly reason?: string;
  readonly remedy?: string;
  /** The source that was not given, where that is why the rule is `unknown`: `terraform`, `plan`. */
  readonly missing?: string;
  /** ISO 8601 date. */
  readonly waivedUntil?: string;
}
