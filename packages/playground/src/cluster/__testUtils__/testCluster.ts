import fs from 'fs/promises';
import os from 'os';
import path from 'path';
import type { ImageBehaviour, KubeObject } from '../../core';
import {
  createCluster,
  type Cluster,
  type ClusterOptions,
} from '../createCluster';
import type { Fields } from '../values';
import { VirtualClock } from './virtualClock';
import { removeFolder } from '../../__testUtils__/removeFolder';

export const TOKEN = 'token-of-the-portal';

/** A registry with the images of the recorded stories. */
export const IMAGES: Record<string, ImageBehaviour> = {
  'registry.example.com/orders:1.0.0': 'run',
  'registry.example.com/orders:1.1.0': 'run',
  'registry.example.com/orders-crash:1.2.0': 'crash',
};

/** Clusters for one test, with time of their own and their state in one folder. */
export class TestClusters {
  readonly clock = new VirtualClock();
  readonly images: Record<string, ImageBehaviour> = { ...IMAGES };
  private readonly opened: Cluster[] = [];

  private constructor(readonly directory: string) {}

  static async create(): Promise<TestClusters> {
    return new TestClusters(
      await fs.mkdtemp(path.join(os.tmpdir(), 'playground-cluster-')),
    );
  }

  /** Opens a cluster and starts it; of the same name, it is the same cluster again. */
  async open(
    name = 'nonprod',
    options: Partial<ClusterOptions> = {},
  ): Promise<Cluster> {
    const cluster = await createCluster({
      name,
      port: 0,
      token: TOKEN,
      stateFile: path.join(this.directory, `${name}.json`),
      certificateFile: path.join(this.directory, 'tls', `${name}.json`),
      clock: this.clock,
      registry: {
        lookup: async (repository, tag) => {
          const behaviour = this.images[`${repository}:${tag}`];
          return behaviour && { digest: `sha256:${'0'.repeat(64)}`, behaviour };
        },
      },
      ...options,
    });
    this.opened.push(cluster);
    await cluster.service.start();
    return cluster;
  }

  async close(): Promise<void> {
    await Promise.all(this.opened.map(cluster => cluster.close()));
    await removeFolder(this.directory);
  }
}

export function namespace(name: string): KubeObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}

/** The Deployment of the recorded stories. */
export function orders(
  spec: {
    image?: string;
    replicas?: number;
    container?: Record<string, unknown>;
  } = {},
): KubeObject & { spec: Fields } {
  const {
    image = 'registry.example.com/orders:1.0.0',
    replicas = 2,
    container,
  } = spec;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: 'orders',
      namespace: 'stories',
      labels: { app: 'orders' },
    },
    spec: {
      replicas,
      progressDeadlineSeconds: 6,
      selector: { matchLabels: { app: 'orders' } },
      template: {
        metadata: { labels: { app: 'orders' } },
        spec: {
          containers: [
            {
              name: 'orders',
              image,
              ports: [{ containerPort: 8080 }],
              ...container,
            },
          ],
        },
      },
    },
  };
}
