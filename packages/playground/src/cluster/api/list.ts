import { KubeError, type KubeObject } from '../../core';
import type { ResourceKind } from '../resources';
import type { ObjectFilter } from '../selectors';
import type { ObjectStore } from '../store';
import { fieldsOf } from '../values';
import { presentList, type Representation } from './representation';
import { ApiError } from './status';

export interface ListRequest {
  readonly resource: ResourceKind;
  readonly namespace?: string;
  /** Filters by the selectors of the request; undefined when it has none. */
  readonly filter?: ObjectFilter;
  readonly query: URLSearchParams;
  readonly as: Representation;
}

const badRequest = (message: string) =>
  new KubeError(400, 'BadRequest', message);

/** A version as a request gives it; undefined when it does not matter which. */
export function parseVersion(
  text: string | null,
): number | undefined | 'malformed' {
  if (text === null || text === '') {
    return undefined;
  }
  return /^\d+$/.test(text) ? Number(text) : 'malformed';
}

/** What Go says of a number that is none. */
export function malformedVersion(text: string | null): string {
  return `resourceVersion: Invalid value: "${text}": strconv.ParseUint: parsing "${text}": invalid syntax`;
}

/** The place of an object in a list, as continue tokens name it. */
function positionOf({ metadata: { namespace, name } }: KubeObject): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

interface Token {
  version: number;
  after: string;
}

function encodeToken({ version, after }: Token): string {
  return Buffer.from(
    JSON.stringify({
      v: 'meta.k8s.io/v1',
      rv: version,
      start: `${after}\u0000`,
    }),
  ).toString('base64url');
}

function decodeToken(text: string): Token {
  const problem = (what: string) =>
    badRequest(`invalid continue token: continue key is not valid: ${what}`);
  let value: Record<string, unknown>;
  try {
    value = fieldsOf(
      JSON.parse(Buffer.from(text, 'base64url').toString('utf8')),
    );
  } catch (error) {
    throw problem(error instanceof Error ? error.message : String(error));
  }
  const { v, rv, start } = value;
  if (v !== 'meta.k8s.io/v1') {
    throw problem(
      `server does not recognize this encoded version "${v ?? ''}"`,
    );
  }
  if (typeof rv !== 'number' || typeof start !== 'string') {
    throw problem(
      'incorrect encoded start resourceVersion (version meta.k8s.io/v1)',
    );
  }
  return {
    version: rv,
    after: start.split('\u0000')[0].replace(/^\//, ''),
  };
}

function requireReached(query: URLSearchParams, current: number): void {
  const text = query.get('resourceVersion');
  const version = parseVersion(text);
  if (version === 'malformed') {
    throw badRequest(`invalid resource version: ${malformedVersion(text)}`);
  }
  if (version !== undefined && version > current) {
    throw new ApiError(
      504,
      'Timeout',
      `Timeout: Too large resource version: ${version}, current: ${current}`,
      {
        causes: [
          {
            reason: 'ResourceVersionTooLarge',
            message: 'Too large resource version',
          },
        ],
        retryAfterSeconds: 1,
      },
      1,
    );
  }
}

/** The body of a list. */
export function list(
  store: ObjectStore,
  { resource, namespace, filter, query, as }: ListRequest,
): Record<string, unknown> {
  const continued = query.get('continue');
  const token = continued ? decodeToken(continued) : undefined;
  if (!token) {
    requireReached(query, store.version);
  }
  const version = token?.version ?? store.version;
  const matching = store
    .list(resource, namespace)
    .filter(filter ?? (() => true));
  const remaining = token
    ? matching.filter(object => positionOf(object) > token.after)
    : matching;
  const limit = Number(query.get('limit') ?? 0);
  // Pages do not matter to a list from the cache.
  const limited =
    limit > 0 &&
    remaining.length > limit &&
    query.get('resourceVersion') !== '0';
  const page = limited ? remaining.slice(0, limit) : remaining;
  const metadata = {
    resourceVersion: String(version),
    ...(limited && {
      continue: encodeToken({
        version,
        after: positionOf(page[page.length - 1]),
      }),
    }),
    ...(limited && !filter && { remainingItemCount: remaining.length - limit }),
  };
  return presentList(resource, page, metadata, as);
}
