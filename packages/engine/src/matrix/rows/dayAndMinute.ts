/** `2026-11-23 18:05 UTC`, of an ISO 8601 time. */
export function dayAndMinute(at: string): string {
  return `${at.slice(0, 10)} ${at.slice(11, 16)} UTC`;
}
