import type { Cluster } from '../../createCluster';
import { RESOURCES } from '../../resources';
import {
  openStream,
  send,
  until,
  type Answer,
  type Exchange,
  type Stream,
} from '../request';
import { recordedCustomObjects } from '../recordings';
import { TestClusters } from '../testCluster';
import type { ConformanceTarget } from './ConformanceTarget';
import { appliedObjects } from './recordedCluster';

const SERVED = new Set(
  RESOURCES.map(
    ({ group, version, plural }) => `${group}/${version}/${plural}`,
  ),
);

/** A cluster of the playground with the recorded objects, whose time passes when a row says so. */
export class SimulatedTarget implements ConformanceTarget {
  readonly notWritten = {
    // No controller acts on these kinds here: they are stored.
    'list/nonprod-daemonsets': ['items.status', 'items.metadata.annotations'],
    // The recorded Deployment had never been scaled.
    'list/nonprod-horizontalpodautoscalers': ['items.status.lastScaleTime'],
    // Ingresses were recorded where nobody served them.
    'list/nonprod-ingresses': ['items.status'],
    'list/nonprod-statefulsets': ['items.status'],
  };
  readonly #clusters: TestClusters;
  readonly #cluster: Cluster;
  #changes = 0;

  private constructor(clusters: TestClusters, cluster: Cluster) {
    this.#clusters = clusters;
    this.#cluster = cluster;
  }

  static async create(): Promise<SimulatedTarget> {
    const clusters = await TestClusters.create();
    Object.assign(clusters.images, {
      'ghcr.io/acme/checkout:1.5.0': 'run',
      'ghcr.io/acme/checkout:1.4.0': 'run',
      'ghcr.io/acme/checkout:1.3.1': 'run',
    });
    const cluster = await clusters.open();
    for (const { applied, manager } of [
      ...appliedObjects(),
      ...recordedCustomObjects(),
    ]) {
      await cluster.handle.apply(applied, { fieldManager: manager });
    }
    await clusters.clock.pass(30_000);
    return new SimulatedTarget(clusters, cluster);
  }

  serves(resource: string): boolean {
    return SERVED.has(resource);
  }

  servesBeyond(resource: string): boolean {
    return resource === 'gateway.networking.k8s.io/v1beta1/referencegrants';
  }

  send(exchange: Exchange): Promise<Answer> {
    return send(this.#cluster, exchange);
  }

  watch(path: string): Promise<Stream> {
    return openStream(this.#cluster, path);
  }

  async version(path: string): Promise<string> {
    const { text } = await this.send({ path });
    return JSON.parse(text).metadata.resourceVersion;
  }

  async changeElsewhere(): Promise<void> {
    this.#changes += 1;
    await this.#cluster.handle.apply(
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'changes', namespace: 'default' },
        data: { count: `${this.#changes}` },
      },
      { fieldManager: 'kubectl' },
    );
  }

  async restart(): Promise<void> {
    await this.#cluster.service.stop();
    await this.#cluster.service.start();
  }

  pass(milliseconds: number): Promise<void> {
    return this.#clusters.clock.pass(milliseconds);
  }

  async until(condition: () => boolean, withinMs: number = 0): Promise<void> {
    await this.pass(withinMs);
    await until(condition);
  }

  close(): Promise<void> {
    return this.#clusters.close();
  }
}
