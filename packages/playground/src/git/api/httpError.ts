/** An error as Gitea answers it. */
export class HttpError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly errors?: null | readonly string[],
  ) {
    super(message);
    this.name = 'HttpError';
  }
}

export function notFound(message = 'not found'): HttpError {
  return new HttpError(404, message, null);
}
