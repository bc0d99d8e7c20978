import { ClusterFact } from '@envmatrix/engine';
import { z } from 'zod';
import {
  ClusterRequest,
  KubernetesPluginClient,
} from './KubernetesPluginClient';

const versionSchema = z.looseObject({
  gitVersion: z.string(),
  major: z.string(),
  minor: z.string(),
});

const groupsSchema = z.looseObject({
  groups: z.array(
    z.looseObject({
      versions: z.array(z.looseObject({ groupVersion: z.string() })),
    }),
  ),
});

export type ClusterVersion = Pick<ClusterFact, 'gitVersion' | 'version'>;

/** The cheapest question that shows whether a cluster answers, and one that is to be asked anyway. */
export async function readVersion(
  client: KubernetesPluginClient,
  cluster: string,
  options: ClusterRequest,
): Promise<ClusterVersion> {
  const { gitVersion, major, minor } = await client.get(
    cluster,
    '/version',
    versionSchema,
    options,
  );
  // Managed clusters say `36+`.
  return { gitVersion, version: `${major}.${minor.replace(/\D+$/, '')}` };
}

/** `group/version` pairs that are served, core as `v1`. */
export async function readGroupVersions(
  client: KubernetesPluginClient,
  cluster: string,
  options: ClusterRequest,
): Promise<string[]> {
  const { groups } = await client.get(cluster, '/apis', groupsSchema, options);
  return [
    'v1',
    ...groups.flatMap(({ versions }) =>
      versions.map(({ groupVersion }) => groupVersion),
    ),
  ].sort();
}
