import { z } from 'zod';
import { ClusterRequestError } from './errors';
import { groupPathOf, WatchedKind } from './kinds';
import {
  ClusterRequest,
  KubernetesPluginClient,
} from './KubernetesPluginClient';

const resourceListSchema = z.looseObject({
  resources: z.array(z.looseObject({ name: z.string() })),
});

/**
 * Whether a cluster serves a kind; undefined where discovery is not for the portal either. With narrow rights a kind that is not served is refused as one
 * that is, so the status code of a list cannot tell.
 */
export async function isServed(
  client: KubernetesPluginClient,
  cluster: string,
  kind: WatchedKind,
  options: ClusterRequest,
): Promise<boolean | undefined> {
  try {
    const { resources } = await client.get(
      cluster,
      groupPathOf(kind),
      resourceListSchema,
      options,
    );
    return resources.some(({ name }) => name === kind.plural);
  } catch (error) {
    const failure =
      error instanceof ClusterRequestError ? error.failure : undefined;
    if (failure?.kind === 'status' && failure.code === 404) {
      return false;
    }
    if (failure?.kind === 'status' && failure.code === 403) {
      return undefined;
    }
    throw error;
  }
}
