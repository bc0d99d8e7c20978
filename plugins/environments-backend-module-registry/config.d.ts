export interface Config {
  environments?: {
    sources?: {
      /**
       * The image registries that the portal may ask which commit an image was built from, by the host that images name: `ghcr.io`,
       * `registry.example.com:5000`, `docker.io`. No other registry is ever asked.
       */
      registry?: {
        [host: string]: {
          /** Asks without credentials, which public images allow. One of this, username and password, or token. */
          anonymous?: boolean;
          username?: string;
          /**
           * A password, or a token that the registry takes for one. It needs to read images, and nothing else.
           * @visibility secret
           */
          password?: string;
          /**
           * A bearer token that the registry itself takes, where it asks for none of its own making.
           * @visibility secret
           */
          token?: string;
          /** Where the registry is reached, where that is not `https://<host>`. */
          baseUrl?: string;
          /**
           * Further hosts that the registry may send the portal to, for tokens and for what images are made of: `gitlab.example.com`,
           * `minio.example.com:9000`. Tokens come from the registry's own host and from these alone; blobs also from any host with a public
           * address.
           */
          hosts?: string[];
          tls?: {
            /** Certificates of the authorities that it is trusted by, as PEM. */
            ca?: string;
          };
        };
      };
    };
  };
}
