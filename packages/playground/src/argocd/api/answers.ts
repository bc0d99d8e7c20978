import type { Response } from 'express';

/** Codes of gRPC, which the API carries in its errors, and the status that each is answered with. */
const STATUS: Readonly<Record<number, number>> = {
  2: 500,
  3: 400,
  5: 404,
  7: 403,
  9: 400,
  16: 401,
};

const REASON: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  500: 'Internal Server Error',
};

/** An error as the API tells it. */
export class ApiError extends Error {
  constructor(readonly code: number, message: string) {
    super(message);
    this.name = 'ApiError';
  }

  get status(): number {
    return STATUS[this.code] ?? 500;
  }
}

/** Anything that was thrown, as the API tells it. */
export function apiErrorOf(error: unknown): ApiError {
  if (error instanceof ApiError) {
    return error;
  }
  return new ApiError(
    2,
    error instanceof Error ? error.message : String(error),
  );
}

function write(
  response: Response,
  status: number,
  text: string,
  headers: Readonly<Record<string, string>>,
): void {
  response.writeHead(status, {
    ...headers,
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}

export function answer(response: Response, body: unknown): void {
  write(response, 200, JSON.stringify(body), {
    'content-type': 'application/json',
    'grpc-metadata-content-type': 'application/grpc',
    vary: 'Accept-Encoding',
  });
}

export function answerError(response: Response, error: ApiError): void {
  const { code, message, status } = error;
  write(response, status, JSON.stringify({ error: message, code, message }), {
    'content-type': 'application/json',
    vary: 'Accept-Encoding',
  });
}

/** An error of a stream that has not begun. */
export function answerStreamError(response: Response, error: ApiError): void {
  const { code, message, status } = error;
  const body = {
    error: {
      grpc_code: code,
      http_code: status,
      message,
      http_status: REASON[status],
    },
  };
  write(response, status, JSON.stringify(body), {
    'content-type': 'application/json',
    vary: 'Accept-Encoding',
  });
}

export function answerText(
  response: Response,
  status: number,
  text: string,
): void {
  write(response, status, `${text}\n`, {
    'content-type': 'text/plain; charset=utf-8',
    ...(status === 404 && { vary: 'Accept-Encoding' }),
    'x-content-type-options': 'nosniff',
  });
}

export function answerPage(
  response: Response,
  status: number,
  html: string,
): void {
  write(response, status, html, { 'content-type': 'text/html; charset=utf-8' });
}
