import { forbidden } from './errors';
import { admitToLimitRanges } from './limitRanges';
import type { Pod } from './objects';
import { admitToQuotas } from './quota';
import { randomSuffix } from './randomName';
import { kindNamed } from './resources';
import type { ObjectStore } from './store';

const TOKEN_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';

/** What the API server adds to a new pod, and what it refuses it for. */
export function admitPod(store: ObjectStore, pod: Pod): void {
  for (const { resources } of pod.spec.containers) {
    if (resources?.limits) {
      resources.requests = { ...resources.limits, ...resources.requests };
    }
  }
  addServiceAccount(store, pod);
  admitToLimitRanges(store, pod);
  const notReady = {
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: 300,
  };
  pod.spec.tolerations ??= [
    { key: 'node.kubernetes.io/not-ready', ...notReady },
    { key: 'node.kubernetes.io/unreachable', ...notReady },
  ];
  addPriority(store, pod);
  pod.spec.enableServiceLinks ??= true;
  admitToQuotas(store, pod);
  pod.status = { phase: 'Pending', qosClass: qosClass(pod) };
}

function addPriority(store: ObjectStore, pod: Pod): void {
  const { priorityClassName: name } = pod.spec;
  if (typeof name !== 'string' || name === '') {
    pod.spec.priority ??= 0;
    pod.spec.preemptionPolicy ??= 'PreemptLowerPriority';
    return;
  }
  const found = store.get(kindNamed('PriorityClass'), undefined, name);
  if (!found) {
    throw forbidden(
      kindNamed('Pod'),
      pod.metadata.name,
      `no PriorityClass with name ${name} was found`,
    );
  }
  pod.spec.priority = found.value;
  pod.spec.preemptionPolicy = found.preemptionPolicy;
}

function addServiceAccount(store: ObjectStore, pod: Pod): void {
  const { namespace, name } = pod.metadata;
  const account = pod.spec.serviceAccountName ?? 'default';
  pod.spec.serviceAccountName = account;
  pod.spec.serviceAccount = account;
  const found = store.get(kindNamed('ServiceAccount'), namespace, account);
  if (!found) {
    throw forbidden(
      kindNamed('Pod'),
      name,
      `error looking up service account ${namespace}/${account}: serviceaccount "${account}" not found`,
    );
  }
  if (
    (pod.spec.automountServiceAccountToken ??
      found.automountServiceAccountToken) === false
  ) {
    return;
  }
  const volume = `kube-api-access-${randomSuffix()}`;
  pod.spec.volumes = [
    ...(pod.spec.volumes ?? []),
    {
      name: volume,
      projected: {
        sources: [
          { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
          {
            configMap: {
              name: 'kube-root-ca.crt',
              items: [{ key: 'ca.crt', path: 'ca.crt' }],
            },
          },
          {
            downwardAPI: {
              items: [
                {
                  path: 'namespace',
                  fieldRef: {
                    apiVersion: 'v1',
                    fieldPath: 'metadata.namespace',
                  },
                },
              ],
            },
          },
        ],
        defaultMode: 0o644,
      },
    },
  ];
  for (const container of pod.spec.containers) {
    container.volumeMounts = [
      ...(container.volumeMounts ?? []),
      { name: volume, readOnly: true, mountPath: TOKEN_PATH },
    ];
  }
}

function qosClass(pod: Pod): string {
  const resources = pod.spec.containers.map(
    container => container.resources ?? {},
  );
  if (
    resources.every(
      ({ limits = {}, requests = {} }) =>
        Object.keys({ ...limits, ...requests }).length === 0,
    )
  ) {
    return 'BestEffort';
  }
  const guaranteed = resources.every(({ limits, requests }) =>
    ['cpu', 'memory'].every(
      name => limits?.[name] !== undefined && limits[name] === requests?.[name],
    ),
  );
  return guaranteed ? 'Guaranteed' : 'Burstable';
}
