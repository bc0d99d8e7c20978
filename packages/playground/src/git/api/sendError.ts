import type { Response } from 'express';
import { z } from 'zod';
import { GitError } from '../runGit';
import { HttpError } from './httpError';

/** Gitea's way to tell an error. */
export function sendError(
  error: unknown,
  response: Response,
  baseUrl: string,
): void {
  const url = `${baseUrl}/api/swagger`;
  if (error instanceof HttpError) {
    if (error.message === '' && error.status === 404) {
      response.status(404).type('text/plain').send('Not found.\n');
      return;
    }
    response.status(error.status).json({
      ...(error.errors === undefined ? {} : { errors: error.errors }),
      message: error.message,
      url,
    });
    return;
  }
  if (error instanceof z.ZodError) {
    const [issue] = error.issues;
    response.status(422).json({
      message: `[${issue.path.map(String).join('.')}]: ${issue.message}`,
      url,
    });
    return;
  }
  if (error instanceof SyntaxError) {
    response.status(422).json({ message: 'the body is not JSON', url });
    return;
  }
  const message = error instanceof GitError ? error.message : 'internal error';
  response.status(500).json({ message, url });
}
