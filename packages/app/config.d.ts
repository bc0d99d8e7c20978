export interface Config {
  app?: {
    /** How people sign in. */
    signIn?: {
      /**
       * `oidc` for an OpenID Connect provider under `auth.providers.oidc`; `guest` is for development alone.
       * @visibility frontend
       */
      provider?: 'oidc' | 'guest';
      /**
       * What the sign-in page calls the provider.
       * @visibility frontend
       */
      title?: string;
      /** @visibility frontend */
      message?: string;
    };
  };
}
