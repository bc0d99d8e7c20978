/** Reading of values whose shape is not known beforehand: what is not there is undefined, never an error. */

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A field that is a text or a number, as text. */
export function field(value: unknown, name: string): string | undefined {
  const entry = isRecord(value) ? value[name] : undefined;
  return typeof entry === 'string' || typeof entry === 'number'
    ? String(entry)
    : undefined;
}

/** Undefined for nothing at all. */
export function joined(
  values: readonly unknown[],
  separator: string,
): string | undefined {
  return values.length === 0 ? undefined : values.map(String).join(separator);
}
