import { canonicalJson } from '../canonical';
import { parseImage } from '../image';
import { isObject, JsonObject, stringAt } from '../json';
import {
  image,
  plain,
  port,
  quantity,
  reference,
  sequence,
  set,
} from './leaves';
import {
  amounts,
  contentList,
  labels,
  labelSelector,
  claim,
  listBy,
  map,
  metadata,
  objectReference,
  portKey,
  templateMetadata,
  without,
} from './parts';
import { LeafShape, ListShape, MapShape, ShapeContext } from './shape';

const httpGet = map({ port }, { defaults: () => ({ scheme: 'HTTP' }) });

const handlers = {
  httpGet,
  tcpSocket: map({ port }),
  exec: map({ command: sequence }),
  grpc: map({}, { defaults: () => ({ service: '' }) }),
};

const probe = map(handlers, {
  split: false,
  defaults: () => ({
    initialDelaySeconds: 0,
    periodSeconds: 10,
    timeoutSeconds: 1,
    successThreshold: 1,
    failureThreshold: 3,
  }),
});

const securityContext = map({
  capabilities: map({ add: set, drop: set }),
});

/** An environment variable is one leaf: its value, or where that comes from. */
const environmentVariable: LeafShape = {
  type: 'leaf',
  read: (item, context) => {
    if (!isObject(item)) {
      return { text: canonicalJson(item), value: item };
    }
    if (isObject(item.valueFrom)) {
      return {
        text: `from ${canonicalJson(canonicalSource(item.valueFrom, context))}`,
        value: { valueFrom: item.valueFrom },
      };
    }
    const value = item.value ?? '';
    return { text: canonicalJson(value), value };
  },
};

function canonicalSource(
  valueFrom: JsonObject,
  { canonicalName }: ShapeContext,
): JsonObject {
  return Object.fromEntries(
    Object.entries(valueFrom).map(([kind, source]) => {
      if (!isObject(source)) {
        return [kind, source];
      }
      const { name, apiVersion, optional, divisor, ...rest } = source;
      const isDivided = divisor !== undefined && `${divisor}` !== '0';
      return [
        kind,
        {
          ...rest,
          ...(isDivided ? { divisor } : {}),
          ...(typeof name === 'string' ? { name: canonicalName(name) } : {}),
          ...(apiVersion === undefined || apiVersion === 'v1'
            ? {}
            : { apiVersion }),
          ...(optional === true ? { optional } : {}),
        },
      ];
    }),
  );
}

const environment: ListShape = {
  type: 'list',
  item: environmentVariable,
  key: item => stringAt(item, 'name'),
};

/** What has to be there unless it says otherwise. */
const mandatoryReference = map(objectReference.fields, {
  prepare: value =>
    value.optional === false ? without(value, new Set(['optional'])) : value,
});

const environmentSources: ListShape = {
  type: 'list',
  item: map({
    configMapRef: mandatoryReference,
    secretRef: mandatoryReference,
  }),
  key: 'content',
};

const container: MapShape = map(
  {
    image,
    command: sequence,
    args: sequence,
    ports: {
      type: 'list',
      item: map({ name: plain }, { prepare: withoutPortKey }),
      key: portKey('containerPort'),
    },
    env: environment,
    envFrom: environmentSources,
    resources: map({ requests: amounts, limits: amounts }, { split: true }),
    volumeMounts: {
      type: 'list',
      item: map(
        { name: plain },
        {
          prepare: mount =>
            without(
              mount,
              mount.recursiveReadOnly === 'Disabled'
                ? new Set(['mountPath', 'recursiveReadOnly'])
                : new Set(['mountPath']),
            ),
          defaults: () => ({ readOnly: false }),
        },
      ),
      key: item => stringAt(item, 'mountPath'),
    },
    volumeDevices: listBy('devicePath'),
    startupProbe: probe,
    readinessProbe: probe,
    livenessProbe: probe,
    lifecycle: map({ postStart: map(handlers), preStop: map(handlers) }),
    securityContext,
  },
  {
    prepare: withoutUsualPullPolicy,
    defaults: () => ({
      terminationMessagePath: '/dev/termination-log',
      terminationMessagePolicy: 'File',
      stdin: false,
      stdinOnce: false,
      tty: false,
    }),
  },
);

function withoutPortKey(value: JsonObject): JsonObject {
  return without(value, new Set(['containerPort', 'protocol']));
}

/** What the API server would choose for the tag is the same as choosing nothing. */
function withoutUsualPullPolicy(value: JsonObject): JsonObject {
  const { tag, digest } = parseImage(stringAt(value, 'image') ?? '');
  const floating = !digest && (tag === undefined || tag === 'latest');
  const { imagePullPolicy: policy } = value;
  return policy === 'IfNotPresent' || (policy === 'Always' && floating)
    ? without(value, new Set(['name', 'imagePullPolicy']))
    : without(value, new Set(['name']));
}

const keyedItems = listBy('key');

const downwardItems = listBy(
  'path',
  map({
    fieldRef: map({}, { defaults: () => ({ apiVersion: 'v1' }) }),
    resourceFieldRef: map({}, { defaults: () => ({ divisor: '0' }) }),
  }),
);

/** Parts of a projected volume, in no order: what may be missing is told, what has to be there is not. */
const projectedSource = map({
  configMap: map({ name: reference, items: keyedItems }, mandatoryReference),
  secret: map({ name: reference, items: keyedItems }, mandatoryReference),
  downwardAPI: map({ items: downwardItems }),
  serviceAccountToken: map(
    {},
    { defaults: () => ({ expirationSeconds: 3600 }) },
  ),
});

const volume = map({
  configMap: map(
    { name: reference, items: keyedItems },
    { defaults: () => ({ defaultMode: 0o644, optional: false }) },
  ),
  secret: map(
    { secretName: reference, items: keyedItems },
    { defaults: () => ({ defaultMode: 0o644, optional: false }) },
  ),
  persistentVolumeClaim: map(
    { claimName: reference },
    { defaults: () => ({ readOnly: false }) },
  ),
  emptyDir: map(
    { sizeLimit: quantity },
    {
      keepEmpty: true,
      prepare: value =>
        value.medium === '' ? without(value, new Set(['medium'])) : value,
    },
  ),
  downwardAPI: map(
    { items: downwardItems },
    { defaults: () => ({ defaultMode: 0o644 }) },
  ),
  ephemeral: map(
    { volumeClaimTemplate: map({ metadata, spec: claim }) },
    { keepEmpty: true },
  ),
  hostPath: map({}, { defaults: () => ({ type: '' }) }),
  projected: map(
    { sources: contentList(projectedSource) },
    { defaults: () => ({ defaultMode: 0o644 }) },
  ),
});

const volumes: ListShape = {
  type: 'list',
  item: {
    ...volume,
    prepare: value => {
      const kinds = without(value, new Set(['name']));
      return Object.keys(kinds).length === 0 ? { emptyDir: {} } : kinds;
    },
  },
  key: item => stringAt(item, 'name'),
};

const spreadConstraints: ListShape = {
  type: 'list',
  item: map(
    { labelSelector, matchLabelKeys: set },
    {
      prepare: ({ nodeAffinityPolicy, nodeTaintsPolicy, ...rest }) => ({
        ...rest,
        ...(nodeAffinityPolicy === undefined || nodeAffinityPolicy === 'Honor'
          ? {}
          : { nodeAffinityPolicy }),
        ...(nodeTaintsPolicy === undefined || nodeTaintsPolicy === 'Ignore'
          ? {}
          : { nodeTaintsPolicy }),
      }),
    },
  ),
  key: item => `${item.topologyKey}/${item.whenUnsatisfiable}`,
};

const podAffinityTerm = map({
  labelSelector,
  namespaceSelector: labelSelector,
  namespaces: set,
});

/** Terms of which all hold, or all count: told apart by what they spread pods over. */
const podAffinity = map({
  requiredDuringSchedulingIgnoredDuringExecution: listBy(
    'topologyKey',
    podAffinityTerm,
  ),
  preferredDuringSchedulingIgnoredDuringExecution: {
    type: 'list',
    item: map({ podAffinityTerm }),
    key: item => stringAt(item, 'podAffinityTerm', 'topologyKey'),
  },
});

/** Core `PodSpec`. */
export const podSpec: MapShape = map(
  {
    containers: listBy('name', container),
    initContainers: { ...listBy('name', container), ordered: true },
    ephemeralContainers: listBy('name', container),
    volumes,
    imagePullSecrets: listBy('name', objectReference),
    hostAliases: listBy('ip', map({ hostnames: set })),
    tolerations: contentList(
      map({}, { defaults: () => ({ operator: 'Equal' }) }),
    ),
    topologySpreadConstraints: spreadConstraints,
    serviceAccountName: reference,
    priorityClassName: plain,
    securityContext: map({
      sysctls: listBy('name'),
      supplementalGroups: set,
    }),
    nodeSelector: labels,
    affinity: map({ podAffinity, podAntiAffinity: podAffinity }),
  },
  {
    split: true,
    prepare: value => {
      // The older name of the same field.
      const { serviceAccount, ...rest } = value;
      return serviceAccount !== undefined &&
        rest.serviceAccountName === undefined
        ? { ...rest, serviceAccountName: serviceAccount }
        : rest;
    },
    defaults: () => ({
      dnsPolicy: 'ClusterFirst',
      schedulerName: 'default-scheduler',
      terminationGracePeriodSeconds: 30,
      serviceAccountName: 'default',
      enableServiceLinks: true,
      hostNetwork: false,
      hostPID: false,
      hostIPC: false,
      shareProcessNamespace: false,
      preemptionPolicy: 'PreemptLowerPriority',
    }),
  },
);

export const podTemplate = map(
  { metadata: templateMetadata, spec: podSpec },
  { split: true },
);
