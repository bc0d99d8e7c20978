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
    'list/nonprod-horizontalpodautoscalers': ['items.status'],
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
    });
    const cluster = await clusters.open();
    for (const { applied, manager } of appliedObjects()) {
      await cluster.handle.apply(applied, { fieldManager: manager });
    }
    await clusters.clock.pass(30_000);
    return new SimulatedTarget(clusters, cluster);
  }

  serves(resource: string): boolean {
    return SERVED.has(resource);
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
