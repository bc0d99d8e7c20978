import { AuthService, DiscoveryService } from '@backstage/backend-plugin-api';
import { Agent, fetch, Response } from 'undici';
import { z } from 'zod';
import { ClusterRequestError, failureOfResponse } from './errors';

/** A list page or a discovery document takes far less; a cluster that hangs answers nothing at all. */
const TIMEOUT_MS = 8_000;

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

/** @internal */
export interface WatchEvent {
  readonly type: string;
  readonly object: Record<string, unknown>;
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
  readonly #timeoutMs: number;

  constructor(options: {
    auth: AuthService;
    discovery: DiscoveryService;
    timeoutMs?: number;
  }) {
    this.#auth = options.auth;
    this.#discovery = options.discovery;
    this.#timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  }

  async clusters(): Promise<{ name: string; authProvider: string }[]> {
    const response = await fetch(
      `${await this.#discovery.getBaseUrl('kubernetes')}/clusters`,
      {
        headers: await this.#headers(),
        signal: AbortSignal.timeout(this.#timeoutMs),
      },
    );
    if (!response.ok) {
      throw new Error(
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
    signal: AbortSignal,
  ): Promise<T> {
    const timeout = AbortSignal.timeout(this.#timeoutMs);
    try {
      const response = await this.#request(
        cluster,
        path,
        AbortSignal.any([signal, timeout]),
      );
      const text = await response.text();
      const parsed = schema.safeParse(parseJson(text));
      if (!parsed.success) {
        throw new ClusterRequestError({
          kind: 'status',
          code: 502,
          reason: '',
          message: `${path} gave an answer that is not understood: ${z.prettifyError(
            parsed.error,
          )}`,
        });
      }
      return parsed.data;
    } catch (error) {
      throw this.#failure(cluster, error, signal, timeout);
    }
  }

  /** Every object of a kind, page by page. */
  async list(
    cluster: string,
    path: string,
    signal: AbortSignal,
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
        signal,
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
      for await (const line of linesOf(response)) {
        const parsed = eventSchema.safeParse(parseJson(line));
        if (!parsed.success) {
          throw new ClusterRequestError({
            kind: 'status',
            code: 502,
            reason: '',
            message: `The watch of ${path} delivered a line that is no event`,
          });
        }
        yield parsed.data;
      }
    } catch (error) {
      throw this.#failure(cluster, error, signal);
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

  #failure(
    cluster: string,
    error: unknown,
    signal: AbortSignal,
    timeout?: AbortSignal,
  ): unknown {
    if (error instanceof ClusterRequestError || signal.aborted) {
      return error;
    }
    if (timeout?.aborted) {
      return new ClusterRequestError({
        kind: 'timeout',
        message: `Cluster ${cluster} did not answer within ${
          this.#timeoutMs / 1000
        } s`,
      });
    }
    const cause =
      error instanceof Error && error.cause instanceof Error
        ? error.cause.message
        : String(error);
    return new ClusterRequestError({
      kind: 'unreachable',
      message: `Cluster ${cluster} cannot be reached: ${cause}`,
    });
  }
}

/** The lines of a body, as they arrive; an unfinished last line is an error of the stream, not a line. */
async function* linesOf(response: Response): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of response.body ?? []) {
    rest += decoder.decode(chunk, { stream: true });
    let end = rest.indexOf('\n');
    while (end >= 0) {
      const line = rest.slice(0, end).trim();
      rest = rest.slice(end + 1);
      if (line !== '') {
        yield line;
      }
      end = rest.indexOf('\n');
    }
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
