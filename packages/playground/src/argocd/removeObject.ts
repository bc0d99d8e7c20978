import { KubeError, type ClusterHandle, type KubeObject } from '../core';

/** Removes an object; one that is gone already, with its namespace perhaps, is as good. */
export async function removeObject(
  cluster: ClusterHandle,
  { apiVersion, kind, metadata }: KubeObject,
): Promise<void> {
  const { namespace, name } = metadata;
  try {
    await cluster.remove({ apiVersion, kind, namespace, name });
  } catch (error) {
    if (!(error instanceof KubeError && error.code === 404)) {
      throw error;
    }
  }
}
