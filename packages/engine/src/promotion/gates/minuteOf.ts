/** Milliseconds since the epoch as `2026-11-27 16:00 UTC`. */
export function minuteOf(at: number): string {
  const text = new Date(at).toISOString();
  return `${text.slice(0, 10)} ${text.slice(11, 16)} UTC`;
}
