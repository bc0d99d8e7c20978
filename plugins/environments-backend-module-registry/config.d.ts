export interface Config {
  environments?: {
    sources?: {
      /**
       * The image registries that the portal may ask which commit an image was built from, by the host that images name: `ghcr.io`,
       * `registry.example.com:5000`, `docker.io`. No other registry is ever asked.
       */
      registry?: {
        [host: string]: {
          /**
           * Asks without credentials, which public images allow. One of this, username and password, or token.
           * @defaultValue `false`
           * @example true
           */
          anonymous?: boolean;
          /**
           * The account that the password is of.
           * @defaultValue none
           * @example portal
           */
          username?: string;
          /**
           * A password, or a token that the registry takes for one. It needs to read images, and nothing else.
           * @defaultValue none
           * @example ${REGISTRY_PASSWORD}
           * @visibility secret
           */
          password?: string;
          /**
           * A bearer token that the registry itself takes, where it asks for none of its own making.
           * @defaultValue none
           * @example ${REGISTRY_TOKEN}
           * @visibility secret
           */
          token?: string;
          /**
           * Where the registry is reached, where that is not `https://<host>`.
           * @defaultValue `https://<host>`
           * @example http://registry.internal:5000
           */
          baseUrl?: string;
          /**
           * Further hosts that the registry may send the portal to, for tokens and for what images are made of: `gitlab.example.com`,
           * `minio.example.com:9000`. Tokens come from the registry's own host and from these alone; blobs also from any host with a public
           * address.
           * @defaultValue none, beside those that Docker Hub and GitLab are known to use
           * @example [gitlab.example.com]
           */
          hosts?: string[];
          tls?: {
            /**
             * Certificates of the authorities that it is trusted by, as PEM.
             * @defaultValue those that Node trusts
             * @example ${REGISTRY_CA}
             */
            ca?: string;
          };
        };
      };
    };
  };
}
