import { Fact, FactKinds } from '@envmatrix/backstage-plugin-environments-node';
import { ArgoClusterFact } from '@envmatrix/engine';
import { z } from 'zod';
import { ArgoCdClient } from '../client/ArgoCdClient';

const connectionState = z
  .looseObject({
    status: z.string(),
    message: z.string().optional(),
    attemptedAt: z.string().nullish(),
  })
  .nullish();

const clustersSchema = z.looseObject({
  items: z
    .array(
      z.looseObject({
        server: z.string(),
        name: z.string(),
        serverVersion: z.string().optional(),
        connectionState,
        info: z
          .looseObject({
            serverVersion: z.string().optional(),
            connectionState,
          })
          .nullish(),
      }),
    )
    .nullish(),
});

/** The clusters that an instance deploys to, with their versions. An account without the right to them gets none, without a word. */
export async function readClusters(
  instance: string,
  client: ArgoCdClient,
  signal: AbortSignal,
): Promise<ArgoClusterFact[]> {
  const { items } = await client.get(
    clustersSchema,
    ['api', 'v1', 'clusters'],
    { signal },
  );
  return (items ?? []).map(({ server, name, info, ...cluster }) => {
    const state = cluster.connectionState ?? info?.connectionState;
    return {
      instance,
      server,
      name,
      serverVersion: cluster.serverVersion ?? info?.serverVersion,
      connectionState: {
        status: state?.status ?? 'Unknown',
        // When it was tried last changes all the time, and is no change of the cluster.
        message: state?.message || undefined,
      },
    };
  });
}

export function clusterFact(cluster: ArgoClusterFact): Fact {
  return {
    kind: FactKinds.argoCluster,
    scope: '',
    name: cluster.name,
    value: JSON.parse(JSON.stringify(cluster)),
    observedAt: new Date().toISOString(),
  };
}
