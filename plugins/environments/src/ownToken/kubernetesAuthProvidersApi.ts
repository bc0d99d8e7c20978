import { createApiRef } from '@backstage/core-plugin-api';

/** The part of the Kubernetes plugin's API of the same name that is used here. */
export interface KubernetesAuthProvidersApi {
  /** Asks the person to sign in where they are not. */
  getCredentials(authProvider: string): Promise<{ token?: string }>;
}

/**
 * The API with which the frontend of the Kubernetes plugin gets tokens for clusters, by its id: where that plugin is installed it is found, with whatever
 * an adopter has put in its place, and where it is not, this one neither needs nor brings it.
 */
export const kubernetesAuthProvidersApiRef =
  createApiRef<KubernetesAuthProvidersApi>({
    id: 'plugin.kubernetes-auth-providers.service',
  });
