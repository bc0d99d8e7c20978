import { parseQuantity } from '../cluster/quantity';
import { fieldsOf, objectsOf } from '../cluster/values';
import type { KubeObject } from '../core';
import type { ManagedResource } from './compare';
import { healthOf } from './health';
import { permitsKind } from './projectRules';
import {
  groupVersionOf,
  keyOf,
  type AppProject,
  type HealthStatus,
} from './resources';

export interface ResourceNode {
  group?: string;
  version: string;
  kind: string;
  namespace?: string;
  name: string;
  uid?: string;
  parentRefs?: {
    group?: string;
    version: string;
    kind: string;
    namespace?: string;
    name: string;
    uid: string;
  }[];
  info?: { name: string; value: string }[];
  networkingInfo?: {
    labels?: Record<string, unknown>;
    targetLabels?: Record<string, unknown>;
  };
  resourceVersion?: string;
  images?: string[];
  health?: HealthStatus;
  createdAt?: string;
}

const REVISION_ANNOTATION = 'deployment.kubernetes.io/revision';

function identityOf(object: KubeObject) {
  const { group, version } = groupVersionOf(object.apiVersion);
  return {
    ...(group !== '' && { group }),
    version,
    kind: object.kind,
    ...(object.metadata.namespace && { namespace: object.metadata.namespace }),
    name: object.metadata.name,
  };
}

function containersOf(pod: KubeObject) {
  const spec = fieldsOf(pod.spec);
  return [...objectsOf(spec.initContainers), ...objectsOf(spec.containers)];
}

/** Images of a pod, init containers included. */
function imagesOf(pod: KubeObject): string[] {
  return [
    ...new Set(containersOf(pod).map(({ image }) => String(image))),
  ].sort();
}

/** Thousandths of what the containers of a pod request, as Argo CD counts both CPU and memory. */
function requestedBy(pod: KubeObject, resource: string): string {
  const nano = objectsOf(fieldsOf(pod.spec).containers)
    .map(
      ({ resources }) =>
        parseQuantity(fieldsOf(fieldsOf(resources).requests)[resource])?.nano ??
        0n,
    )
    .reduce((sum, amount) => sum + amount, 0n);
  return String(nano / 10n ** 6n);
}

function podReason(pod: KubeObject): string {
  const status = fieldsOf(pod.status);
  const waiting = objectsOf(status.containerStatuses)
    .map(({ state }) => fieldsOf(fieldsOf(state).waiting).reason)
    .find(reason => typeof reason === 'string');
  if (pod.metadata.deletionTimestamp) {
    return 'Terminating';
  }
  return typeof waiting === 'string' ? waiting : String(status.phase);
}

function detailsOf(object: KubeObject): Partial<ResourceNode> {
  const revision = object.metadata.annotations?.[REVISION_ANNOTATION];
  switch (object.kind) {
    case 'Deployment':
    case 'ReplicaSet':
      return revision === undefined
        ? {}
        : { info: [{ name: 'Revision', value: `Rev:${revision}` }] };
    case 'Service':
      return {
        networkingInfo: {
          targetLabels: fieldsOf(fieldsOf(object.spec).selector),
        },
      };
    case 'Pod': {
      const node = fieldsOf(object.spec).nodeName;
      const statuses = objectsOf(fieldsOf(object.status).containerStatuses);
      const ready = statuses.filter(status => status.ready === true).length;
      const total = objectsOf(fieldsOf(object.spec).containers).length;
      return {
        info: [
          { name: 'Status Reason', value: podReason(object) },
          ...(typeof node === 'string' ? [{ name: 'Node', value: node }] : []),
          { name: 'Containers', value: `${ready}/${total}` },
          ...['cpu', 'memory'].map(name => ({
            name,
            value: requestedBy(object, name),
          })),
        ],
        networkingInfo: { labels: object.metadata.labels },
        images: imagesOf(object),
      };
    }
    default:
      return {};
  }
}

function nodeOf(object: KubeObject, parent?: KubeObject): ResourceNode {
  const { uid, resourceVersion, creationTimestamp } = object.metadata;
  const health = healthOf(object);
  return {
    ...identityOf(object),
    ...(uid && { uid }),
    ...(parent?.metadata.uid && {
      parentRefs: [{ ...identityOf(parent), uid: parent.metadata.uid }],
    }),
    ...detailsOf(object),
    ...(resourceVersion && { resourceVersion }),
    ...(health && { health }),
    ...(creationTimestamp && { createdAt: creationTimestamp }),
  };
}

/**
 * The live objects of an application and what their controllers made. A kind that the project does not permit is left out, and
 * everything below it.
 */
export function buildTree(options: {
  project: AppProject;
  resources: readonly ManagedResource[];
  live: readonly KubeObject[];
}): ResourceNode[] {
  const { project, resources, live } = options;
  const childrenByOwner = new Map<string, KubeObject[]>();
  for (const object of live) {
    for (const owner of object.metadata.ownerReferences ?? []) {
      const siblings = childrenByOwner.get(owner.uid) ?? [];
      childrenByOwner.set(owner.uid, [...siblings, object]);
    }
  }
  const nodes = new Map<string, ResourceNode>();
  const add = (object: KubeObject, parent?: KubeObject): void => {
    if (nodes.has(keyOf(object)) || !permitsKind(project, object)) {
      return;
    }
    nodes.set(keyOf(object), nodeOf(object, parent));
    for (const child of childrenByOwner.get(object.metadata.uid ?? '') ?? []) {
      add(child, object);
    }
  };
  for (const { identity, live: object } of resources) {
    if (object) {
      add(object);
    } else {
      nodes.set(keyOf(identity), {
        ...identityOf(identity),
        health: { status: 'Missing' },
      });
    }
  }
  return [...nodes.entries()]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([, node]) => node);
}

/** `status.summary.images`: those of the pods in the tree. */
export function imagesOfTree(nodes: readonly ResourceNode[]): string[] {
  return [...new Set(nodes.flatMap(({ images = [] }) => images))].sort();
}
