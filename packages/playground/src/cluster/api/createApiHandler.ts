import type { IncomingMessage, RequestListener, ServerResponse } from 'http';
import type { Clock } from '../../core';
import { RESOURCES, type ResourceKind } from '../resources';
import {
  parseFieldSelector,
  parseLabelSelector,
  type ObjectFilter,
} from '../selectors';
import type { ObjectStore } from '../store';
import {
  authenticate,
  authorizePath,
  authorizeResource,
  type User,
} from './access';
import { serveDiscovery } from './discovery';
import { list } from './list';
import { negotiate, present } from './representation';
import { ApiError, sendError, sendJson } from './status';
import { watch } from './watch';

export interface ApiOptions {
  store: ObjectStore;
  clock: Clock;
  /** The bearer token of the portal's service account. */
  token: string;
  gitVersion: string;
  bookmarkIntervalMs: number;
}

interface Target {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
}

const WRITING: Readonly<Record<string, string>> = {
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
};

const notServed = () =>
  new ApiError(
    404,
    'NotFound',
    'the server could not find the requested resource',
    {},
  );

/** The reading half of a Kubernetes API server over a store of objects. */
export function createApiHandler(options: ApiOptions): RequestListener {
  return (request, response) => {
    try {
      handle(options, request, response);
    } catch (error) {
      sendError(response, error);
    }
  };
}

function handle(
  options: ApiOptions,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const url = new URL(request.url ?? '/', 'https://localhost');
  const user = authenticate(request, options.token);
  const target = parseTarget(url.pathname);
  if (target) {
    serveResource(options, request, response, {
      user,
      target,
      query: url.searchParams,
    });
    return;
  }
  authorizePath(user, url.pathname);
  if (url.pathname === '/version') {
    sendJson(response, 200, versionBody(options.gitVersion));
  } else if (['/livez', '/readyz', '/healthz'].includes(url.pathname)) {
    response.writeHead(200, {
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-cache, private',
      'x-content-type-options': 'nosniff',
    });
    response.end('ok');
  } else if (!serveDiscovery(request, response, url.pathname)) {
    throw notServed();
  }
}

/** `/api/v1/...` and `/apis/GROUP/VERSION/...`; undefined for paths that name no resource. */
function parseTarget(path: string): Target | undefined {
  const [root, ...segments] = path
    .split('/')
    .slice(1)
    .filter(Boolean)
    .map(decodeURIComponent);
  if (root !== 'api' && root !== 'apis') {
    return undefined;
  }
  const group = root === 'api' ? '' : segments.shift() ?? '';
  const [version, ...rest] = segments;
  if (version === undefined || rest.length === 0) {
    return undefined;
  }
  if (
    rest[0] === 'namespaces' &&
    rest.length > 2 &&
    !['status', 'finalize'].includes(rest[2])
  ) {
    const [, namespace, plural, name, subresource] = rest;
    return { group, version, plural, namespace, name, subresource };
  }
  const [plural, name, subresource] = rest;
  return {
    group,
    version,
    plural,
    name,
    subresource,
    ...(plural === 'namespaces' && name !== undefined && { namespace: name }),
  };
}

function verbOf(
  method: string,
  name: string | undefined,
  query: URLSearchParams,
): string {
  if (method === 'DELETE') {
    return name === undefined ? 'deletecollection' : 'delete';
  }
  const writing = WRITING[method];
  if (writing) {
    return writing;
  }
  if (['true', '1'].includes(query.get('watch') ?? '')) {
    return 'watch';
  }
  return name === undefined ? 'list' : 'get';
}

interface ResourceCall {
  user: User;
  target: Target;
  query: URLSearchParams;
}

function serveResource(
  options: ApiOptions,
  request: IncomingMessage,
  response: ServerResponse,
  { user, target, query }: ResourceCall,
): void {
  const { group, version, plural, namespace, name, subresource } = target;
  const verb = verbOf(request.method ?? 'GET', name, query);
  authorizeResource(
    user,
    { verb, group, plural, namespace, subresource },
    name,
  );
  const resource = RESOURCES.find(
    candidate =>
      candidate.group === group &&
      candidate.version === version &&
      candidate.plural === plural,
  );
  if (!resource) {
    throw notServed();
  }
  const as = negotiate(request.headers.accept, ['object', 'metadata']);
  if (verb === 'get' && name !== undefined) {
    const found = options.store.get(
      resource,
      resource.namespaced ? namespace : undefined,
      name,
    );
    if (!found) {
      const qualified = group === '' ? plural : `${plural}.${group}`;
      throw new ApiError(404, 'NotFound', `${qualified} "${name}" not found`, {
        name,
        ...(group !== '' && { group }),
        kind: plural,
      });
    }
    sendJson(response, 200, present(resource, found, as));
    return;
  }
  const within = resource.namespaced ? namespace : undefined;
  const filter = filterOf(resource, query, name);
  if (verb === 'watch') {
    watch(
      options,
      { resource, namespace: within, filter, query, as },
      response,
    );
  } else {
    sendJson(
      response,
      200,
      list(options.store, { resource, namespace: within, filter, query, as }),
    );
  }
}

function filterOf(
  resource: ResourceKind,
  query: URLSearchParams,
  name: string | undefined,
): ObjectFilter | undefined {
  const filters = [
    query.get('labelSelector')
      ? parseLabelSelector(query.get('labelSelector') ?? '')
      : undefined,
    query.get('fieldSelector')
      ? parseFieldSelector(query.get('fieldSelector') ?? '')
      : undefined,
    name === undefined
      ? undefined
      : parseFieldSelector(`metadata.name=${name}`),
  ].filter(filter => filter !== undefined);
  return filters.length === 0
    ? undefined
    : object =>
        object.kind === resource.kind &&
        filters.every(filter => filter(object));
}

function versionBody(gitVersion: string): Record<string, string> {
  const [, major = '', minor = ''] = /^v(\d+)\.(\d+)/.exec(gitVersion) ?? [];
  return {
    major,
    minor,
    emulationMajor: major,
    emulationMinor: minor,
    minCompatibilityMajor: major,
    minCompatibilityMinor: String(Number(minor) - 1),
    gitVersion,
    gitCommit: '$Format:%H$',
    gitTreeState: '',
    buildDate: '1970-01-01T00:00:00Z',
    goVersion: 'go1.26.8',
    compiler: 'gc',
    platform: 'linux/amd64',
  };
}
