import { EnvironmentInput } from '../../matrix/input';
import { EnvironmentColumn } from '../../matrix/types';
import { Finding } from '../../rules/types';
import { PromotionWay } from '../types';

/**
 * What a thing is now, and since when.
 *
 * @public
 */
export interface Since {
  readonly to?: string;
  /** ISO 8601. */
  readonly at: string;
}

/**
 * What the gates of a promotion are judged by.
 *
 * @public
 */
export interface GateContext {
  /** The environment that the release comes from, as the matrix shows it. */
  readonly from: EnvironmentColumn;
  /** What is known of the environment that it goes to. */
  readonly target: EnvironmentInput;
  /** Version that is promoted. */
  readonly version: string;
  readonly way: PromotionWay;
  /** Latest changes of version and health in `from` that were seen. */
  readonly since: { readonly version?: Since; readonly health?: Since };
  /** What the rules say; empty while they could not be asked. */
  readonly findings: readonly Finding[];
  /** Entity references of those who agreed to this promotion already. */
  readonly approvedBy?: readonly string[];
  /** ISO 8601. */
  readonly now: string;
}
