import { createHash } from 'crypto';
import type { Condition, Container, ContainerStatus, Pod } from '../objects';
import { timestamp } from '../values';

type Status = Pod['status'];

/** The addresses of the nodes, which are not there. */
const HOST_IP = '10.20.0.10';

export const CRASH_BACK_OFF_SECONDS = [10, 20, 40, 80, 160, 300];

const seconds = (count: number) =>
  count >= 60 && count % 60 === 0 ? `${count / 60}m0s` : `${count}s`;

/** How long the kubelet waits before it starts a container for the nth time. */
export function crashBackOffSeconds(restarts: number): number {
  return CRASH_BACK_OFF_SECONDS[
    Math.min(restarts, CRASH_BACK_OFF_SECONDS.length) - 1
  ];
}

/** `ghcr.io/acme/checkout` and `1.4.0`; no tag is `latest`. */
export function splitImage(image: string): { repository: string; tag: string } {
  const match = /^(.+?)(?::([^/:@]+))?(?:@.+)?$/.exec(image);
  return { repository: match?.[1] ?? image, tag: match?.[2] ?? 'latest' };
}

export function creatingContainer({ name, image }: Container): ContainerStatus {
  return {
    name,
    state: { waiting: { reason: 'ContainerCreating' } },
    lastState: {},
    ready: false,
    restartCount: 0,
    image,
    imageID: '',
    started: false,
  };
}

function pullError(image: string): string {
  return `rpc error: code = NotFound desc = failed to pull and unpack image "${image}": failed to resolve image: ${image}: not found`;
}

/** The first look for an image that is not there. */
export function failedPull(status: ContainerStatus): ContainerStatus {
  return {
    ...status,
    state: {
      waiting: { reason: 'ErrImagePull', message: pullError(status.image) },
    },
  };
}

/** Between two looks for an image that is not there. */
export function pullBackOff(status: ContainerStatus): ContainerStatus {
  const message = `Back-off pulling image "${
    status.image
  }": ErrImagePull: ${pullError(status.image)}`;
  return {
    ...status,
    state: { waiting: { reason: 'ImagePullBackOff', message } },
  };
}

function containerId(
  pod: Pod,
  status: ContainerStatus,
  restarts: number,
): string {
  return `containerd://${createHash('sha256')
    .update(`${pod.metadata.uid} ${status.name} ${restarts}`)
    .digest('hex')}`;
}

function pulled(status: ContainerStatus, digest: string): ContainerStatus {
  return {
    ...status,
    imageID: `${splitImage(status.image).repository}@${digest}`,
  };
}

export function runningContainer(
  pod: Pod,
  status: ContainerStatus,
  digest: string,
  now: number,
): ContainerStatus {
  return {
    ...pulled(status, digest),
    state: { running: { startedAt: timestamp(now) } },
    containerID: containerId(pod, status, status.restartCount),
    started: true,
  };
}

export function crashedContainer(
  pod: Pod,
  status: ContainerStatus,
  digest: string,
  now: number,
): ContainerStatus {
  const restartCount = status.restartCount + 1;
  const time = timestamp(now);
  const { name, namespace, uid } = pod.metadata;
  const message = `back-off ${seconds(
    crashBackOffSeconds(restartCount),
  )} restarting failed container=${
    status.name
  } pod=${name}_${namespace}(${uid})`;
  return {
    ...pulled(status, digest),
    state: { waiting: { reason: 'CrashLoopBackOff', message } },
    lastState: {
      terminated: {
        exitCode: 1,
        reason: 'Error',
        startedAt: time,
        finishedAt: time,
        containerID: containerId(pod, status, status.restartCount),
      },
    },
    restartCount,
    containerID: containerId(pod, status, restartCount),
    started: false,
  };
}

/** The status of a pod that has just been given a node. */
export function scheduledStatus(pod: Pod, now: number): Status {
  const condition: Condition = {
    type: 'PodScheduled',
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: timestamp(now),
  };
  return { ...pod.status, conditions: [condition] };
}

export interface PodProgress {
  containerStatuses: ContainerStatus[];
  /** Whether the sandbox with its network is up. */
  sandbox: boolean;
  podIp: string;
}

/** The status of a pod on its node, from the state of its containers. */
export function nodeStatus(
  pod: Pod,
  { containerStatuses, sandbox, podIp }: PodProgress,
  now: number,
): Status {
  const unready = containerStatuses
    .filter(({ ready }) => !ready)
    .map(({ name }) => name);
  const readiness: Partial<Condition> =
    unready.length === 0
      ? { status: 'True' }
      : {
          status: 'False',
          reason: 'ContainersNotReady',
          message: `containers with unready status: [${unready.join(' ')}]`,
        };
  const begun = containerStatuses.some(
    ({ containerID }) => containerID !== undefined,
  );
  const time = timestamp(now);
  const condition = (type: string, state: Partial<Condition>): Condition => {
    const { status = 'True', reason, message } = state;
    const before = pod.status.conditions?.find(
      candidate => candidate.type === type,
    );
    return {
      type,
      observedGeneration: pod.metadata.generation,
      status,
      lastProbeTime: null,
      lastTransitionTime:
        before?.status === status ? before.lastTransitionTime : time,
      ...(reason !== undefined && { reason }),
      ...(message !== undefined && { message }),
    };
  };
  return {
    observedGeneration: pod.metadata.generation,
    phase: begun ? 'Running' : 'Pending',
    conditions: [
      condition('PodReadyToStartContainers', {
        status: sandbox ? 'True' : 'False',
      }),
      condition('Initialized', {}),
      condition('Ready', readiness),
      condition('ContainersReady', readiness),
      condition('PodScheduled', {}),
    ],
    hostIP: HOST_IP,
    hostIPs: [{ ip: HOST_IP }],
    ...(sandbox && { podIP: podIp, podIPs: [{ ip: podIp }] }),
    startTime: pod.status.startTime ?? time,
    containerStatuses,
    qosClass: pod.status.qosClass,
  };
}
