import { BackstageCredentials } from '@backstage/backend-plugin-api';
import { ServiceUnavailableError } from '@backstage/errors';
import {
  OnDemandAccess,
  OnDemandReading,
  SourceMeter,
  TrackedEntity,
} from '@envmatrix/backstage-plugin-environments-node';
import { Intent, Matrix, targetsOf } from '@envmatrix/engine';
import { Computed } from '../matrix/KeptMatrix';
import { Overlay, SeenSource } from '../matrix/Overlay';
import { Turns } from './Turns';

/** For all that is read of one cluster. */
const READ_MS = 15_000;

/** A source that was told to stop returns what it has within this. */
const GRACE_MS = 1_000;

/** Pages of one person that look at one entity in this way at the same time; they are served one after the other. */
const PAGES = 4;

const KIND = 'kubernetes';

interface SourceName {
  readonly kind: string;
  readonly name: string;
}

/** Somebody's token for a cluster. */
export interface ClusterToken {
  readonly name: string;
  readonly token: string;
}

/**
 * Reads clusters that let in nobody but people, for one of them who looks at an entity, and gives the matrix as it is for that person. Nothing of it
 * outlives the answer.
 */
export class LiveMatrices {
  readonly #onDemand: (source: string) => OnDemandAccess | undefined;
  readonly #overlaid: (
    entity: TrackedEntity,
    overlay: Overlay,
  ) => Promise<Matrix>;
  readonly #meterOf: ((source: SourceName) => SourceMeter) | undefined;
  readonly #readMs: number;
  readonly #turns = new Turns(PAGES);

  constructor(options: {
    onDemand: (source: string) => OnDemandAccess | undefined;
    overlaid: (entity: TrackedEntity, overlay: Overlay) => Promise<Matrix>;
    /** What is counted of a source. */
    meterOf?: (source: SourceName) => SourceMeter;
    readMs?: number;
  }) {
    this.#onDemand = options.onDemand;
    this.#overlaid = options.overlaid;
    this.#meterOf = options.meterOf;
    this.#readMs = options.readMs ?? READ_MS;
  }

  /** Those of the clusters that are read in this way at all. */
  known(clusters: readonly ClusterToken[]): string[] {
    return clusters
      .map(({ name }) => name)
      .filter(name => this.#onDemand(idOf(name)));
  }

  async read(
    entity: TrackedEntity,
    { input, matrix }: Computed,
    options: {
      credentials: BackstageCredentials;
      clusters: readonly ClusterToken[];
      /** Aborted when nobody waits any more. */
      signal: AbortSignal;
    },
  ): Promise<Matrix> {
    if (!input) {
      return matrix;
    }
    const { credentials, clusters, signal } = options;
    const tokens = new Map(clusters.map(({ name, token }) => [name, token]));
    const reading = this.#turns.take(
      JSON.stringify([credentials.principal, entity.entityRef]),
      async () => {
        if (signal.aborted) {
          return matrix; // nobody waits for it any more
        }
        const seen = await Promise.all(
          [...tokens].map(([name, token]) =>
            this.#see(name, {
              credentials,
              token,
              namespaces: namespacesIn(input.intent, name),
              signal,
            }),
          ),
        );
        return await this.#overlaid(
          entity,
          new Overlay(seen.flatMap(entry => entry ?? [])),
        );
      },
    );
    if (!reading) {
      throw new ServiceUnavailableError(
        `You have ${PAGES} pages open that read the clusters of ${entity.entityRef} with your token; close some, or look again in a moment`,
      );
    }
    return await reading;
  }

  /** A token goes to the cluster that it is for, and only where the entity has something there. */
  async #see(
    name: string,
    request: {
      credentials: BackstageCredentials;
      token: string;
      namespaces: readonly string[];
      signal: AbortSignal;
    },
  ): Promise<SeenSource | undefined> {
    const access = this.#onDemand(idOf(name));
    if (!access || request.namespaces.length === 0) {
      return undefined;
    }
    const { observation, facts, isTokenRefused } = await this.#readInTime(
      name,
      access,
      request,
    );
    return {
      facts,
      state: {
        kind: KIND,
        name,
        ...observation,
        ...(observation.status === 'observed'
          ? { lastObservedAt: new Date().toISOString() }
          : {}),
        needsUserToken: {
          ...access.needs,
          ...(isTokenRefused ? { isRefused: true } : {}),
        },
      },
    };
  }

  async #readInTime(
    name: string,
    access: OnDemandAccess,
    request: Parameters<OnDemandAccess['read']>[0],
  ): Promise<OnDemandReading> {
    const { token, signal } = request;
    const enough = new AbortController();
    const stop = () => enough.abort();
    signal.addEventListener('abort', stop);
    const timer = setTimeout(stop, this.#readMs);
    let lastTimer: NodeJS.Timeout | undefined;
    const late = new Promise<OnDemandReading>(resolve => {
      lastTimer = setTimeout(
        () =>
          resolve({
            observation: {
              status: 'timeout',
              reason: `Cluster ${name} did not answer within ${
                this.#readMs / 1000
              } s`,
            },
            facts: [],
          }),
        this.#readMs + GRACE_MS,
      );
    });
    try {
      return await Promise.race([
        access.read({
          ...request,
          meter: this.#meterOf?.({ kind: KIND, name }),
          signal: enough.signal,
        }),
        late,
      ]);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return {
        observation: {
          status: 'unknown',
          reason: `Cluster ${name} could not be read: ${message.replaceAll(
            token,
            '***',
          )}`,
        },
        facts: [],
      };
    } finally {
      clearTimeout(timer);
      clearTimeout(lastTimer);
      signal.removeEventListener('abort', stop);
    }
  }
}

function idOf(cluster: string): string {
  return `${KIND}/${cluster}`;
}

function namespacesIn(intent: Intent, cluster: string): string[] {
  const namespaces = intent.environments
    .flatMap(targetsOf)
    .filter(target => target.cluster === cluster)
    .map(({ namespace }) => namespace);
  return [...new Set(namespaces)];
}
