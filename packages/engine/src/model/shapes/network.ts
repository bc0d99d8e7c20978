import { canonicalJson } from '../canonical';
import { JsonObject, isObject, stringAt } from '../json';
import { NETWORK_PLACEHOLDER } from '../tokens';
import { any, duration, plain, port, reference, set } from './leaves';
import {
  contentList,
  labels,
  labelSelector,
  listBy,
  map,
  objectReference,
  portKey,
  without,
} from './parts';
import { LeafShape, ListShape, MapShape } from './shape';

const headless = (value: JsonObject) => value.clusterIP === 'None';

export const service: MapShape = map(
  {
    selector: labels,
    ports: {
      type: 'list',
      item: map(
        { name: plain, targetPort: port },
        {
          prepare: value => ({
            targetPort: value.port,
            ...without(value, new Set(['port', 'protocol'])),
          }),
        },
      ),
      key: portKey('port'),
    },
    externalIPs: set,
    loadBalancerSourceRanges: set,
  },
  {
    split: true,
    prepare: value =>
      value.allocateLoadBalancerNodePorts === true
        ? without(value, new Set(['allocateLoadBalancerNodePorts']))
        : value,
    defaults: value => ({
      type: 'ClusterIP',
      sessionAffinity: 'None',
      ...(value.type === 'ExternalName'
        ? {}
        : { internalTrafficPolicy: 'Cluster' }),
      externalTrafficPolicy: 'Cluster',
      ...(headless(value) ? {} : { publishNotReadyAddresses: false }),
      // What a cluster with one family of addresses fills in.
      ipFamilyPolicy: 'SingleStack',
      ipFamilies: ['IPv4'],
    }),
  },
);

/** A range of addresses: the environment's own network is the same everywhere. */
const network: LeafShape = {
  type: 'leaf',
  read: (value, { tokens }) => ({
    text:
      typeof value === 'string' && tokens.networks.includes(value)
        ? NETWORK_PLACEHOLDER
        : canonicalJson(value),
    value,
  }),
};

const peer = map({
  podSelector: labelSelector,
  namespaceSelector: labelSelector,
  ipBlock: map({ cidr: network, except: set }),
});

const policyPorts: ListShape = {
  type: 'list',
  item: map(
    {},
    { prepare: value => without(value, new Set(['port', 'protocol'])) },
  ),
  key: portKey('port'),
};

/** Rules that name the same peers are told apart by their ports alone. */
const policyRules = (peers: 'from' | 'to'): ListShape => ({
  type: 'list',
  item: map({ [peers]: contentList(peer), ports: policyPorts }),
  key: { contentOf: peers },
});

export const networkPolicy: MapShape = map(
  {
    podSelector: labelSelector,
    policyTypes: set,
    ingress: policyRules('from'),
    egress: policyRules('to'),
  },
  {
    split: true,
    defaults: value => ({
      podSelector: {},
      policyTypes: [
        'Ingress',
        ...(Array.isArray(value.egress) && value.egress.length > 0
          ? ['Egress']
          : []),
      ],
    }),
  },
);

/** By name or by number: one value, whichever it is. */
const backendPort: LeafShape = {
  type: 'leaf',
  read: value => {
    const written = isObject(value) ? value.name ?? value.number : value;
    return written === undefined
      ? undefined
      : { text: canonicalJson(written), value: written };
  },
};

const ingressBackend = map({
  service: map({ name: reference, port: backendPort }),
});

const ingressRule = map({
  http: map({
    paths: {
      type: 'list',
      item: map({ backend: ingressBackend }),
      key: item => `${item.pathType ?? ''} ${item.path ?? '/'}`.trim(),
    },
  }),
});

/** By place, as the host is what differs between environments. */
export const ingress: MapShape = map(
  {
    rules: { type: 'list', item: ingressRule, key: 'index' },
    tls: {
      type: 'list',
      item: map({ secretName: reference, hosts: set }),
      key: 'index',
    },
    defaultBackend: ingressBackend,
  },
  { split: true },
);

const GATEWAY = 'gateway.networking.k8s.io';

const parentReference = map(
  { name: reference },
  { defaults: () => ({ group: GATEWAY, kind: 'Gateway' }) },
);

const backendReference = map(
  { name: reference },
  { defaults: () => ({ group: '', kind: 'Service', weight: 1 }) },
);

const routeRule = map(
  {
    matches: {
      type: 'list',
      item: map(
        {
          path: map(
            {},
            { defaults: () => ({ type: 'PathPrefix', value: '/' }) },
          ),
        },
        { defaults: () => ({ path: {} }) },
      ),
      key: 'content',
    },
    backendRefs: {
      type: 'list',
      item: backendReference,
      key: (item, { canonicalName }) =>
        `${canonicalName(stringAt(item, 'name') ?? '')}/${item.port ?? ''}`,
    },
    filters: { type: 'list', item: any, key: 'index' },
  },
  {
    defaults: () => ({
      matches: [{ path: { type: 'PathPrefix', value: '/' } }],
    }),
  },
);

export const route: MapShape = map(
  {
    parentRefs: {
      type: 'list',
      item: parentReference,
      key: (item, { canonicalName }) =>
        [
          canonicalName(stringAt(item, 'name') ?? ''),
          stringAt(item, 'sectionName'),
        ]
          .filter(Boolean)
          .join('/'),
    },
    hostnames: set,
    rules: { type: 'list', item: routeRule, key: 'index' },
  },
  { split: true },
);

const conversion = { conversionStrategy: 'Default', decodingStrategy: 'None' };

const remoteReference = map(
  {},
  { defaults: () => ({ ...conversion, metadataPolicy: 'None' }) },
);

const foundSecrets = map({}, { defaults: () => conversion });

export const externalSecret: MapShape = map(
  {
    refreshInterval: duration,
    secretStoreRef: map(
      { name: reference },
      { split: true, defaults: () => ({ kind: 'SecretStore' }) },
    ),
    target: map(
      { name: reference },
      {
        split: true,
        defaults: (_value, { name }) => ({
          name,
          creationPolicy: 'Owner',
          deletionPolicy: 'Retain',
        }),
      },
    ),
    dataFrom: {
      type: 'list',
      item: map({ extract: remoteReference, find: foundSecrets }),
      key: 'index',
    },
    data: listBy(
      'secretKey',
      map(
        { remoteRef: remoteReference },
        {
          prepare: value => without(value, new Set(['secretKey'])),
        },
      ),
    ),
  },
  {
    split: true,
    defaults: (_value, { name }) => ({
      refreshInterval: '1h',
      target: { name },
    }),
  },
);

/** RBAC: what a rule is about tells it apart; what it permits may differ. */
export const roleRules: ListShape = {
  type: 'list',
  item: map({ apiGroups: set, resources: set, resourceNames: set, verbs: set }),
  key: item =>
    ['apiGroups', 'resources', 'resourceNames', 'nonResourceURLs']
      .map(field => {
        const value = item[field];
        return Array.isArray(value) ? [...value].map(String).sort().join() : '';
      })
      .join(' ')
      .trim(),
};

const RBAC = 'rbac.authorization.k8s.io';

export const roleReference = map(
  { name: reference },
  { defaults: () => ({ apiGroup: RBAC }) },
);

export const subjects: ListShape = {
  type: 'list',
  item: map(objectReference.fields, {
    prepare: value =>
      value.kind === 'ServiceAccount'
        ? without(value, new Set(['apiGroup']))
        : { apiGroup: RBAC, ...value },
  }),
  key: (item, { canonicalName }) =>
    `${stringAt(item, 'kind')}/${canonicalName(stringAt(item, 'name') ?? '')}`,
};
