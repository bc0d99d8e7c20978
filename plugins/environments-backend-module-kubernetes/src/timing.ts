/**
 * How long a source waits for what, in milliseconds where the name does not say otherwise.
 */
export interface Timing {
  /** How long a cluster may be silent before a small request asks whether it still answers. */
  readonly probeMs: number;
  /** Silence and this together bound how long a dead cluster goes unnoticed: below 15 s. */
  readonly probeTimeoutMs: number;
  /** Pause and time-out of the probe while a cluster is in trouble: below 10 s together, so that it is back as soon. */
  readonly troubledProbeMs: number;
  readonly troubledTimeoutMs: number;
  /** For a page of a list, or a discovery document. */
  readonly requestTimeoutMs: number;
  /** How often the version and the served groups are read although nothing asks for it. */
  readonly versionMs: number;
  /** Watches end by themselves after some minutes, each at a time of its own: the proxy leaves one that is given up open on its other side. */
  readonly watchSeconds: { readonly min: number; readonly max: number };
  /** Refusals come at once, and headers with the first event: a watch that was not refused for so long is open. */
  readonly openMs: number;
  /** After garbage, a watch that brings no more of it for so long is taken for well again, should nothing happen that it could tell. */
  readonly garbledMs: number;
  /** Bookmarks come about every minute; a watch that is silent for longer than two of them delivers nothing any more. */
  readonly idleMs: number;
  /** How often a kind that is not served, or not permitted, is tried again. */
  readonly unavailableMs: number;
  /** How long what discovery said holds; shorter than the pause before it is asked again. */
  readonly discoveryMs: number;
  /** The longest that a cluster's own `Retry-After` is heeded. */
  readonly retryAfterMs: number;
  /** First and longest wait after a failure. */
  readonly backoffMs: { readonly first: number; readonly max: number };
  /** A step of a rollout is several events within milliseconds; together they are one change. */
  readonly batchMs: number;
}

export const TIMING: Timing = {
  probeMs: 5_000,
  probeTimeoutMs: 8_000,
  troubledProbeMs: 2_000,
  troubledTimeoutMs: 5_000,
  requestTimeoutMs: 15_000,
  versionMs: 180_000,
  watchSeconds: { min: 240, max: 420 },
  openMs: 1_000,
  garbledMs: 20_000,
  idleMs: 150_000,
  unavailableMs: 60_000,
  discoveryMs: 50_000,
  retryAfterMs: 120_000,
  backoffMs: { first: 1_000, max: 30_000 },
  batchMs: 60,
};
