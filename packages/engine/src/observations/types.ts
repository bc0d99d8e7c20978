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
  /** Only the person who looks can read it, with a token of their own. */
  readonly needsUserToken?: UserTokenNeed;
}

/**
 * The token that a source wants of the person who looks.
 *
 * @public
 */
export interface UserTokenNeed {
  /** The way of authentication, as the source's configuration calls it: `oidc`, `google`, `aks`, `pinniped`. */
  readonly authProvider: string;
  /** Who issues the token, where the way leaves that open: `okta`. */
  readonly tokenProvider?: string;
  /** The token that came with the request was not accepted, so another one is needed. */
  readonly isRefused?: boolean;
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
