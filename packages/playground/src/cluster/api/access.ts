import type { IncomingMessage } from 'http';
import { KubeError } from '../../core';
import { ApiError } from './status';

/** Who asks. */
export interface User {
  readonly name: string;
  readonly authenticated: boolean;
}

/** What is asked for. */
export interface ResourceRequest {
  readonly verb: string;
  readonly group: string;
  readonly plural: string;
  readonly namespace?: string;
  readonly subresource?: string;
}

const ANONYMOUS: User = { name: 'system:anonymous', authenticated: false };
const SERVICE_ACCOUNT = 'system:serviceaccount:default:portal';

/** The cluster role of the portal's service account: what the matrix is made of, and nothing on Secrets. */
const READABLE: Readonly<Record<string, readonly string[]>> = {
  '': [
    'configmaps',
    'limitranges',
    'namespaces',
    'pods',
    'resourcequotas',
    'serviceaccounts',
    'services',
  ],
  apps: ['daemonsets', 'deployments', 'replicasets', 'statefulsets'],
  autoscaling: ['horizontalpodautoscalers'],
  'cert-manager.io': ['certificates'],
  'external-secrets.io': ['externalsecrets', 'secretstores'],
  'gateway.networking.k8s.io': ['httproutes'],
  'networking.k8s.io': ['ingresses', 'networkpolicies'],
  policy: ['poddisruptionbudgets'],
};
const READING = ['get', 'list', 'watch'];

/** What anyone may ask, without a token too. */
const PUBLIC_PATHS = ['/healthz', '/livez', '/readyz', '/version'];

export function authenticate(request: IncomingMessage, token: string): User {
  const [scheme, credentials] = (request.headers.authorization ?? '').split(
    ' ',
  );
  if (scheme.toLowerCase() !== 'bearer') {
    return ANONYMOUS;
  }
  if (credentials !== token) {
    throw new KubeError(401, 'Unauthorized', 'Unauthorized');
  }
  return { name: SERVICE_ACCOUNT, authenticated: true };
}

export function authorizePath(user: User, path: string): void {
  if (!user.authenticated && !PUBLIC_PATHS.includes(path)) {
    throw new ApiError(
      403,
      'Forbidden',
      `forbidden: User "${user.name}" cannot get path "${path}"`,
      {},
    );
  }
}

/** Comes before routing: what is not served is forbidden too, for those who have no right to it. */
export function authorizeResource(
  user: User,
  { verb, group, plural, namespace, subresource }: ResourceRequest,
  name?: string,
): void {
  if (
    user.authenticated &&
    subresource === undefined &&
    READING.includes(verb) &&
    READABLE[group]?.includes(plural)
  ) {
    return;
  }
  const qualified = group === '' ? plural : `${plural}.${group}`;
  const subject = name === undefined ? qualified : `${qualified} "${name}"`;
  const resource =
    subresource === undefined ? plural : `${plural}/${subresource}`;
  const scope =
    namespace === undefined
      ? 'at the cluster scope'
      : `in the namespace "${namespace}"`;
  throw new ApiError(
    403,
    'Forbidden',
    `${subject} is forbidden: User "${user.name}" cannot ${verb} resource "${resource}" in API group "${group}" ${scope}`,
    {
      ...(name !== undefined && { name }),
      ...(group !== '' && { group }),
      kind: plural,
    },
  );
}
