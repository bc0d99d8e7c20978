/** The package has declarations, and does not name them in its exports. */
declare module '@prometheus-io/lezer-promql' {
  import { LRParser } from '@lezer/lr';

  export const parser: LRParser;
}
