import { parseEntityRef } from '@backstage/catalog-model';
import { ResponseError } from '@backstage/errors';
import {
  Difference,
  Finding,
  Matrix,
  Promotion,
  PromotionPlan,
  SourceState,
} from '@envmatrix/engine';
import { EnvironmentsApi, HistoryEntry, Preview } from './client';

interface RequestOptions {
  readonly method?: 'GET' | 'POST';
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
  readonly etag?: string;
  readonly signal?: AbortSignal;
}

/**
 * Talks to the environments backend, from the browser and from another backend plugin.
 *
 * Every method throws a `ResponseError` for an answer that is not a success.
 *
 * @public
 */
export class EnvironmentsClient implements EnvironmentsApi {
  readonly #discoveryApi: { getBaseUrl(pluginId: string): Promise<string> };
  readonly #fetchApi: { fetch: typeof fetch };

  constructor(options: {
    discoveryApi: { getBaseUrl(pluginId: string): Promise<string> };
    fetchApi: { fetch: typeof fetch };
  }) {
    this.#discoveryApi = options.discoveryApi;
    this.#fetchApi = options.fetchApi;
  }

  async getMatrix(options: {
    entityRef: string;
    etag?: string;
    signal?: AbortSignal;
  }): Promise<{ matrix: Matrix; etag?: string } | 'unchanged'> {
    const { entityRef, etag, signal } = options;
    const response = await this.#request(entityPath(entityRef, 'matrix'), {
      etag,
      signal,
    });
    if (response.status === 304) {
      return 'unchanged';
    }
    return {
      matrix: await response.json(),
      etag: response.headers.get('etag') ?? undefined,
    };
  }

  async getDifferences(options: {
    entityRef: string;
    from: string;
    to: string;
    signal?: AbortSignal;
  }): Promise<{ differences: Difference[] }> {
    const { entityRef, from, to, signal } = options;
    return await this.#json(entityPath(entityRef, 'differences'), {
      query: { from, to },
      signal,
    });
  }

  async getFindings(options: {
    entityRef: string;
    signal?: AbortSignal;
  }): Promise<{ findings: Finding[] }> {
    const { entityRef, signal } = options;
    return await this.#json(entityPath(entityRef, 'findings'), { signal });
  }

  async getHistory(options: {
    entityRef: string;
    environment?: string;
    before?: string;
    limit?: number;
    signal?: AbortSignal;
  }): Promise<{ items: HistoryEntry[]; nextBefore?: string }> {
    const { entityRef, environment, before, limit, signal } = options;
    return await this.#json(entityPath(entityRef, 'history'), {
      query: { environment, before, limit },
      signal,
    });
  }

  async refresh(options: { entityRef: string }): Promise<void> {
    await this.#request(entityPath(options.entityRef, 'refresh'), {
      method: 'POST',
    });
  }

  async planPromotion(options: {
    entityRef: string;
    from: string;
    to: string;
    signal?: AbortSignal;
  }): Promise<PromotionPlan> {
    const { entityRef, from, to, signal } = options;
    return await this.#json(entityPath(entityRef, 'promotions', 'plan'), {
      method: 'POST',
      body: { from, to },
      signal,
    });
  }

  async createPromotion(options: {
    entityRef: string;
    planId: string;
    reason?: string;
  }): Promise<Promotion> {
    const { entityRef, planId, reason } = options;
    return await this.#json(entityPath(entityRef, 'promotions'), {
      method: 'POST',
      body: { planId, reason },
    });
  }

  async listPromotions(options: {
    entityRef: string;
    signal?: AbortSignal;
  }): Promise<{ items: Promotion[] }> {
    const { entityRef, signal } = options;
    return await this.#json(entityPath(entityRef, 'promotions'), { signal });
  }

  async getPromotion(options: {
    entityRef: string;
    id: string;
    signal?: AbortSignal;
  }): Promise<Promotion> {
    const { entityRef, id, signal } = options;
    return await this.#json(entityPath(entityRef, 'promotions', id), {
      signal,
    });
  }

  async actOnPromotion(options: {
    entityRef: string;
    id: string;
    action: 'approve' | 'merge' | 'sync' | 'cancel';
  }): Promise<Promotion> {
    const { entityRef, id, action } = options;
    return await this.#json(entityPath(entityRef, 'promotions', id, action), {
      method: 'POST',
    });
  }

  async preview(options: {
    intent?: unknown;
    answers?: unknown;
    template?: string;
    signal?: AbortSignal;
  }): Promise<Preview> {
    const { signal, ...body } = options;
    return await this.#json('/v1/preview', { method: 'POST', body, signal });
  }

  async getEnvironments(): Promise<{ sources: SourceState[] }> {
    return await this.#json('/v1/environments', {});
  }

  async #json<T>(path: string, options: RequestOptions): Promise<T> {
    const response = await this.#request(path, options);
    return await response.json();
  }

  async #request(path: string, options: RequestOptions): Promise<Response> {
    const { method = 'GET', query = {}, body, etag, signal } = options;
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) {
        search.set(name, String(value));
      }
    }
    const baseUrl = await this.#discoveryApi.getBaseUrl('environments');
    const response = await this.#fetchApi.fetch(
      `${baseUrl}${path}${search.size > 0 ? `?${search}` : ''}`,
      {
        method,
        headers: {
          ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
          ...(etag === undefined ? {} : { 'If-None-Match': etag }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal,
      },
    );
    const isUnchanged = response.status === 304 && etag !== undefined;
    if (!response.ok && !isUnchanged) {
      throw await ResponseError.fromResponse(response);
    }
    return response;
  }
}

function entityPath(entityRef: string, ...rest: string[]): string {
  const { kind, namespace, name } = parseEntityRef(entityRef);
  return [
    '/v1/entities',
    ...[kind.toLocaleLowerCase('en-US'), namespace, name, ...rest].map(
      encodeURIComponent,
    ),
  ].join('/');
}
