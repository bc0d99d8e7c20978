import { HumanDuration } from '@backstage/types';

export interface Config {
  /** The environments plugin. Clusters, Argo CD instances and git hosts are those of `kubernetes`, `argocd` and `integrations`. */
  environments?: {
    tracking?: {
      /** How often the catalog is read for entities with an intent, and the sources are listed. 15 seconds by default. */
      interval?: HumanDuration | string;
    };
    history?: {
      /** How long changes of environments are kept; the latest of each is always. For ever by default. */
      retention?: HumanDuration | string;
    };
    preview?: {
      /**
       * Entity reference of the template whose skeleton, the folder `skeleton` beside it, the wizard's last page is made from where
       * the request names none. `template:default/multi-environment-service` by default.
       */
      template?: string;
    };
  };
}
