/** `cpu 500m · memory 512Mi`, in the order of the names. */
export function resourceList(
  resources: Readonly<Record<string, unknown>> | undefined,
): string {
  return Object.entries(resources ?? {})
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(' · ');
}
