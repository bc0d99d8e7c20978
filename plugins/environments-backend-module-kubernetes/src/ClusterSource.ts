import { ClusterFact } from '@envmatrix/engine';
import {
  EnvironmentSource,
  FactKinds,
  SourceContext,
} from '@envmatrix/backstage-plugin-environments-node';
import { z } from 'zod';
import { Backoff } from './Backoff';
import { KubernetesPluginClient } from './KubernetesPluginClient';
import { ClusterRequestError, observationOf } from './errors';
import { EventBatch } from './EventBatch';
import { groupKindOf, WATCHED_KINDS } from './kinds';
import { KindWatcher } from './KindWatcher';

/**
 * Silence of a watch is no sign of trouble, so a small request tells whether the cluster answers. Together with the client's time-out it bounds how
 * long a dead cluster goes unnoticed: below 15 s.
 */
const PROBE_MS = 5_000;

const versionSchema = z.looseObject({
  gitVersion: z.string(),
  major: z.string(),
  minor: z.string(),
});

const groupsSchema = z.looseObject({
  groups: z.array(
    z.looseObject({
      versions: z.array(z.looseObject({ groupVersion: z.string() })),
    }),
  ),
});

/**
 * One cluster, watched through the Kubernetes plugin.
 */
export class ClusterSource implements EnvironmentSource {
  readonly kind = 'kubernetes';
  readonly name: string;
  readonly #client: KubernetesPluginClient;
  readonly #probeMs: number;
  #probeNow: (() => void) | undefined;

  constructor(options: {
    cluster: string;
    client: KubernetesPluginClient;
    probeMs?: number;
  }) {
    this.name = options.cluster;
    this.#client = options.client;
    this.#probeMs = options.probeMs ?? PROBE_MS;
  }

  async run(context: SourceContext): Promise<void> {
    const { sink, logger, signal } = context;
    const backoff = new Backoff({ firstMs: 1_000, maxMs: 30_000 });
    const pace = new Backoff({ firstMs: this.#probeMs, maxMs: this.#probeMs });
    const batch = new EventBatch({
      sink,
      onError: error =>
        logger.error(
          `Facts of cluster ${this.name} were not stored`,
          toError(error),
        ),
    });
    let stored = '';
    let cluster: Omit<ClusterFact, 'unavailable'> | undefined;
    let storing = Promise.resolve();
    const store = () => {
      storing = storing
        .then(async () => {
          const unavailable = watchers.flatMap(({ kind, state }) =>
            state.status === 'absent' || state.status === 'forbidden'
              ? [
                  {
                    kind: groupKindOf(kind),
                    status: state.status,
                    reason: state.reason,
                  },
                ]
              : [],
          );
          const fact =
            cluster &&
            JSON.stringify({ ...cluster, unavailable } satisfies ClusterFact);
          if (fact && fact !== stored) {
            stored = fact;
            await sink.upsert([
              {
                kind: FactKinds.cluster,
                scope: '',
                name: '',
                value: JSON.parse(fact),
                observedAt: new Date().toISOString(),
              },
            ]);
          }
        })
        .catch(error =>
          logger.error(
            `What cluster ${this.name} is was not stored`,
            toError(error),
          ),
        );
    };
    const watchers = WATCHED_KINDS.map(
      kind =>
        new KindWatcher(kind, {
          cluster: this.name,
          client: this.#client,
          sink,
          batch,
          backoff,
          logger,
          onState: () => {
            store();
            // All kinds listed, or one in trouble: the state of the whole may have changed.
            this.#probeNow?.();
          },
        }),
    );
    this.#probeNow = () => pace.wake();
    let troubled = false;
    const probe = async () => {
      while (!signal.aborted) {
        try {
          const version = await this.#client.get(
            this.name,
            '/version',
            versionSchema,
            signal,
          );
          if (
            !cluster ||
            cluster.gitVersion !== version.gitVersion ||
            troubled
          ) {
            cluster = {
              ...versionOf(version),
              groupVersions: await this.#groupVersions(signal),
            };
          }
          if (troubled) {
            troubled = false;
            watchers.forEach(watcher => watcher.reconnect());
            backoff.wake();
          }
          store();
          await this.#report(context, watchers);
        } catch (error) {
          if (signal.aborted) {
            return;
          }
          troubled = true;
          await sink.state(
            error instanceof ClusterRequestError
              ? observationOf(this.name, error.failure)
              : { status: 'unknown', reason: toError(error).message },
          );
        }
        await pace.pause(this.#probeMs, signal);
      }
    };
    try {
      await Promise.all([
        probe(),
        ...watchers.map(watcher => watcher.run(signal)),
      ]);
    } finally {
      this.#probeNow = undefined;
      await batch.flush().catch(() => undefined);
      await storing;
    }
  }

  async refresh(): Promise<void> {
    this.#probeNow?.();
  }

  /** The cluster answers; whether everything about it is known is another question. */
  async #report(
    { sink }: SourceContext,
    watchers: readonly KindWatcher[],
  ): Promise<void> {
    const listing = watchers.filter(({ state }) => state.status === 'listing');
    const failing = watchers.flatMap(({ kind, state }) =>
      state.status === 'failing' ? [{ kind, failure: state.failure }] : [],
    );
    if (listing.length > 0) {
      return; // not everything was looked at yet: what was known before stays as it was
    }
    if (failing.length > 0) {
      const { kind, failure } = failing[0];
      await sink.state({
        status: 'stale',
        reason: `${kind.plural} of cluster ${this.name} are last known: ${failure.message}`,
      });
      return;
    }
    await sink.state({ status: 'observed' });
  }

  async #groupVersions(signal: AbortSignal): Promise<string[]> {
    const { groups } = await this.#client.get(
      this.name,
      '/apis',
      groupsSchema,
      signal,
    );
    return [
      'v1',
      ...groups.flatMap(group =>
        group.versions.map(version => version.groupVersion),
      ),
    ].sort();
  }
}

function versionOf({
  gitVersion,
  major,
  minor,
}: z.infer<typeof versionSchema>) {
  return { gitVersion, version: `${major}.${minor.replace(/\D+$/, '')}` };
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
