/**
 * How long a source waits for what, in milliseconds.
 */
export interface Timing {
  /** The stream may be silent for hours, so a small request tells whether the instance answers. */
  readonly probeMs: number;
  /** The stream loses events by design: what it lost is seen again after this. */
  readonly listMs: number;
  /** The same, while there is no stream. */
  readonly listWithoutStreamMs: number;
  /** Headers of the stream come with its first event; refusals come at once. */
  readonly openMs: number;
  /** Every application is reconciled every few minutes, and its stream tells: one that is silent for longer may be dead. */
  readonly idleMs: number;
  /** First and longest wait after a failure. */
  readonly backoffMs: { readonly first: number; readonly max: number };
  /** A release is some ten events within a second. */
  readonly batchMs: number;
  /** A get tells what a list does not, conditions among it: it is repeated after this although nothing seems to have changed. */
  readonly detailMs: number;
}

export const TIMING: Timing = {
  probeMs: 5_000,
  listMs: 120_000,
  listWithoutStreamMs: 15_000,
  openMs: 1_000,
  idleMs: 600_000,
  backoffMs: { first: 2_000, max: 30_000 },
  batchMs: 60,
  detailMs: 900_000,
};
