import { ClusterFact, KubernetesObject } from '@envmatrix/engine';
import {
  Fact,
  FactKinds,
  OnDemandReading,
} from '@envmatrix/backstage-plugin-environments-node';
import pLimit from 'p-limit';
import { z } from 'zod';
import { ClusterVersion, readVersion } from './describeCluster';
import { Discovery, Found } from './Discovery';
import { ClusterFailure, ClusterRequestError } from './errors';
import {
  groupKindOf,
  groupPathOf,
  NAMESPACE,
  NAMESPACED_KINDS,
  WatchedKind,
} from './kinds';
import { KubernetesPluginClient } from './KubernetesPluginClient';
import { objectFact, reduceObject } from './reduce';
import { TIMING } from './timing';
import { isRefusal, viewerObservation } from './viewerObservation';

/** Requests at a time. */
const AT_ONCE = 4;

type Unavailable = ClusterFact['unavailable'][number];

/** What came of one kind in one namespace. */
type Answer =
  | {
      readonly objects: readonly KubernetesObject[];
      readonly kind: WatchedKind;
    }
  | { readonly failure: ClusterFailure; readonly unavailable: Unavailable }
  | { readonly absent: Unavailable };

interface Options {
  readonly cluster: string;
  /** In the name of the person who looks. */
  readonly client: KubernetesPluginClient;
  readonly namespaces: readonly string[];
  readonly signal: AbortSignal;
}

/**
 * One look at some namespaces of a cluster, in the name of somebody who looks at a page: lists without watches. One small question goes first, so
 * that a cluster that hangs is asked no more than that.
 */
export class ViewerReading {
  readonly #options: Options;
  readonly #discovery: Discovery;

  constructor(options: Options) {
    const { client, cluster, signal } = options;
    this.#options = options;
    this.#discovery = new Discovery({
      client,
      cluster,
      signal,
      timeoutMs: TIMING.requestTimeoutMs,
      rememberMs: TIMING.discoveryMs,
    });
  }

  async read(): Promise<OnDemandReading> {
    let version: ClusterVersion;
    try {
      version = await this.#version();
    } catch (error) {
      return this.#failed(this.#failureOf(error));
    }
    const limit = pLimit(AT_ONCE);
    const { namespaces } = this.#options;
    const questions = namespaces.flatMap(namespace =>
      [NAMESPACE, ...NAMESPACED_KINDS].map(kind => ({ kind, namespace })),
    );
    const answers = await Promise.all(
      questions.map(({ kind, namespace }) =>
        limit(() => this.#ask(kind, namespace)),
      ),
    );
    const failures = answers.flatMap(answer =>
      'failure' in answer ? [answer.failure] : [],
    );
    const refusal = failures.find(isRefusal);
    if (refusal) {
      return this.#failed(refusal);
    }
    if (!answers.some(answer => 'objects' in answer)) {
      return this.#failed(failures[0]);
    }
    return {
      observation: { status: 'observed' },
      facts: await this.#facts(version, answers),
    };
  }

  async #facts(
    version: ClusterVersion,
    answers: readonly Answer[],
  ): Promise<Fact[]> {
    const observedAt = new Date().toISOString();
    const description: ClusterFact = {
      ...version,
      groupVersions: (await this.#groupVersions()) ?? [],
      unavailable: answers.flatMap(answer => {
        if ('objects' in answer) {
          return [];
        }
        return ['absent' in answer ? answer.absent : answer.unavailable];
      }),
    };
    return [
      {
        kind: FactKinds.cluster,
        scope: '',
        name: '',
        value: JSON.parse(JSON.stringify(description)),
        observedAt,
      },
      ...answers.flatMap(answer =>
        'objects' in answer
          ? answer.objects.map(object =>
              objectFact(answer.kind, object, observedAt),
            )
          : [],
      ),
    ];
  }

  /** Who may not know the version may be let in all the same. */
  async #version(): Promise<ClusterVersion> {
    const { client, cluster, signal } = this.#options;
    try {
      return await readVersion(client, cluster, { signal });
    } catch (error) {
      const failure = this.#failureOf(error);
      if (failure.kind === 'status' && failure.code === 403) {
        return { gitVersion: '', version: '' };
      }
      throw error;
    }
  }

  async #groupVersions(): Promise<readonly string[] | undefined> {
    try {
      return await this.#discovery.groupVersions();
    } catch {
      return undefined; // the kinds that depend on it say what is wrong
    }
  }

  async #ask(kind: WatchedKind, namespace: string): Promise<Answer> {
    const { cluster } = this.#options;
    const name = groupKindOf(kind);
    try {
      const found: Found = kind.isCustom
        ? await this.#discovery.find(kind)
        : { status: 'served', version: kind.version };
      if (found.status === 'absent') {
        return {
          absent: {
            kind: name,
            namespace,
            status: 'absent',
            reason: `Cluster ${cluster} does not serve ${kind.plural}`,
          },
        };
      }
      const served =
        found.status === 'served' ? { ...kind, version: found.version } : kind;
      return {
        kind: served,
        objects:
          kind === NAMESPACE
            ? await this.#namespace(namespace)
            : await this.#list(served, namespace),
      };
    } catch (error) {
      const failure = this.#failureOf(error);
      const what =
        kind === NAMESPACE
          ? `namespace ${namespace}`
          : `${kind.plural} in namespace ${namespace}`;
      return {
        failure,
        unavailable: {
          kind: name,
          namespace,
          ...viewerObservation(cluster, failure, what),
        },
      };
    }
  }

  async #list(
    kind: WatchedKind,
    namespace: string,
  ): Promise<readonly KubernetesObject[]> {
    const { client, cluster, signal } = this.#options;
    signal.throwIfAborted();
    const { items } = await client.list(
      cluster,
      `${groupPathOf(kind)}/namespaces/${encodeURIComponent(namespace)}/${
        kind.plural
      }`,
      { signal, read: item => reduceObject(kind, item) },
    );
    return items;
  }

  /** By its name: hardly anybody may list them all. */
  async #namespace(name: string): Promise<readonly KubernetesObject[]> {
    const { client, cluster, signal } = this.#options;
    signal.throwIfAborted();
    const path = `${groupPathOf(NAMESPACE)}/${
      NAMESPACE.plural
    }/${encodeURIComponent(name)}`;
    try {
      const object = await client.get(cluster, path, z.unknown(), { signal });
      return [reduceObject(NAMESPACE, object)].flatMap(found => found ?? []);
    } catch (error) {
      const failure = this.#failureOf(error);
      if (failure.kind === 'status' && failure.code === 404) {
        return [];
      }
      throw error;
    }
  }

  #failed(failure: ClusterFailure): OnDemandReading {
    const { cluster, namespaces } = this.#options;
    const what =
      failure.kind === 'status' && failure.code === 403
        ? `anything in ${namespaces.join(', ')}`
        : undefined;
    return {
      observation: viewerObservation(cluster, failure, what),
      ...(isRefusal(failure) ? { isTokenRefused: true } : {}),
      facts: [],
    };
  }

  #failureOf(error: unknown): ClusterFailure {
    const { cluster, signal } = this.#options;
    if (error instanceof ClusterRequestError) {
      return error.failure;
    }
    return signal.aborted
      ? {
          kind: 'timeout',
          message: `Cluster ${cluster} did not answer in time`,
        }
      : {
          kind: 'unreachable',
          message: `Cluster ${cluster} could not be asked: ${
            error instanceof Error ? error.message : String(error)
          }`,
        };
  }
}
