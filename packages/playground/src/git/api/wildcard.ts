import type { Request } from 'express';

/** What the `*` of a route stands for. */
export function wildcard(request: Request): string {
  return request.params[0] ?? '';
}
