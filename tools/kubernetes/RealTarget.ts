import fs from 'fs';
import path from 'path';
import type { ConformanceTarget } from '../../packages/playground/src/cluster/__testUtils__/conformance/ConformanceTarget';
import {
  openStream,
  send,
  type Answer,
  type Endpoint,
  type Exchange,
  type Stream,
} from '../../packages/playground/src/cluster/__testUtils__/request';
import { ControlPlane } from './ControlPlane';
import { prepareAsRecorded } from './prepareAsRecorded';
import { until } from './until';

/** The recorded account. */
const ACCOUNT = 'portal';

/** What it may read: no Secrets, no nodes, no events. */
const CLUSTER_ROLE = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name: ACCOUNT },
  rules: [
    {
      apiGroups: [''],
      resources: [
        'namespaces',
        'pods',
        'services',
        'resourcequotas',
        'limitranges',
      ],
      verbs: ['get', 'list', 'watch'],
    },
    {
      apiGroups: ['apps'],
      resources: ['deployments', 'replicasets', 'statefulsets', 'daemonsets'],
      verbs: ['get', 'list', 'watch'],
    },
    {
      apiGroups: ['autoscaling', 'networking.k8s.io', 'policy'],
      resources: [
        'horizontalpodautoscalers',
        'ingresses',
        'networkpolicies',
        'poddisruptionbudgets',
      ],
      verbs: ['get', 'list', 'watch'],
    },
  ],
};

/** A real cluster with the recorded objects. Its time is everybody's. */
export class RealTarget implements ConformanceTarget {
  /** Every field is written: by its controllers, or by the test in place of the kubelet and the metrics. */
  readonly notWritten = {};
  readonly #plane: ControlPlane;
  readonly #endpoint: Endpoint;
  #changes = 0;

  private constructor(plane: ControlPlane, token: string) {
    this.#plane = plane;
    this.#endpoint = {
      service: { url: plane.url },
      caCertificate: plane.caCertificate,
      token,
    };
  }

  static async create(options: {
    program: string;
    directory: string;
  }): Promise<RealTarget> {
    const plane = await ControlPlane.start({ name: 'recorded', ...options });
    try {
      const role = path.join(options.directory, 'portal.json');
      fs.writeFileSync(role, JSON.stringify(CLUSTER_ROLE));
      const target = new RealTarget(plane, await plane.account(ACCOUNT, role));
      await prepareAsRecorded(plane);
      return target;
    } catch (error) {
      await plane.stop();
      throw error;
    }
  }

  /** With the recorded custom resources, it serves what was served. */
  serves(): boolean {
    return true;
  }

  send(exchange: Exchange): Promise<Answer> {
    return send(this.#endpoint, exchange);
  }

  watch(target: string): Promise<Stream> {
    return openStream(this.#endpoint, target);
  }

  async version(target: string): Promise<string> {
    const { text } = await this.send({ path: target });
    return JSON.parse(text).metadata.resourceVersion;
  }

  /** As after a loss of power. */
  async restart(): Promise<void> {
    // In a cluster where things go on a new cache does not reach back to what was listed before.
    await this.changeElsewhere();
    await this.#plane.killApiServer();
    await this.#plane.startApiServer();
  }

  async changeElsewhere(): Promise<void> {
    this.#changes += 1;
    await this.#plane.apply({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'changes', namespace: 'default' },
      data: { count: `${this.#changes}` },
    });
    // A list makes the cache of its kind ask etcd how far the others are; by itself it would in ten minutes.
    await this.version('/api/v1/pods');
  }

  async pass(milliseconds: number): Promise<void> {
    await new Promise(resolve => {
      setTimeout(resolve, milliseconds);
    });
  }

  async until(condition: () => boolean, withinMs: number = 0): Promise<void> {
    await until(`${condition}`, condition, withinMs + 120_000);
  }

  async close(): Promise<void> {
    await this.#plane.stop();
  }
}
