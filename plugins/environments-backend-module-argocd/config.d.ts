export interface Config {
  environments?: {
    sources?: {
      /** What an Argo CD instance of `argocd.appLocatorMethods` needs beyond its entry there, by its name. */
      argocd?: {
        [instance: string]: {
          tls?: {
            /**
             * Certificates of the authorities that it is trusted by, as PEM.
             * @defaultValue those that Node trusts
             * @example ${ARGOCD_CA}
             */
            ca?: string;
            /**
             * Accepts any certificate: for a trial, never for production.
             * @defaultValue `false`
             * @example true
             */
            skipVerify?: boolean;
          };
        };
      };
    };
  };
}
