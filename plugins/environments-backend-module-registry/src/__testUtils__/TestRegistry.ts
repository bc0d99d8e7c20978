import { createHash } from 'crypto';
import {
  Answer,
  MisbehavingServer,
  ReceivedRequest,
} from '@envmatrix/backstage-plugin-environments-node/testUtils';
import { Registry } from '../readRegistries';

export const REPOSITORY = 'acme/checkout';
export const SHA = '9f31c2a9f31c2a9f31c2a9f31c2a9f31c2a9f31c';
export const PASSWORD = 'never-to-be-seen';
export const TOKEN = 'made-for-one-repository';

const OCI = 'application/vnd.oci.image';
const DOCKER = 'application/vnd.docker';

export function digestOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

/**
 * An image registry on loopback, that stores what it is given and answers as the distribution specification says.
 */
export class TestRegistry {
  readonly #objects = new Map<string, unknown>();
  /** How it wants to be told who asks. */
  access: 'open' | 'bearer' | 'basic' | 'token' = 'open';
  /** Whether tokens are made for whoever asks. */
  isPublic = true;
  realm: string | undefined;
  tokenSeconds = 300;
  /** Where blobs are sent for. */
  store: string | undefined;
  #made = 0;
  server!: MisbehavingServer;

  static async start(): Promise<TestRegistry> {
    const registry = new TestRegistry();
    registry.server = await MisbehavingServer.start({
      answer: request => registry.answer(request),
    });
    return registry;
  }

  get host(): string {
    return new URL(this.server.url).host;
  }

  get repository(): string {
    return `${this.host}/${REPOSITORY}`;
  }

  /** As the adopter would configure it. */
  registry(changes: Partial<Registry> = {}): Registry {
    return {
      host: this.host,
      baseUrl: this.server.url,
      credentials: { kind: 'anonymous' },
      hosts: [],
      ...changes,
    };
  }

  /** Stores something; returns the digest that it goes by. */
  put(value: unknown): string {
    const digest = digestOf(JSON.stringify(value));
    this.#objects.set(digest, value);
    return digest;
  }

  /** A manifest with a configuration that has these labels. */
  putImage(
    labels: Record<string, string> | null,
    options: {
      family?: 'oci' | 'docker';
      annotations?: Record<string, string>;
    } = {},
  ): string {
    const { family = 'oci', annotations } = options;
    const config = this.put({
      architecture: 'amd64',
      os: 'linux',
      config: { User: '65532', Labels: labels },
    });
    const isOci = family === 'oci';
    return this.put({
      schemaVersion: 2,
      mediaType: isOci
        ? `${OCI}.manifest.v1+json`
        : `${DOCKER}.distribution.manifest.v2+json`,
      config: {
        mediaType: isOci
          ? `${OCI}.config.v1+json`
          : `${DOCKER}.container.image.v1+json`,
        digest: config,
        size: 1,
      },
      layers: [],
      ...(annotations ? { annotations } : {}),
    });
  }

  putIndex(
    manifests: { digest: string; platform: string; attests?: boolean }[],
    annotations?: Record<string, string>,
  ): string {
    return this.put({
      schemaVersion: 2,
      mediaType: `${OCI}.index.v1+json`,
      manifests: manifests.map(({ digest, platform, attests }) => ({
        mediaType: `${OCI}.manifest.v1+json`,
        digest,
        size: 1,
        platform: {
          os: platform.split('/')[0],
          architecture: platform.split('/')[1],
        },
        ...(attests
          ? {
              annotations: {
                'vnd.docker.reference.type': 'attestation-manifest',
              },
            }
          : {}),
      })),
      ...(annotations ? { annotations } : {}),
    });
  }

  asked(): string[] {
    return this.server.requests.map(({ method, url }) => `${method} ${url}`);
  }

  /** Everything that was sent to say who asks. */
  credentialsSeen(): string[] {
    return this.server.requests.flatMap(
      ({ headers }) => headers.authorization ?? [],
    );
  }

  answer({ url, headers }: ReceivedRequest): Answer {
    const { pathname } = new URL(url, this.server.url);
    if (pathname === '/token') {
      return this.#makeToken(headers.authorization);
    }
    const refusal = this.#refusal(headers.authorization);
    if (refusal) {
      return refusal;
    }
    if (pathname === '/v2/') {
      return { json: {} };
    }
    const [, kind, digest] =
      /\/(manifests|blobs|store)\/(.+)$/.exec(pathname) ?? [];
    const found = this.#objects.get(decodeURIComponent(digest ?? ''));
    if (found === undefined) {
      const code = kind === 'manifests' ? 'MANIFEST_UNKNOWN' : 'BLOB_UNKNOWN';
      return {
        status: 404,
        json: { errors: [{ code, message: `${PASSWORD} is not there` }] },
      };
    }
    return kind === 'blobs' && this.store
      ? {
          status: 307,
          headers: { location: `${this.store}/store/${digest}` },
          json: {},
        }
      : { json: found };
  }

  #makeToken(authorization: string | undefined): Answer {
    const isKnown = authorization === basic();
    if (authorization !== undefined && !isKnown) {
      return { status: 401, json: { details: authorization } };
    }
    return this.isPublic || isKnown
      ? {
          json: {
            token: `${TOKEN}-${++this.#made}`,
            expires_in: this.tokenSeconds,
          },
        }
      : { status: 403, json: { errors: [{ code: 'DENIED' }] } };
  }

  #refusal(authorization: string | undefined): Answer | undefined {
    switch (this.access) {
      case 'open':
        return undefined;
      case 'basic':
        return authorization === basic()
          ? undefined
          : refused('Basic realm="registry"');
      case 'token':
        return authorization === `Bearer ${PASSWORD}`
          ? undefined
          : refused('Bearer');
      case 'bearer':
        return authorization === `Bearer ${TOKEN}-${this.#made}`
          ? undefined
          : refused(
              `Bearer realm="${
                this.realm ?? `${this.server.url}/token`
              }",service="${this.host}",scope="repository:*:*"`,
            );
      default:
        throw new Error(`Unknown access ${this.access satisfies never}`);
    }
  }
}

export function basic(): string {
  return `Basic ${Buffer.from(`robot:${PASSWORD}`).toString('base64')}`;
}

function refused(challenge: string): Answer {
  return {
    status: 401,
    headers: { 'www-authenticate': challenge },
    json: { errors: [{ code: 'UNAUTHORIZED' }] },
  };
}
