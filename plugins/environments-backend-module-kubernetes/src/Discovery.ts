import { z } from 'zod';
import { readGroupVersions } from './describeCluster';
import { ClusterRequestError } from './errors';
import { apiVersionOf, groupPathOf, GroupVersion, WatchedKind } from './kinds';
import { KubernetesPluginClient } from './KubernetesPluginClient';

const resourceListSchema = z.looseObject({
  resources: z.array(z.looseObject({ name: z.string() })),
});

/** Whether a cluster serves a kind; `unknown` where discovery is not for who asks either. */
export type Found =
  | { readonly status: 'served'; readonly version: string }
  | { readonly status: 'absent' }
  | { readonly status: 'unknown' };

export interface DiscoveryOptions {
  readonly client: KubernetesPluginClient;
  readonly cluster: string;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** How long an answer holds, milliseconds. */
  readonly rememberMs: number;
}

interface Remembered {
  readonly at: number;
  readonly value: Promise<unknown>;
}

/**
 * What kinds a cluster serves. With narrow rights one that is not served is refused as one that is, so the status code of a list cannot tell. Answers are
 * remembered for a moment: many kinds ask at a time.
 */
export class Discovery {
  readonly #options: DiscoveryOptions;
  readonly #remembered = new Map<string, Remembered>();

  constructor(options: DiscoveryOptions) {
    this.#options = options;
  }

  async find(kind: WatchedKind): Promise<Found> {
    const served = await this.groupVersions();
    if (!served) {
      return { status: 'unknown' };
    }
    for (const version of [kind.version, ...(kind.earlierVersions ?? [])]) {
      const groupVersion = { group: kind.group, version };
      if (served.includes(apiVersionOf(groupVersion))) {
        const plurals = await this.#plurals(groupVersion);
        if (!plurals) {
          return { status: 'unknown' };
        }
        if (plurals.includes(kind.plural)) {
          return { status: 'served', version };
        }
      }
    }
    return { status: 'absent' };
  }

  /** `group/version` pairs that are served; undefined where discovery is not for who asks. */
  groupVersions(): Promise<readonly string[] | undefined> {
    const { client, cluster } = this.#options;
    return this.#remember('/apis', () =>
      unlessForbidden(() => readGroupVersions(client, cluster, this.#request)),
    );
  }

  #plurals(groupVersion: GroupVersion): Promise<readonly string[] | undefined> {
    const { client, cluster } = this.#options;
    const path = groupPathOf(groupVersion);
    return this.#remember(path, () =>
      unlessForbidden(async () => {
        try {
          const { resources } = await client.get(
            cluster,
            path,
            resourceListSchema,
            this.#request,
          );
          return resources.map(({ name }) => name);
        } catch (error) {
          if (statusOf(error) === 404) {
            return []; // it went since the list of groups was read
          }
          throw error;
        }
      }),
    );
  }

  get #request() {
    const { signal, timeoutMs } = this.#options;
    return { signal, timeoutMs };
  }

  #remember<T>(key: string, read: () => Promise<T>): Promise<T>;
  #remember(key: string, read: () => Promise<unknown>): Promise<unknown> {
    const known = this.#remembered.get(key);
    if (known && Date.now() - known.at < this.#options.rememberMs) {
      return known.value;
    }
    const value = read();
    const remembered = { at: Date.now(), value };
    this.#remembered.set(key, remembered);
    value.catch(() => {
      if (this.#remembered.get(key) === remembered) {
        this.#remembered.delete(key);
      }
    });
    return value;
  }
}

async function unlessForbidden<T>(
  read: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (statusOf(error) === 403) {
      return undefined;
    }
    throw error;
  }
}

function statusOf(error: unknown): number | undefined {
  return error instanceof ClusterRequestError && error.failure.kind === 'status'
    ? error.failure.code
    : undefined;
}
