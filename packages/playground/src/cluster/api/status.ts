import type { ServerResponse } from 'http';
import { KubeError } from '../../core';

export interface StatusBody {
  kind: 'Status';
  apiVersion: 'v1';
  metadata: Record<string, never>;
  status: 'Failure';
  message: string;
  reason?: string;
  details?: Record<string, unknown>;
  code: number;
}

/** What a request is refused with; `details` is left out where the API server has none. */
export class ApiError extends KubeError {
  constructor(
    code: number,
    reason: string,
    message: string,
    readonly details?: Record<string, unknown>,
    readonly retryAfterSeconds?: number,
  ) {
    super(code, reason, message);
    this.name = 'ApiError';
  }
}

export function statusOf(error: unknown): StatusBody {
  const base = {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
  } as const;
  if (error instanceof KubeError) {
    const details = error instanceof ApiError ? error.details : undefined;
    return {
      ...base,
      message: error.message,
      ...(error.reason && { reason: error.reason }),
      ...(details && { details }),
      code: error.code,
    };
  }
  return {
    ...base,
    message: `Internal error occurred: ${error}`,
    reason: 'InternalError',
    code: 500,
  };
}

export function sendJson(
  response: ServerResponse,
  code: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  const text = `${JSON.stringify(body)}\n`;
  response.writeHead(code, {
    'content-type': 'application/json',
    'cache-control': 'no-cache, private',
    'content-length': String(Buffer.byteLength(text)),
    ...headers,
  });
  response.end(text);
}

export function sendError(response: ServerResponse, error: unknown): void {
  const status = statusOf(error);
  const retryAfter =
    error instanceof ApiError ? error.retryAfterSeconds : undefined;
  sendJson(response, status.code, status, {
    ...(status.code === 403 && { 'x-content-type-options': 'nosniff' }),
    ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
  });
}
