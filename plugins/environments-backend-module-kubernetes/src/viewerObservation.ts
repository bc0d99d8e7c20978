import { ObservationStatus } from '@envmatrix/engine';
import { ClusterFailure } from './errors';

/** Whether the cluster, or what is in front of it, does not take the token for one. */
export function isRefusal(failure: ClusterFailure): boolean {
  return failure.kind === 'status' && failure.code === 401;
}

/**
 * What a failure says to the person with whose token a cluster was asked.
 *
 * @param what - what was asked for: `pods in namespace checkout-dev`; the cluster as a whole where it says nothing
 */
export function viewerObservation(
  cluster: string,
  failure: ClusterFailure,
  what = 'it',
): {
  readonly status: Exclude<ObservationStatus, 'observed'>;
  readonly reason: string;
} {
  const { kind, message } = failure;
  switch (kind) {
    case 'unreachable':
    case 'timeout':
    case 'not-configured':
      return { status: kind, reason: message };
    case 'portal':
      return {
        status: 'forbidden',
        reason: `You may not read clusters through the portal (permission kubernetes.proxy of the Kubernetes plugin): ${message}`,
      };
    case 'status':
      if (isRefusal(failure)) {
        return {
          status: 'forbidden',
          reason: `Cluster ${cluster} does not accept your token, which may have expired: sign in again, and read it anew (${message})`,
        };
      }
      return failure.code === 403
        ? {
            status: 'forbidden',
            reason: `Cluster ${cluster} does not let you read ${what}: ${message}`,
          }
        : {
            status: 'unknown',
            reason: `Cluster ${cluster} answers with an error where ${what} should be: ${message}`,
          };
    default:
      throw new Error(
        `Unknown failure ${JSON.stringify(failure satisfies never)}`,
      );
  }
}
