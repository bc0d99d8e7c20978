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
import {
  EnvironmentsApi,
  FleetAnswer,
  FleetApi,
  FleetOrder,
  HistoryEntry,
  Preview,
} from './client';

/**
 * Client of the environments backend, for the browser and for other backends.
 *
 * @public
 */
export class EnvironmentsClient implements EnvironmentsApi, FleetApi {
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
    const response = await this.#send(`${pathOf(entityRef)}/matrix`, {
      signal,
      ...(etag ? { headers: { 'If-None-Match': etag } } : {}),
    });
    if (response.status === 304) {
      return 'unchanged';
    }
    return {
      matrix: await this.#json<Matrix>(response),
      etag: response.headers.get('etag') ?? undefined,
    };
  }

  async getLiveMatrix(options: {
    entityRef: string;
    clusters: readonly { name: string; token: string }[];
    signal?: AbortSignal;
  }): Promise<Matrix> {
    const { entityRef, clusters, signal } = options;
    return await this.#post(
      `${pathOf(entityRef)}/live-matrix`,
      { clusters },
      signal,
    );
  }

  async getDifferences(options: {
    entityRef: string;
    from: string;
    to: string;
    signal?: AbortSignal;
  }): Promise<{ differences: Difference[] }> {
    const { entityRef, from, to, signal } = options;
    return await this.#request(
      `${pathOf(entityRef)}/differences?${new URLSearchParams({ from, to })}`,
      { signal },
    );
  }

  async getFindings(options: {
    entityRef: string;
    signal?: AbortSignal;
  }): Promise<{ findings: Finding[] }> {
    return await this.#request(`${pathOf(options.entityRef)}/findings`, {
      signal: options.signal,
    });
  }

  async getHistory(options: {
    entityRef: string;
    environment?: string;
    before?: string;
    limit?: number;
    signal?: AbortSignal;
  }): Promise<{ items: HistoryEntry[]; nextBefore?: string }> {
    const { entityRef, environment, before, limit, signal } = options;
    const query = new URLSearchParams({
      ...(environment === undefined ? {} : { environment }),
      ...(before === undefined ? {} : { before }),
      ...(limit === undefined ? {} : { limit: String(limit) }),
    });
    return await this.#request(`${pathOf(entityRef)}/history?${query}`, {
      signal,
    });
  }

  async refresh(options: { entityRef: string }): Promise<void> {
    const response = await this.#send(`${pathOf(options.entityRef)}/refresh`, {
      method: 'POST',
    });
    if (!response.ok) {
      throw await ResponseError.fromResponse(response);
    }
  }

  async planPromotion(options: {
    entityRef: string;
    from: string;
    to: string;
    signal?: AbortSignal;
  }): Promise<PromotionPlan> {
    const { entityRef, from, to, signal } = options;
    return await this.#post(
      `${pathOf(entityRef)}/promotions/plan`,
      { from, to },
      signal,
    );
  }

  async createPromotion(options: {
    entityRef: string;
    planId: string;
    reason?: string;
  }): Promise<Promotion> {
    const { entityRef, planId, reason } = options;
    return await this.#post(`${pathOf(entityRef)}/promotions`, {
      planId,
      ...(reason ? { reason } : {}),
    });
  }

  async listPromotions(options: {
    entityRef: string;
    signal?: AbortSignal;
  }): Promise<{ items: Promotion[] }> {
    return await this.#request(`${pathOf(options.entityRef)}/promotions`, {
      signal: options.signal,
    });
  }

  async getPromotion(options: {
    entityRef: string;
    id: string;
    signal?: AbortSignal;
  }): Promise<Promotion> {
    return await this.#request(
      `${pathOf(options.entityRef)}/promotions/${encodeURIComponent(
        options.id,
      )}`,
      { signal: options.signal },
    );
  }

  async actOnPromotion(options: {
    entityRef: string;
    id: string;
    action: 'approve' | 'merge' | 'sync' | 'cancel';
  }): Promise<Promotion> {
    const { entityRef, id, action } = options;
    return await this.#post(
      `${pathOf(entityRef)}/promotions/${encodeURIComponent(id)}/${action}`,
    );
  }

  async preview(options: {
    intent?: unknown;
    answers?: unknown;
    template?: string;
    signal?: AbortSignal;
  }): Promise<Preview> {
    const { signal, ...body } = options;
    return await this.#post('/v1/preview', body, signal);
  }

  async getEnvironments(): Promise<{ sources: SourceState[] }> {
    return await this.#request('/v1/environments', {});
  }

  async getFleet(options: {
    filter?: string;
    order?: FleetOrder;
    limit?: number;
    cursor?: string;
    signal?: AbortSignal;
  }): Promise<FleetAnswer> {
    const { signal, ...parameters } = options;
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(parameters)) {
      // An empty value is none to the validation of requests.
      if (value !== undefined && value !== '') {
        query.set(name, String(value));
      }
    }
    return await this.#request(`/v1/fleet?${query}`, { signal });
  }

  async #post<T>(
    path: string,
    body?: unknown,
    signal?: AbortSignal,
  ): Promise<T> {
    return await this.#request(path, {
      method: 'POST',
      ...(body === undefined
        ? {}
        : {
            headers: { 'Content-Type': 'application/json' },
            body: JSON.stringify(body),
          }),
      signal,
    });
  }

  async #request<T>(path: string, init: RequestInit): Promise<T> {
    return await this.#json<T>(await this.#send(path, init));
  }

  async #send(path: string, init: RequestInit): Promise<Response> {
    return await this.#fetchApi.fetch(
      `${await this.#discoveryApi.getBaseUrl('environments')}${path}`,
      init,
    );
  }

  async #json<T>(response: Response): Promise<T> {
    if (!response.ok) {
      throw await ResponseError.fromResponse(response);
    }
    return await response.json();
  }
}

function pathOf(entityRef: string): string {
  const { kind, namespace, name } = parseEntityRef(entityRef);
  return `/v1/entities/${[kind, namespace, name]
    .map(encodeURIComponent)
    .join('/')}`;
}
