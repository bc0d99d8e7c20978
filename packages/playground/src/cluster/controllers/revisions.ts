import type { Deployment, ReplicaSet } from '../objects';
import { contentHash } from '../randomName';
import { clone, sameContent } from '../values';
import { rollingBounds } from './rollout';

const HASH_LABEL = 'pod-template-hash';
const PREFIX = 'deployment.kubernetes.io/';
export const REVISION = `${PREFIX}revision`;
export const REVISION_HISTORY = `${PREFIX}revision-history`;
const DESIRED = `${PREFIX}desired-replicas`;
const MAXIMUM = `${PREFIX}max-replicas`;
const NOT_COPIED = [
  REVISION,
  REVISION_HISTORY,
  DESIRED,
  MAXIMUM,
  'kubectl.kubernetes.io/last-applied-configuration',
];

export function revisionOf({ metadata }: ReplicaSet): number {
  return Number(metadata.annotations?.[REVISION] ?? 0);
}

export function nextRevision(old: readonly ReplicaSet[]): number {
  return Math.max(0, ...old.map(revisionOf)) + 1;
}

export function copied(
  annotations: Record<string, string> = {},
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(annotations).filter(([key]) => !NOT_COPIED.includes(key)),
  );
}

export function replicaAnnotations(
  deployment: Deployment,
): Record<string, string> {
  const { replicas } = deployment.spec;
  return {
    [DESIRED]: String(replicas),
    [MAXIMUM]: String(replicas + rollingBounds(deployment).maxSurge),
  };
}

/** The ReplicaSet of the template as it is now. */
export function findCurrent(
  deployment: Deployment,
  replicaSets: readonly ReplicaSet[],
): ReplicaSet | undefined {
  return replicaSets.find(({ spec: { template } }) => {
    const { [HASH_LABEL]: _, ...labels } = template.metadata?.labels ?? {};
    return sameContent(
      { ...template, metadata: { ...template.metadata, labels } },
      deployment.spec.template,
    );
  });
}

export function isScaled(
  deployment: Deployment,
  replicaSets: readonly ReplicaSet[],
): boolean {
  return replicaSets.some(({ spec, metadata }) => {
    const desired = metadata.annotations?.[DESIRED];
    return (
      spec.replicas > 0 &&
      desired !== undefined &&
      desired !== String(deployment.spec.replicas)
    );
  });
}

/** A new ReplicaSet for the template as it is now. */
export function replicaSetOf(
  deployment: Deployment,
  revision: number,
  replicas: number,
): ReplicaSet {
  const { name, namespace, uid = '', annotations } = deployment.metadata;
  const { metadata = {}, spec } = clone(deployment.spec.template);
  const hash = contentHash(deployment.spec.template);
  const labels = { ...metadata.labels, [HASH_LABEL]: hash };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${name}-${hash}`,
      namespace,
      labels,
      annotations: {
        ...copied(annotations),
        ...replicaAnnotations(deployment),
        [REVISION]: String(revision),
      },
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          name,
          uid,
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: {
      replicas,
      selector: {
        ...deployment.spec.selector,
        matchLabels: {
          ...deployment.spec.selector.matchLabels,
          [HASH_LABEL]: hash,
        },
      },
      template: { metadata: { ...metadata, labels }, spec },
    },
    status: { replicas: 0 },
  };
}
