import { HumanDuration } from '@backstage/types';

export interface Config {
  /** The environments plugin. Clusters, Argo CD instances and git hosts are those of `kubernetes`, `argocd` and `integrations`. */
  environments?: {
    tracking?: {
      /**
       * How often the catalog is read for entities with an intent, and the sources are listed.
       * @defaultValue `15s`
       * @example 1m
       */
      interval?: HumanDuration | string;
    };
    /** The environments, in promotion order, of entities that have no intent of their own. */
    definitions?: {
      /**
       * What the environment is called.
       * @example staging
       */
      name: string;
      /**
       * What the page calls it.
       * @defaultValue the name
       * @example Staging
       */
      title?: string;
      /**
       * Whether rules hold it to what production is held to.
       * @defaultValue `non-production`
       * @example production
       */
      kind?: 'production' | 'non-production';
      /**
       * Name of the cluster in the Kubernetes configuration.
       * @example nonprod
       */
      cluster: string;
      /**
       * Where it runs in the cluster; `{name}` stands for the name of the entity.
       * @example "{name}-staging"
       */
      namespace: string;
      argocd?: {
        /**
         * Name of the instance in `argocd.appLocatorMethods`.
         * @example main
         */
        instance: string;
        /**
         * Name of the cluster in Argo CD.
         * @defaultValue that of the cluster
         * @example nonprod-eu
         */
        destination?: string;
      };
      /**
       * Whether Argo CD syncs by itself.
       * @defaultValue `automatic`
       * @example manual
       */
      sync?: 'automatic' | 'manual';
    }[];
    parity?: {
      /** Differences that every service may have, beside those of its own intent. Each selects by a rule, a subject or a pointer. */
      allow?: {
        /**
         * Rule whose finding is allowed: one of [rules.md](rules.md).
         * @defaultValue every rule
         * @example K8S-03
         */
        rule?: string;
        /**
         * Object that it is about: `group/Kind name`, for the core group `Kind name`.
         * @defaultValue every object
         * @example apps/Deployment checkout
         */
        subject?: string;
        /**
         * JSON pointer in the subject; a prefix covers what is below it.
         * @defaultValue all of the subject
         * @example /spec/template/spec/containers/checkout/env/LOG_LEVEL
         */
        pointer?: string;
        /**
         * Names of the environments that it is allowed in.
         * @defaultValue all
         * @example [dev, staging]
         */
        environments?: string[];
        /**
         * Why it may be so. The page shows it.
         * @example Our log shipper wants it in development alone.
         */
        reason: string;
        /**
         * ISO date; afterwards the finding counts again.
         * @defaultValue never
         * @example "2027-01-31"
         */
        expires?: string;
      }[];
    };
    history?: {
      /**
       * How long changes of environments are kept; the latest of each is always.
       * @defaultValue for ever
       * @example P1Y
       */
      retention?: HumanDuration | string;
    };
    preview?: {
      /**
       * Entity reference of the template whose skeleton, the folder `skeleton` beside it, the wizard's last page is made from where
       * the request names none.
       * @defaultValue `template:default/multi-environment-service`
       * @example template:default/acme-service
       */
      template?: string;
    };
  };
}
