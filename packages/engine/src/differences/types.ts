/**
 * How a difference between two environments (or between live and desired) is judged.
 *
 * @public
 */
export type DifferenceClass = 'expected' | 'lag' | 'violation' | 'unclassified';

/**
 * One leaf that differs. Shape: the contract of `verify --format json`, the API and the scaffolder action.
 *
 * @public
 */
export interface Difference {
  readonly kind: 'environment' | 'drift';
  readonly from: string;
  readonly to: string;
  /** `group/Kind name` (core: `Kind name`), the environment's tokens stripped from the name. */
  readonly subject: string;
  /** RFC 6901, keyed lists by their key: `/spec/template/spec/containers/checkout/env/LOG_LEVEL`. */
  readonly pointer: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly class: DifferenceClass;
  readonly rule?: string;
  readonly reason?: string;
}
