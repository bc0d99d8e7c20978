export interface Config {
  app?: {
    /** How people sign in. */
    signIn?: {
      /**
       * `oidc` for an OpenID Connect provider under `auth.providers.oidc`; `guest` is for development alone.
       * @defaultValue `guest`
       * @example oidc
       * @visibility frontend
       */
      provider?: 'oidc' | 'guest';
      /**
       * What the sign-in page calls the provider.
       * @defaultValue `Company account`
       * @example Acme account
       * @visibility frontend
       */
      title?: string;
      /**
       * What the sign-in page says below it.
       * @defaultValue `Sign in with your company account`
       * @example Sign in as you do on your laptop
       * @visibility frontend
       */
      message?: string;
    };
  };
}
