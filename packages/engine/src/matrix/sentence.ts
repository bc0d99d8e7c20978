/** `ImagePullBackOff: ghcr.io/acme/checkout:9.9.9 · ... · since 2026-11-23 22:41 UTC` */
export function sentence(
  reason: string,
  parts: readonly (string | undefined)[],
  since: string | undefined,
): string {
  return `${reason}: ${[...parts, sinceMinute(since)]
    .filter(Boolean)
    .join(' · ')}`;
}

/** `since 2026-11-23 22:41 UTC`; undefined for what is no time. */
export function sinceMinute(at: string | undefined): string | undefined {
  const time = at === undefined ? NaN : Date.parse(at);
  return Number.isNaN(time)
    ? undefined
    : `since ${new Date(time)
        .toISOString()
        .slice(0, 16)
        .replace('T', ' ')} UTC`;
}
