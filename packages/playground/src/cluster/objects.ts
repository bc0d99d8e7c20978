import type { KubeObject } from '../core';

// The kinds that the controllers work on. Admission has checked and completed what they hold.

export interface Condition {
  type: string;
  status: 'True' | 'False' | 'Unknown';
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
  lastUpdateTime?: string;
  [field: string]: unknown;
}

export type ResourceAmounts = Record<string, string>;

export interface Container {
  name: string;
  image: string;
  resources?: { limits?: ResourceAmounts; requests?: ResourceAmounts };
  volumeMounts?: { name: string; mountPath: string; readOnly?: boolean }[];
  [field: string]: unknown;
}

export interface PodSpec {
  containers: Container[];
  volumes?: { name: string; [source: string]: unknown }[];
  nodeName?: string;
  serviceAccountName?: string;
  automountServiceAccountToken?: boolean;
  terminationGracePeriodSeconds?: number;
  [field: string]: unknown;
}

export interface LabelSelector {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

export interface PodTemplate {
  metadata?: {
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  spec: PodSpec;
}

export interface DeploymentStatus {
  observedGeneration?: number;
  replicas?: number;
  updatedReplicas?: number;
  readyReplicas?: number;
  availableReplicas?: number;
  unavailableReplicas?: number;
  terminatingReplicas?: number;
  conditions?: Condition[];
}

export interface Deployment extends KubeObject {
  spec: {
    replicas: number;
    selector: LabelSelector;
    template: PodTemplate;
    strategy: {
      type: string;
      rollingUpdate?: {
        maxUnavailable: number | string;
        maxSurge: number | string;
      };
    };
    revisionHistoryLimit: number;
    progressDeadlineSeconds: number;
    paused?: boolean;
  };
  status?: DeploymentStatus;
}

export interface ReplicaSetStatus {
  replicas: number;
  fullyLabeledReplicas?: number;
  readyReplicas?: number;
  availableReplicas?: number;
  terminatingReplicas?: number;
  observedGeneration?: number;
  conditions?: Condition[];
}

export interface ReplicaSet extends KubeObject {
  spec: { replicas: number; selector: LabelSelector; template: PodTemplate };
  status: ReplicaSetStatus;
}

export interface ContainerStatus {
  name: string;
  state: {
    waiting?: { reason: string; message?: string };
    running?: { startedAt: string };
  };
  lastState: {
    terminated?: {
      exitCode: number;
      reason: string;
      startedAt: string;
      finishedAt: string;
      containerID: string;
    };
  };
  ready: boolean;
  restartCount: number;
  image: string;
  imageID: string;
  containerID?: string;
  started: boolean;
}

export interface Pod extends KubeObject {
  spec: PodSpec;
  status: {
    phase: 'Pending' | 'Running';
    conditions?: Condition[];
    containerStatuses?: ContainerStatus[];
    podIP?: string;
    startTime?: string;
    [field: string]: unknown;
  };
}

export interface ResourceQuota extends KubeObject {
  spec: { hard?: ResourceAmounts };
  status?: { hard?: ResourceAmounts; used?: ResourceAmounts };
}

export interface LimitRange extends KubeObject {
  spec: {
    limits: {
      type: string;
      max?: ResourceAmounts;
      min?: ResourceAmounts;
      default?: ResourceAmounts;
      defaultRequest?: ResourceAmounts;
    }[];
  };
}

export interface PodDisruptionBudget extends KubeObject {
  spec: {
    selector?: LabelSelector;
    minAvailable?: number | string;
    maxUnavailable?: number | string;
  };
}

export const isDeployment = (object: KubeObject): object is Deployment =>
  object.kind === 'Deployment';
export const isReplicaSet = (object: KubeObject): object is ReplicaSet =>
  object.kind === 'ReplicaSet';
export const isPod = (object: KubeObject): object is Pod =>
  object.kind === 'Pod';
export const isResourceQuota = (object: KubeObject): object is ResourceQuota =>
  object.kind === 'ResourceQuota';
export const isLimitRange = (object: KubeObject): object is LimitRange =>
  object.kind === 'LimitRange';
export const isPodDisruptionBudget = (
  object: KubeObject,
): object is PodDisruptionBudget => object.kind === 'PodDisruptionBudget';

/** The object that controls this one. */
export function controllerOf(
  object: KubeObject,
): { kind: string; name: string; uid: string } | undefined {
  return object.metadata.ownerReferences?.find(owner => owner.controller);
}

export function isReady(pod: Pod): boolean {
  return (
    pod.status.conditions?.some(
      ({ type, status }) => type === 'Ready' && status === 'True',
    ) ?? false
  );
}
