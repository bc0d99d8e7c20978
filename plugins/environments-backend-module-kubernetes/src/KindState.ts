import { ClusterFailure } from './errors';

/** How it is with the facts about one kind in one cluster. */
export type KindState =
  | { readonly status: 'starting' }
  | { readonly status: 'watching' }
  | { readonly status: 'absent' | 'forbidden'; readonly reason: string }
  | { readonly status: 'failing'; readonly failure: ClusterFailure };
