/** What an error of the backend is, and what it says. */
export interface Failure {
  readonly kind: 'forbidden' | 'not-found' | 'conflict' | 'other';
  readonly message: string;
}

/** Reads the answer of the backend where there is one: its message says what failed and what to do. */
export function failureOf(error: unknown): Failure {
  const cause = property(error, 'cause');
  const name = String(property(cause, 'name') ?? property(error, 'name') ?? '');
  const message = String(
    property(cause, 'message') ?? property(error, 'message') ?? error,
  );
  const status = property(error, 'statusCode');
  return { kind: kindOf(name, status), message };
}

function kindOf(name: string, status: unknown): Failure['kind'] {
  if (name === 'NotAllowedError' || status === 403) {
    return 'forbidden';
  }
  if (name === 'NotFoundError' || status === 404) {
    return 'not-found';
  }
  return name === 'ConflictError' || status === 409 ? 'conflict' : 'other';
}

function property(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null
    ? Reflect.get(value, key)
    : undefined;
}
