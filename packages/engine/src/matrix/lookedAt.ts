/**
 * When Argo CD looked at a cluster: by its own clock, and never after the portal heard of it, as that clock may be ahead. Both in
 * ISO 8601, the portal's own time where Argo CD names none.
 */
export function lookedAt(
  reconciledAt: string | undefined,
  heardAt: string,
): string {
  return reconciledAt !== undefined &&
    Date.parse(reconciledAt) < Date.parse(heardAt)
    ? reconciledAt
    : heardAt;
}
