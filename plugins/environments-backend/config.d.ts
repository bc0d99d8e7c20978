import { HumanDuration } from '@backstage/types';

export interface Config {
  /** The environments plugin. Clusters, Argo CD instances and git hosts are those of `kubernetes`, `argocd` and `integrations`. */
  environments?: {
    tracking?: {
      /** How often the catalog is read for entities with an intent, and the sources are listed. 15 seconds by default. */
      interval?: HumanDuration | string;
    };
  };
}
