import { AuthService, DiscoveryService } from '@backstage/backend-plugin-api';
import { ServiceUnavailableError } from '@backstage/errors';
import { Agent, fetch, Response } from 'undici';
import { z } from 'zod';
import { ClusterRequestError, failureOfResponse } from './errors';
import { linesOf } from './lines';
import { TIMING } from './timing';

/** Objects per list request. */
const PAGE_SIZE = 500;

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
  items: z.array(z.looseObject({ name: z.string(), authProvider: z.string() })),
});

export interface WatchEvent {
  readonly type: string;
  readonly object: Record<string, unknown>;
}

export interface ClusterRequest {
  readonly signal: AbortSignal;
  readonly timeoutMs?: number;
}

/**
 * The clusters of the installed Kubernetes plugin, through its own routes: whatever locators and ways of authentication the adopter has configured
 * work unchanged.
 */
export class KubernetesPluginClient {
  readonly #auth: AuthService;
  readonly #discovery: DiscoveryService;
  /** A quiet watch is silent for a minute at a time, its headers included. */
  readonly #patient = new Agent({ headersTimeout: 0, bodyTimeout: 0 });

  constructor(options: { auth: AuthService; discovery: DiscoveryService }) {
    this.#auth = options.auth;
    this.#discovery = options.discovery;
  }

  async clusters(): Promise<{ name: string; authProvider: string }[]> {
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
      const parsed = schema.safeParse(parseJson(await response.text()));
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

  /** Every object of a kind, page by page. */
  async list(
    cluster: string,
    path: string,
    options: ClusterRequest,
  ): Promise<{ items: unknown[]; resourceVersion: string }> {
    const items: unknown[] = [];
    let token: string | undefined;
    for (;;) {
      const query = new URLSearchParams({
        limit: String(PAGE_SIZE),
        ...(token ? { continue: token } : {}),
      });
      const page = await this.get(
        cluster,
        `${path}?${query}`,
        listSchema,
        options,
      );
      items.push(...(page.items ?? []));
      token = page.metadata.continue;
      if (!token) {
        return { items, resourceVersion: page.metadata.resourceVersion };
      }
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
    },
  ): AsyncGenerator<WatchEvent> {
    const { resourceVersion, timeoutSeconds, signal } = options;
    const query = new URLSearchParams({
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion,
      timeoutSeconds: String(timeoutSeconds),
    });
    try {
      const response = await this.#request(cluster, `${path}?${query}`, signal);
      for await (const line of linesOf(response.body ?? [])) {
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
        signal,
      },
    );
    if (!response.ok) {
      throw new ClusterRequestError(
        failureOfResponse(cluster, response.status, await response.text()),
      );
    }
    return response;
  }

  async #headers(): Promise<Record<string, string>> {
    const { token } = await this.#auth.getPluginRequestToken({
      onBehalfOf: await this.#auth.getOwnServiceCredentials(),
      targetPluginId: 'kubernetes',
    });
    return { Authorization: `Bearer ${token}`, Accept: 'application/json' };
  }
}

/** Errors of the network, as failures; what was given up on purpose stays as it is. */
function failed(cluster: string, error: unknown, signal: AbortSignal): unknown {
  if (error instanceof ClusterRequestError || signal.aborted) {
    return error;
  }
  const cause =
    error instanceof Error && error.cause instanceof Error
      ? error.cause.message || error.cause.name
      : String(error);
  return new ClusterRequestError({
    kind: 'unreachable',
    message: `The connection to cluster ${cluster} through the Kubernetes plugin failed: ${cause}`,
  });
}

function notUnderstood(message: string): ClusterRequestError {
  return new ClusterRequestError({
    kind: 'status',
    code: 502,
    reason: '',
    message,
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
