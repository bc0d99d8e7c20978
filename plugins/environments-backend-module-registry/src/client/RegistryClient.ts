import { createHash } from 'crypto';
import { ImageFact, OCI_KEYS, readRevision } from '@envmatrix/engine';
import { Registry } from '../readRegistries';
import { ImageUnreadableError } from './errors';
import {
  configSchema,
  hasLabels,
  MANIFEST_TYPES,
  platformOf,
  readManifest,
} from './manifests';
import { parseJson, RegistrySession, SessionLimits } from './RegistrySession';

/** An index of indexes is allowed, and nobody makes one of more. */
const MAX_DEPTH = 2;

/** A label longer than this is not what it should be. */
const MAX_LABEL = 512;

/** As the distribution specification allows repositories to be called. */
const NAME =
  /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;

type Labels = Readonly<Record<string, string>>;

/**
 * Reads what images say of themselves, through the OCI distribution API.
 */
export class RegistryClient {
  readonly #host: string;
  readonly #session: RegistrySession;

  constructor(options: {
    registry: Registry;
    limits?: Partial<SessionLimits>;
    now?: () => number;
  }) {
    this.#host = options.registry.host;
    this.#session = new RegistrySession(options);
  }

  set onRequest(onRequest: () => void) {
    this.#session.onRequest = onRequest;
  }

  async ping(signal: AbortSignal): Promise<void> {
    await this.#session.ping(signal);
  }

  /**
   * What an image says: the annotations of its index and its manifest, and the labels of its configuration, the nearest to the index first.
   *
   * @throws RegistryTroubleError while the registry does not answer as it should; ImageUnreadableError where this image cannot be read.
   */
  async readImage(
    image: { readonly repository: string; readonly digest: string },
    signal: AbortSignal,
  ): Promise<ImageFact> {
    const { repository, digest } = image;
    const name = repository.slice(this.#host.length + 1);
    if (!repository.startsWith(`${this.#host}/`) || !NAME.test(name)) {
      throw new ImageUnreadableError(
        `'${repository}' is not the name of a repository on ${this.#host}`,
      );
    }
    const labels = await this.#labels(name, digest, signal, 0);
    const label = (key: keyof typeof OCI_KEYS) => {
      const value = labels[OCI_KEYS[key]]?.trim();
      return value && value.length <= MAX_LABEL ? { [key]: value } : {};
    };
    const revision = readRevision(labels[OCI_KEYS.revision]);
    return {
      repository,
      digest,
      ...(revision === undefined ? {} : { revision }),
      ...label('source'),
      ...label('version'),
      ...label('created'),
    };
  }

  async #labels(
    name: string,
    digest: string,
    signal: AbortSignal,
    depth: number,
  ): Promise<Labels> {
    const found = readManifest(
      parseJson(await this.#verified(name, 'manifests', digest, signal)),
    );
    if (!found) {
      throw new ImageUnreadableError(
        `Registry ${this.#host} has ${name}@${digest.slice(
          0,
          15,
        )} in a format that is not understood`,
      );
    }
    if ('index' in found) {
      const { index } = found;
      const platform = platformOf(index);
      if (saysAll(index.annotations) || !platform || depth >= MAX_DEPTH) {
        return index.annotations;
      }
      const inner = await this.#labels(
        name,
        platform.digest,
        signal,
        depth + 1,
      );
      return { ...inner, ...platform.annotations, ...index.annotations };
    }
    const { annotations, config } = found.manifest;
    if (saysAll(annotations) || !hasLabels(config)) {
      return annotations;
    }
    const blob = await this.#verified(name, 'blobs', config.digest, signal);
    const parsed = configSchema.safeParse(parseJson(blob)).data;
    return { ...parsed?.config?.Labels, ...annotations };
  }

  /** What a digest names is checked to be that: whoever is asked, nobody can pass something else off as it. */
  async #verified(
    name: string,
    kind: 'manifests' | 'blobs',
    digest: string,
    signal: AbortSignal,
  ): Promise<Buffer> {
    const [algorithm, expected] = digest.split(':');
    if (!/^(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/.test(digest)) {
      throw new ImageUnreadableError(
        `'${digest.slice(0, 80)}' is not a digest that can be checked`,
      );
    }
    const body = await this.#session.get(name, kind, digest, {
      ...(kind === 'manifests' ? { accept: MANIFEST_TYPES } : {}),
      signal,
    });
    if (createHash(algorithm).update(body).digest('hex') !== expected) {
      throw new ImageUnreadableError(
        `Registry ${this.#host} answers for ${name}@${digest.slice(
          0,
          15,
        )} with something else`,
      );
    }
    return body;
  }
}

/** The commit and its repository belong together: both, or what is below is asked too. */
function saysAll(labels: Labels): boolean {
  return (
    readRevision(labels[OCI_KEYS.revision]) !== undefined &&
    labels[OCI_KEYS.source] !== undefined
  );
}
