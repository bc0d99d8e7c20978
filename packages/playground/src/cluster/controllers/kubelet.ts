import type { Clock, ImageRegistry } from '../../core';
import { isPod, type ContainerStatus, type Pod } from '../objects';
import { kindNamed } from '../resources';
import type { ObjectChange, ObjectStore } from '../store';
import { timestamp } from '../values';
import type { Controller } from './controllerManager';
import {
  crashBackOffSeconds,
  crashedContainer,
  creatingContainer,
  failedPull,
  nodeStatus,
  pullBackOff,
  runningContainer,
  scheduledStatus,
  splitImage,
} from './podStatus';
import {
  isWaitingFor,
  nextStep,
  restarts,
  statusesOf,
  type Step,
} from './podSteps';

/** Milliseconds that the steps of a pod take. */
export interface PodTimings {
  schedule: number;
  create: number;
  start: number;
  ready: number;
  terminate: number;
  /** From the first failed look for an image to the back-off, and between looks after it. */
  pullError: number;
  pullRetry: number;
  /** What a second of back-off after a crash takes. */
  crashSecond: number;
}

export const DEFAULT_TIMINGS: PodTimings = {
  schedule: 5,
  create: 20,
  start: 800,
  ready: 1_000,
  terminate: 600,
  pullError: 1_500,
  pullRetry: 10_000,
  crashSecond: 1_000,
};

export interface KubeletOptions {
  store: ObjectStore;
  clock: Clock;
  registry: ImageRegistry;
  timings: PodTimings;
  nodes: readonly string[];
  later: (milliseconds: number, key: string) => () => void;
}

interface Due {
  /** What the pod was like when the step was decided on. */
  readonly state: string;
  readonly at: number;
  readonly cancel: () => void;
}

/**
 * Scheduler and kubelets in one: gives pods a node, pulls their images, runs their containers, ends them. What is to be done next
 * follows from the pod alone, so a restart goes on where it was. Keys are `namespace/name`.
 */
export class Kubelet implements Controller {
  readonly name = 'kubelet';
  private readonly due = new Map<string, Due>();
  private scheduled = 0;
  private addresses = 0;

  constructor(private readonly options: KubeletOptions) {}

  concerns({ object, type }: ObjectChange): readonly string[] {
    if (!isPod(object)) {
      return [];
    }
    const key = `${object.metadata.namespace}/${object.metadata.name}`;
    if (type === 'DELETED') {
      this.forget(key);
      return [];
    }
    return [key];
  }

  sync(key: string): void {
    const pod = this.read(key);
    const step = pod && nextStep(pod);
    if (!pod || !step) {
      this.forget(key);
      return;
    }
    const now = this.options.clock.now();
    const state = `${pod.metadata.uid} ${step} ${restarts(pod)}`;
    const due = this.due.get(key);
    if (due?.state === state && due.at <= now) {
      this.forget(key);
      this.perform(pod, step, now);
    } else if (due?.state !== state) {
      this.forget(key);
      const delay = this.delayOf(pod, step);
      this.due.set(key, {
        state,
        at: now + delay,
        cancel: this.options.later(delay, key),
      });
    }
  }

  close(): void {
    [...this.due.keys()].forEach(key => this.forget(key));
  }

  private read(key: string): Pod | undefined {
    const [namespace, name] = key.split('/');
    const found = this.options.store.get(kindNamed('Pod'), namespace, name);
    return found && isPod(found) ? found : undefined;
  }

  private forget(key: string): void {
    this.due.get(key)?.cancel();
    this.due.delete(key);
  }

  private delayOf(pod: Pod, step: Step): number {
    const { timings } = this.options;
    switch (step) {
      case 'backOff':
        return timings.pullError;
      case 'retryPull':
        return timings.pullRetry;
      case 'retryCrash':
        return crashBackOffSeconds(restarts(pod)) * timings.crashSecond;
      default:
        return timings[step];
    }
  }

  private perform(pod: Pod, step: Step, now: number): void {
    switch (step) {
      case 'schedule':
        this.schedule(pod, now);
        break;
      case 'create':
        this.writeStatus(
          pod,
          pod.spec.containers.map(creatingContainer),
          false,
          now,
        );
        break;
      case 'backOff':
        this.writeStatus(
          pod,
          statusesOf(pod).map(status =>
            isWaitingFor(status, 'ErrImagePull') ? pullBackOff(status) : status,
          ),
          true,
          now,
        );
        break;
      case 'ready':
        this.writeStatus(
          pod,
          statusesOf(pod).map(status => ({
            ...status,
            ready: status.state.running !== undefined,
          })),
          true,
          now,
        );
        break;
      case 'terminate':
        this.terminate(pod, now);
        break;
      default:
        this.startContainers(pod);
    }
  }

  private schedule(pod: Pod, now: number): void {
    const { nodes, store } = this.options;
    const index = this.scheduled++ % nodes.length;
    const zone = `eu-central-1${'abc'[index % 3]}`;
    const labels = {
      ...pod.metadata.labels,
      'topology.kubernetes.io/region': 'eu-central-1',
      'topology.kubernetes.io/zone': zone,
    };
    store.write(
      {
        ...pod,
        metadata: { ...pod.metadata, labels },
        spec: { ...pod.spec, nodeName: nodes[index] },
        status: scheduledStatus(pod, now),
      },
      { subresource: 'binding' },
    );
  }

  private terminate(pod: Pod, now: number): void {
    const { store } = this.options;
    const metadata = {
      ...pod.metadata,
      deletionTimestamp: timestamp(now),
      deletionGracePeriodSeconds: 0,
    };
    store.remove(
      store.write({ ...pod, metadata }, { subresource: 'deletion' }),
    );
  }

  /** Looks for the images of what waits, and starts it. */
  private startContainers(pod: Pod): void {
    const { registry, clock } = this.options;
    const started = statusesOf(pod).map(async status => {
      if (!status.state.waiting) {
        return status;
      }
      const { repository, tag } = splitImage(status.image);
      const image = await registry.lookup(repository, tag);
      const now = clock.now();
      if (!image) {
        return isWaitingFor(status, 'ImagePullBackOff')
          ? status
          : failedPull(status);
      }
      return image.behaviour === 'crash'
        ? crashedContainer(pod, status, image.digest, now)
        : runningContainer(pod, status, image.digest, now);
    });
    const key = `${pod.metadata.namespace}/${pod.metadata.name}`;
    Promise.all(started)
      .then(statuses => {
        const latest = this.read(key);
        if (
          latest &&
          latest.metadata.resourceVersion === pod.metadata.resourceVersion
        ) {
          this.writeStatus(latest, statuses, true, clock.now());
        }
      })
      // A registry that does not answer is asked again.
      .catch(() => undefined)
      .finally(() => this.options.later(0, key));
  }

  private writeStatus(
    pod: Pod,
    containerStatuses: ContainerStatus[],
    sandbox: boolean,
    now: number,
  ): void {
    const podIp = pod.status.podIP ?? this.address();
    const status = nodeStatus(pod, { containerStatuses, sandbox, podIp }, now);
    this.options.store.write(
      { ...pod, status },
      { manager: 'kubelet', operation: 'Update', subresource: 'status' },
    );
  }

  private address(): string {
    const taken = new Set(
      this.options.store
        .list(kindNamed('Pod'))
        .map(pod => (isPod(pod) ? pod.status.podIP : undefined)),
    );
    for (;;) {
      const number = this.addresses++;
      const address = `10.32.${Math.floor(number / 250) % 256}.${
        (number % 250) + 2
      }`;
      if (!taken.has(address)) {
        return address;
      }
    }
  }
}
