import { createHash } from 'crypto';
import type { IncomingMessage, ServerResponse } from 'http';
import { groupVersion, RESOURCES, type ResourceKind } from '../resources';
import { negotiate } from './representation';
import { sendJson } from './status';

const VERBS = [
  'create',
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'update',
  'watch',
];
/** In the order in which custom resources are told of. */
const CUSTOM_VERBS = [
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'create',
  'update',
  'watch',
];
const AGGREGATED =
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
const SUBRESOURCE_VERBS = ['get', 'patch', 'update'];

function verbsOf({ isCustom, kind }: ResourceKind): readonly string[] {
  if (isCustom) {
    return CUSTOM_VERBS;
  }
  return kind === 'Namespace'
    ? VERBS.filter(verb => verb !== 'deletecollection')
    : VERBS;
}

/** Kubernetes' own kinds leave out the group that they are listed under. */
const responseKindOf = ({ group, version, kind, isCustom }: ResourceKind) =>
  isCustom ? { group, version, kind } : { group: '', version: '', kind };

/** Groups in the order of their names, the core group apart. */
const GROUPS = [...new Set(RESOURCES.map(({ group }) => group))]
  .filter(group => group !== '')
  .sort();

function versionsOf(
  group: string,
): { groupVersion: string; version: string }[] {
  const versions = new Set(
    RESOURCES.filter(resource => resource.group === group).map(
      ({ version }) => version,
    ),
  );
  return [...versions].map(version => ({
    groupVersion: groupVersion({ group, version }),
    version,
  }));
}

function groupBody(group: string): Record<string, unknown> {
  const versions = versionsOf(group);
  return { name: group, versions, preferredVersion: versions[0] };
}

function resourceList(
  group: string,
  version: string,
): Record<string, unknown> | undefined {
  const resources = RESOURCES.filter(
    resource => resource.group === group && resource.version === version,
  );
  if (resources.length === 0) {
    return undefined;
  }
  return {
    kind: 'APIResourceList',
    ...(group !== '' && { apiVersion: 'v1' }),
    groupVersion: groupVersion({ group, version }),
    resources: resources.flatMap(resource => [
      {
        name: resource.plural,
        singularName: resource.singular,
        namespaced: resource.namespaced,
        kind: resource.kind,
        verbs: verbsOf(resource),
        ...(resource.shortNames && { shortNames: resource.shortNames }),
        ...(resource.categories && { categories: resource.categories }),
        storageVersionHash: createHash('sha256')
          .update(`${group}/${version}/${resource.kind}`)
          .digest()
          .subarray(0, 8)
          .toString('base64'),
      },
      ...resource.subresources.map(name => ({
        name: `${resource.plural}/${name}`,
        singularName: '',
        namespaced: resource.namespaced,
        ...(name === 'scale' && { group: 'autoscaling', version: 'v1' }),
        kind: name === 'scale' ? 'Scale' : resource.kind,
        verbs: SUBRESOURCE_VERBS,
      })),
    ]),
  };
}

function aggregatedGroup(group: string): Record<string, unknown> {
  return {
    metadata: group === '' ? {} : { name: group },
    versions: versionsOf(group).map(({ version }) => ({
      version,
      resources: RESOURCES.filter(
        resource => resource.group === group && resource.version === version,
      ).map(resource => ({
        resource: resource.plural,
        responseKind: responseKindOf(resource),
        scope: resource.namespaced ? 'Namespaced' : 'Cluster',
        singularResource: resource.singular,
        verbs: verbsOf(resource),
        ...(resource.shortNames && { shortNames: resource.shortNames }),
        ...(resource.categories && { categories: resource.categories }),
        ...(resource.subresources.length > 0 && {
          subresources: resource.subresources.map(name => ({
            subresource: name,
            responseKind:
              name === 'scale'
                ? { group: 'autoscaling', version: 'v1', kind: 'Scale' }
                : responseKindOf(resource),
            verbs: SUBRESOURCE_VERBS,
          })),
        }),
      })),
      freshness: 'Current',
    })),
  };
}

function sendAggregated(
  response: ServerResponse,
  groups: readonly string[],
): void {
  const body = {
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items: groups.map(aggregatedGroup),
  };
  const etag = createHash('sha512')
    .update(JSON.stringify(body))
    .digest('hex')
    .toUpperCase();
  sendJson(response, 200, body, {
    'content-type': AGGREGATED,
    'cache-control': 'public',
    etag: `"${etag}"`,
    vary: 'Accept',
  });
}

/** Answers the requests that tell what the cluster serves; returns whether this was one. */
export function serveDiscovery(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): boolean {
  const { accept } = request.headers;
  if (path === '/api' || path === '/apis') {
    if (negotiate(accept, ['object', 'discovery']) === 'discovery') {
      sendAggregated(response, path === '/api' ? [''] : GROUPS);
    } else if (path === '/api') {
      const serverAddress = request.headers.host ?? 'localhost';
      sendJson(response, 200, {
        kind: 'APIVersions',
        versions: ['v1'],
        serverAddressByClientCIDRs: [
          { clientCIDR: '0.0.0.0/0', serverAddress },
        ],
      });
    } else {
      sendJson(response, 200, {
        kind: 'APIGroupList',
        apiVersion: 'v1',
        groups: GROUPS.map(groupBody),
      });
    }
    return true;
  }
  const [, root, first, second] = path.split('/');
  if (root === 'apis' && second === undefined && GROUPS.includes(first)) {
    sendJson(response, 200, {
      kind: 'APIGroup',
      apiVersion: 'v1',
      ...groupBody(first),
    });
    return true;
  }
  const list =
    root === 'api' ? resourceList('', first) : resourceList(first, second);
  if (!list) {
    return false;
  }
  sendJson(response, 200, list);
  return true;
}
