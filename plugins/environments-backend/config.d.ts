import { HumanDuration } from '@backstage/types';

export interface Config {
  /** The environments plugin. Clusters, Argo CD instances and git hosts are those of `kubernetes`, `argocd` and `integrations`. */
  environments?: {
    tracking?: {
      /** How often the catalog is read for entities with an intent, and the sources are listed. 15 seconds by default. */
      interval?: HumanDuration | string;
    };
    /** The environments, in promotion order, of entities that have no intent of their own. */
    definitions?: {
      name: string;
      title?: string;
      /** `non-production` by default. */
      kind?: 'production' | 'non-production';
      /** Name of the cluster in the Kubernetes configuration. */
      cluster: string;
      /** `{name}` stands for the name of the entity: `{name}-dev`. */
      namespace: string;
      argocd?: {
        /** Name of the instance in `argocd.appLocatorMethods`. */
        instance: string;
        /** Name of the cluster in Argo CD; that of the cluster by default. */
        destination?: string;
      };
      /** Whether Argo CD syncs by itself; `automatic` by default. */
      sync?: 'automatic' | 'manual';
    }[];
    parity?: {
      /** Differences that every service may have, beside those of its own intent. */
      allow?: {
        /** Rule whose finding is allowed. */
        rule?: string;
        /** `apps/Deployment checkout` */
        subject?: string;
        /** JSON pointer in the subject; a prefix covers what is below it. */
        pointer?: string;
        environments?: string[];
        reason: string;
        /** ISO date; afterwards the finding counts again. */
        expires?: string;
      }[];
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
