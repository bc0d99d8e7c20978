/**
 * Whether something is known, and if not, why. Answers "do we know?"; never mixed with how values compare.
 *
 * @public
 */
export type ObservationStatus =
  | 'observed'
  | 'absent'
  | 'stale'
  | 'unreachable'
  | 'timeout'
  | 'forbidden'
  | 'not-configured'
  | 'unknown';

/**
 * The state of knowledge about one value or one source.
 *
 * @public
 */
export interface Observation {
  readonly status: ObservationStatus;
  /** A sentence that a person can act on; present whenever the status is not `observed`. */
  readonly reason?: string;
  /** ISO 8601: since when the status holds. */
  readonly since?: string;
}

/**
 * The state of one outside system that a page depends on.
 *
 * @public
 */
export interface SourceState extends Observation {
  /** `kubernetes`, `argocd`, `scm`, `terraform`, `prometheus`, or an adopter's own. */
  readonly kind: string;
  /** The name in the adopter's configuration: cluster, Argo CD instance, git host. */
  readonly name: string;
  /** ISO 8601: when the source last answered. */
  readonly lastObservedAt?: string;
}

/**
 * Where a value comes from.
 *
 * @public
 */
export interface Provenance {
  /** `kubernetes/nonprod`, `argocd/main`, `scm/git.example.com`. */
  readonly source: string;
  /** A page where a person can see it. */
  readonly link?: string;
  /** ISO 8601. */
  readonly observedAt: string;
  /** `file:line`, or the API object. */
  readonly location?: string;
}
