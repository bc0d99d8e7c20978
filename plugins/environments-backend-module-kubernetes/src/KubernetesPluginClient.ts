import {
  AuthService,
  BackstageCredentials,
  DiscoveryService,
} from '@backstage/backend-plugin-api';
import { ServiceUnavailableError } from '@backstage/errors';
import { Agent, fetch, Response } from 'undici';
import { z } from 'zod';
import {
  ExpiredPageError,
  failed,
  notUnderstood,
  parseJson,
  textOf,
} from './answers';
import { ByteBudget } from './ByteBudget';
import { ClusterRequestError, failureOfResponse, movedFailure } from './errors';
import { linesOf } from './lines';
import { TIMING } from './timing';

/** Objects per list request. */
const PAGE_SIZE = 500;

/** Pages of one list: half a million objects. A list that goes on beyond them does not end. */
const MAX_PAGES = 1000;

/** A page of a list of large objects is some megabytes; what is larger than this is no answer, and must not fill the memory. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;

const listSchema = z.looseObject({
  metadata: z.looseObject({
    resourceVersion: z.string(),
    continue: z.string().optional(),
  }),
  items: z.array(z.unknown()).nullish(),
});

const eventSchema = z.looseObject({
  type: z.string(),
  object: z.looseObject({}),
});

const clustersSchema = z.looseObject({
  items: z.array(
    z.looseObject({
      name: z.string(),
      authProvider: z.string(),
      oidcTokenProvider: z.string().optional(),
    }),
  ),
});

/** A cluster of the Kubernetes plugin, and how who wants to read it proves who they are. */
export interface ListedCluster {
  readonly name: string;
  readonly authProvider: string;
  /** Who issues the token, where `authProvider` is `oidc`. */
  readonly oidcTokenProvider?: string;
}

export interface WatchEvent {
  readonly type: string;
  readonly object: Record<string, unknown>;
}

export interface ClusterRequest {
  readonly signal: AbortSignal;
  readonly timeoutMs?: number;
}

/** Somebody in whose name clusters are asked, with a token of theirs. */
export interface Viewer {
  readonly credentials: BackstageCredentials;
  /** The header in which the Kubernetes plugin takes the token. */
  readonly tokenHeader: readonly [name: string, value: string];
}

/** How much may be read: for the portal, what a large cluster holds; for somebody who looks at a page, what a page can be made from. */
export interface Bounds {
  /** Of one answer. */
  readonly maxBodyBytes: number;
  /** Of one list, of at most 500 objects each. */
  readonly maxPages: number;
  /** Of all answers together. */
  readonly budget?: ByteBudget;
}

/**
 * The clusters of the installed Kubernetes plugin, through its own routes: whatever locators and ways of authentication the adopter has configured
 * work unchanged.
 */
export class KubernetesPluginClient {
  readonly #auth: AuthService;
  readonly #discovery: DiscoveryService;
  readonly #bounds: Bounds;
  /** Absent where it is the portal itself. */
  readonly #viewer: Viewer | undefined;
  readonly #onRequest: () => void;
  readonly #patient: Agent;

  constructor(options: {
    auth: AuthService;
    discovery: DiscoveryService;
    maxBodyBytes?: number;
    maxPages?: number;
    budget?: ByteBudget;
    viewer?: Viewer;
    /** Called with every request to a cluster. */
    onRequest?: () => void;
    /** A quiet watch is silent for a minute at a time, its headers included. */
    dispatcher?: Agent;
  }) {
    this.#bounds = {
      maxBodyBytes: options.maxBodyBytes ?? MAX_BODY_BYTES,
      maxPages: options.maxPages ?? MAX_PAGES,
      budget: options.budget,
    };
    this.#auth = options.auth;
    this.#discovery = options.discovery;
    this.#viewer = options.viewer;
    this.#onRequest = options.onRequest ?? (() => {});
    this.#patient =
      options.dispatcher ?? new Agent({ headersTimeout: 0, bodyTimeout: 0 });
  }

  /** The same client, on the same connections, that tells of each request to a cluster. */
  counting(onRequest: () => void): KubernetesPluginClient {
    return new KubernetesPluginClient({
      auth: this.#auth,
      discovery: this.#discovery,
      dispatcher: this.#patient,
      viewer: this.#viewer,
      ...this.#bounds,
      onRequest,
    });
  }

  /** The same clusters in the name of somebody else, within narrower bounds. */
  as(viewer: Viewer, bounds: Bounds): KubernetesPluginClient {
    return new KubernetesPluginClient({
      auth: this.#auth,
      discovery: this.#discovery,
      dispatcher: this.#patient,
      onRequest: this.#onRequest,
      viewer,
      ...bounds,
    });
  }

  async clusters(): Promise<readonly ListedCluster[]> {
    const response = await fetch(
      `${await this.#discovery.getBaseUrl('kubernetes')}/clusters`,
      {
        headers: await this.#headers(),
        signal: AbortSignal.timeout(TIMING.requestTimeoutMs),
      },
    );
    if (!response.ok) {
      throw new ServiceUnavailableError(
        `The Kubernetes plugin does not list its clusters: HTTP ${response.status}`,
      );
    }
    return clustersSchema.parse(await response.json()).items;
  }

  /** A JSON document of a cluster's API server. */
  async get<T>(
    cluster: string,
    path: string,
    schema: z.ZodType<T>,
    options: ClusterRequest,
  ): Promise<T> {
    const { signal, timeoutMs = TIMING.requestTimeoutMs } = options;
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      const response = await this.#request(
        cluster,
        path,
        AbortSignal.any([signal, timeout]),
      );
      const parsed = schema.safeParse(
        parseJson(await this.#textOf(response, `The answer to ${path}`)),
      );
      if (!parsed.success) {
        throw notUnderstood(
          `${path} gave an answer that is not understood: ${z.prettifyError(
            parsed.error,
          )}`,
        );
      }
      return parsed.data;
    } catch (error) {
      if (timeout.aborted && !signal.aborted) {
        throw new ClusterRequestError({
          kind: 'timeout',
          message: `Cluster ${cluster} did not answer within ${
            timeoutMs / 1000
          } s`,
        });
      }
      throw failed(cluster, error, signal);
    }
  }

  /** Every object of a kind, page by page; what `read` makes of each is kept, and nothing else. */
  async list<T>(
    cluster: string,
    path: string,
    options: ClusterRequest & {
      readonly read: (item: unknown) => T | undefined;
    },
  ): Promise<{ items: T[]; resourceVersion: string }> {
    try {
      return await this.#listFrom(cluster, path, options);
    } catch (error) {
      if (!(error instanceof ExpiredPageError)) {
        throw error;
      }
      // It took longer than the cluster remembers the version that the pages are of: once more, from the start.
      return await this.#listFrom(cluster, path, options);
    }
  }

  async #listFrom<T>(
    cluster: string,
    path: string,
    options: ClusterRequest & {
      readonly read: (item: unknown) => T | undefined;
    },
  ): Promise<{ items: T[]; resourceVersion: string }> {
    const items: T[] = [];
    let token: string | undefined;
    for (let pages = 0; pages < this.#bounds.maxPages; pages += 1) {
      const query = new URLSearchParams({
        limit: String(PAGE_SIZE),
        ...(token ? { continue: token } : {}),
      });
      const page = await this.#page(
        cluster,
        `${path}?${query}`,
        token,
        options,
      );
      for (const item of page.items ?? []) {
        const read = options.read(item);
        if (read !== undefined) {
          items.push(read);
        }
      }
      token = page.metadata.continue;
      if (!token) {
        return { items, resourceVersion: page.metadata.resourceVersion };
      }
    }
    throw notUnderstood(
      `The list of ${path} does not end within ${
        this.#bounds.maxPages * PAGE_SIZE
      } objects`,
    );
  }

  async #page(
    cluster: string,
    path: string,
    token: string | undefined,
    options: ClusterRequest,
  ): Promise<z.infer<typeof listSchema>> {
    try {
      return await this.get(cluster, path, listSchema, options);
    } catch (error) {
      if (
        token !== undefined &&
        error instanceof ClusterRequestError &&
        error.failure.kind === 'status' &&
        error.failure.code === 410
      ) {
        throw new ExpiredPageError(error.failure);
      }
      throw error;
    }
  }

  /**
   * Events of a kind from a version on, until the server ends the watch. `timeoutSeconds` always bounds it: the proxy leaves a watch that is given up
   * open on its other side.
   */
  async *watch(
    cluster: string,
    path: string,
    options: {
      resourceVersion: string;
      timeoutSeconds: number;
      signal: AbortSignal;
      /** Called whenever something arrives, be it an event or not. */
      onBytes?: () => void;
    },
  ): AsyncGenerator<WatchEvent> {
    const { resourceVersion, timeoutSeconds, signal, onBytes } = options;
    const query = new URLSearchParams({
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion,
      timeoutSeconds: String(timeoutSeconds),
    });
    try {
      const response = await this.#request(cluster, `${path}?${query}`, signal);
      for await (const line of linesOf(response.body ?? [], onBytes)) {
        const parsed = eventSchema.safeParse(parseJson(line));
        if (!parsed.success) {
          throw notUnderstood(
            `The watch of ${path} delivered a line that is no event`,
          );
        }
        yield parsed.data;
      }
    } catch (error) {
      throw failed(cluster, error, signal);
    }
  }

  async #request(
    cluster: string,
    path: string,
    signal: AbortSignal,
  ): Promise<Response> {
    this.#onRequest();
    const response = await fetch(
      `${await this.#discovery.getBaseUrl('kubernetes')}/proxy${path}`,
      {
        headers: {
          ...(await this.#headers()),
          'Backstage-Kubernetes-Cluster': cluster,
          // The backend compresses what may be compressed, and a compressed watch never delivers.
          'Accept-Encoding': 'identity',
        },
        dispatcher: this.#patient,
        // Where a cluster sends us to is nothing that somebody has configured.
        redirect: 'manual',
        signal,
      },
    );
    const location = response.headers.get('location');
    if (response.status >= 300 && response.status < 400 && location) {
      await response.body?.cancel();
      throw new ClusterRequestError(
        movedFailure(cluster, response.status, location),
      );
    }
    if (!response.ok) {
      throw new ClusterRequestError(
        failureOfResponse(
          cluster,
          response.status,
          await this.#textOf(response, `The refusal of ${path}`),
          response.headers.get('retry-after'),
        ),
      );
    }
    return response;
  }

  async #textOf(response: Response, what: string): Promise<string> {
    const { maxBodyBytes, budget } = this.#bounds;
    return await textOf(response, what, maxBodyBytes, budget);
  }

  async #headers(): Promise<Record<string, string>> {
    const viewer = this.#viewer;
    const { token } = await this.#auth.getPluginRequestToken({
      onBehalfOf:
        viewer?.credentials ?? (await this.#auth.getOwnServiceCredentials()),
      targetPluginId: 'kubernetes',
    });
    return {
      Authorization: `Bearer ${token}`,
      Accept: 'application/json',
      ...(viewer ? { [viewer.tokenHeader[0]]: viewer.tokenHeader[1] } : {}),
    };
  }
}
