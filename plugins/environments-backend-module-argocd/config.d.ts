export interface Config {
  environments?: {
    sources?: {
      /** What an Argo CD instance of `argocd.appLocatorMethods` needs beyond its entry there, by its name. */
      argocd?: {
        [instance: string]: {
          tls?: {
            /** Certificates of the authorities that it is trusted by, as PEM. */
            ca?: string;
            /** Accepts any certificate: for a trial, never for production. */
            skipVerify?: boolean;
          };
        };
      };
    };
  };
}
