import { classifyPair } from '../differences/classify';
import { ModelObject } from '../model/environmentModel';
import { objectAt, objectsAt, stringAt, toPointer } from '../model/json';
import { EnvironmentView } from '../rules/rule';
import { containersOf, objectsOfKind, workloadsOf } from '../rules/view';
import { Obstacle } from './types';

/** Fields that the API server refuses to change. Source: validation of the Kubernetes API. */
const IMMUTABLE: Readonly<Record<string, readonly string[]>> = {
  'apps/Deployment': ['/spec/selector'],
  'apps/ReplicaSet': ['/spec/selector'],
  'apps/DaemonSet': ['/spec/selector'],
  'apps/StatefulSet': [
    '/spec/selector',
    '/spec/serviceName',
    '/spec/podManagementPolicy',
    '/spec/volumeClaimTemplates',
  ],
  'batch/Job': ['/spec/template', '/spec/selector', '/spec/completionMode'],
  Service: ['/spec/clusterIP'],
  PersistentVolumeClaim: [
    '/spec/accessModes',
    '/spec/storageClassName',
    '/spec/volumeName',
    '/spec/volumeMode',
  ],
  'rbac.authorization.k8s.io/RoleBinding': ['/roleRef'],
  'rbac.authorization.k8s.io/ClusterRoleBinding': ['/roleRef'],
};

/** Changes that the API server would refuse. */
export function immutableChanges(
  changes: ReturnType<typeof classifyPair>,
): Obstacle[] {
  return changes.flatMap(({ change, pointer }) => {
    const fields = IMMUTABLE[change.kind] ?? [];
    const isImmutable =
      change.path.length > 0 &&
      fields.some(
        field => pointer === field || pointer.startsWith(`${field}/`),
      );
    return isImmutable
      ? [
          {
            subject: change.subject,
            pointer,
            reason: `The API server does not let ${pointer} of a ${
              change.kind.split('/').at(-1) ?? change.kind
            } be changed: the sync would fail`,
            remedy:
              'Delete the object first, in a window in which it may be gone, or give the new one another name.',
          },
        ]
      : [];
  });
}

/** Keys that workloads read and that the environment does not have. */
export function missingKeys(environment: EnvironmentView): Obstacle[] {
  const configs = new Map(
    objectsOfKind(environment, 'ConfigMap').map(object => [
      object.source.name,
      keysOf(object, 'data', 'binaryData'),
    ]),
  );
  const secrets = secretKeysOf(environment);
  return workloadsOf(environment).flatMap(workload =>
    containersOf(workload).flatMap(({ value, path }) =>
      objectsAt(value, 'env').flatMap(variable => {
        const place = toPointer([
          ...path,
          'env',
          stringAt(variable, 'name') ?? '',
        ]);
        return [
          ...missing(
            workload,
            place,
            'ConfigMap',
            configs,
            objectAt(variable, 'valueFrom', 'configMapKeyRef'),
          ),
          ...missing(
            workload,
            place,
            'Secret',
            secrets,
            objectAt(variable, 'valueFrom', 'secretKeyRef'),
          ),
        ];
      }),
    ),
  );
}

function missing(
  { subject }: ModelObject,
  pointer: string,
  kind: string,
  known: ReadonlyMap<string, ReadonlySet<string> | undefined>,
  reference: Readonly<Record<string, unknown>>,
): Obstacle[] {
  const { name, key, optional } = reference;
  if (
    typeof name !== 'string' ||
    typeof key !== 'string' ||
    optional === true
  ) {
    return [];
  }
  // What is not in the manifests may be made by somebody else.
  const keys = known.get(name);
  return keys === undefined || keys.has(key)
    ? []
    : [
        {
          subject,
          pointer,
          reason: `It reads key ${key} of ${kind} ${name}, which has no such key: its pods would not start`,
          remedy: `Add ${key} to ${kind} ${name} of this environment first.`,
        },
      ];
}

function keysOf(object: ModelObject, ...fields: string[]): Set<string> {
  return new Set(
    fields.flatMap(field => Object.keys(objectAt(object.source.value, field))),
  );
}

/** Keys of Secrets by name: of those in the manifests, and of those that External Secrets makes. */
function secretKeysOf(
  environment: EnvironmentView,
): Map<string, Set<string> | undefined> {
  const known = new Map<string, Set<string> | undefined>(
    objectsOfKind(environment, 'Secret').map(object => [
      object.source.name,
      keysOf(object, 'data', 'stringData'),
    ]),
  );
  for (const { source } of objectsOfKind(
    environment,
    'external-secrets.io/ExternalSecret',
  )) {
    const target =
      stringAt(source.value, 'spec', 'target', 'name') ?? source.name;
    // Whole paths bring keys that only the store knows.
    const isOpen =
      objectsAt(source.value, 'spec', 'dataFrom').length > 0 ||
      Object.keys(objectAt(source.value, 'spec', 'target', 'template')).length >
        0;
    known.set(
      target,
      isOpen
        ? undefined
        : new Set(
            objectsAt(source.value, 'spec', 'data').map(
              entry => stringAt(entry, 'secretKey') ?? '',
            ),
          ),
    );
  }
  return known;
}
