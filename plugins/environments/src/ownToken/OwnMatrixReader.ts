import { EnvironmentsApi } from '@envmatrix/backstage-plugin-environments-common';
import { Matrix, SourceState, UserTokenNeed } from '@envmatrix/engine';
import { ClusterTokens } from './ClusterTokens';

/** Between two looks with the person's own tokens. */
export const OWN_POLL_MS = 30_000;

/** Between two looks when the matrix that everybody sees has changed in between. */
export const OWN_GAP_MS = 5_000;

/** The backend reads for 15 seconds at most; one that takes longer than this does not answer. */
export const OWN_TIMEOUT_MS = 20_000;

/** A cluster that is read with the person's own token, and how that stands. */
export interface OwnCluster {
  readonly name: string;
  /**
   * `checking`: whether they are signed in; `signed-out`: a click is needed; `reading`: for the first time; `refused`: the cluster wants another
   * token; `failing`: it was asked, and shows nothing.
   */
  readonly status:
    | 'impossible'
    | 'checking'
    | 'signed-out'
    | 'reading'
    | 'read'
    | 'refused'
    | 'failing';
  readonly reason?: string;
}

export interface OwnState {
  readonly clusters: readonly OwnCluster[];
  /** The matrix with what these clusters show to this person, while it is not older than the one that everybody sees. */
  readonly matrix?: Matrix;
  /** Milliseconds since the epoch. */
  readonly readAt?: number;
  readonly isReading: boolean;
  /** Why the last look as a whole came to nothing. */
  readonly error?: unknown;
}

export const NO_OWN_CLUSTERS: OwnState = { clusters: [], isReading: false };

interface Needed {
  readonly name: string;
  readonly need: UserTokenNeed;
}

/**
 * Reads the clusters that need the person's own token, while the page is looked at: at once where they are signed in, after a click where they would
 * have to sign in.
 */
export class OwnMatrixReader {
  readonly #api: EnvironmentsApi;
  readonly #entityRef: string;
  readonly #tokens: ClusterTokens;
  readonly #onChange: (state: OwnState) => void;
  readonly #stopped = new AbortController();
  #needed: readonly Needed[] = [];
  #state: OwnState = NO_OWN_CLUSTERS;
  /** The matrix that everybody sees, and the one of these that the last look was laid over. */
  #stored: Matrix | undefined;
  #base: Matrix | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #lookedAt = -Infinity;
  #lookAgain = false;
  #isVisible = true;

  constructor(options: {
    api: EnvironmentsApi;
    entityRef: string;
    tokens: ClusterTokens;
    onChange: (state: OwnState) => void;
  }) {
    this.#api = options.api;
    this.#entityRef = options.entityRef;
    this.#tokens = options.tokens;
    this.#onChange = options.onChange;
  }

  /** What everybody sees now. */
  update(stored: Matrix | undefined): void {
    if (stored === this.#stored) {
      return;
    }
    this.#stored = stored;
    this.#needed = (stored?.sources ?? []).flatMap(
      ({ kind, name, needsUserToken: need }) =>
        kind === 'kubernetes' && need ? [{ name, need }] : [],
    );
    const before = this.#state.clusters;
    const status = this.#tokens.isPossible ? 'checking' : 'impossible';
    const clusters = this.#needed.map(
      ({ name }): OwnCluster =>
        before.find(cluster => cluster.name === name) ?? { name, status },
    );
    const { matrix, ...rest } = this.#state;
    this.#publish({
      ...rest,
      clusters,
      // It is read again soon, or it is from before.
      ...(matrix && clusters.some(isRead) ? { matrix } : {}),
    });
    this.#plan();
  }

  /** Reads a cluster after a click, with a sign-in where that is needed. */
  async read(name: string): Promise<void> {
    const needed = this.#needed.find(cluster => cluster.name === name);
    if (!needed) {
      return;
    }
    this.#set(name, { status: 'reading' });
    try {
      const token = await this.#tokens.ask(needed.need);
      if (!token) {
        throw new Error('There is no token for it');
      }
      this.look();
    } catch (error) {
      this.#set(name, {
        status: 'signed-out',
        reason: error instanceof Error ? error.message : String(error),
      });
    }
  }

  /** Looks at once. */
  look(): void {
    this.#lookedAt = -Infinity;
    this.#set(cluster => cluster.status === 'failing', { status: 'reading' });
    this.#plan();
  }

  setVisible(isVisible: boolean): void {
    this.#isVisible = isVisible;
    this.#plan();
  }

  stop(): void {
    this.#stopped.abort();
    clearTimeout(this.#timer);
  }

  /** When it is time, and somebody looks at it. */
  #plan(): void {
    clearTimeout(this.#timer);
    const { clusters, isReading } = this.#state;
    if (
      this.#stopped.signal.aborted ||
      !this.#isVisible ||
      !clusters.some(isRead)
    ) {
      return;
    }
    if (isReading) {
      this.#lookAgain = this.#lookAgain || this.#lookedAt === -Infinity;
      return;
    }
    const gap = this.#stored === this.#base ? OWN_POLL_MS : OWN_GAP_MS;
    const dueIn = Math.max(0, this.#lookedAt + gap - Date.now());
    this.#timer = setTimeout(() => this.#look(), dueIn);
  }

  async #look(): Promise<void> {
    this.#lookedAt = Date.now();
    const stored = this.#stored;
    this.#publish({ ...this.#state, isReading: true });
    try {
      const clusters = await this.#gather();
      if (clusters.length > 0) {
        this.#take(await this.#ask(clusters), stored);
      } else {
        this.#publish({ clusters: this.#state.clusters, isReading: true });
      }
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#publish({ ...this.#state, isReading: false });
      if (this.#lookAgain) {
        this.#lookAgain = false;
        this.#lookedAt = -Infinity;
      }
      this.#plan();
    }
  }

  /** The tokens that are there without asking; who has none is asked for a click. */
  async #gather(): Promise<{ name: string; token: string }[]> {
    const asked = this.#needed.filter(({ name }) =>
      this.#state.clusters.some(
        cluster => cluster.name === name && isRead(cluster),
      ),
    );
    const tokens = await Promise.all(
      asked.map(async ({ name, need }) => ({
        name,
        token: await this.#tokens.silently(need).catch(() => undefined),
      })),
    );
    return tokens.flatMap(({ name, token }) => {
      if (!token) {
        this.#set(name, { status: 'signed-out' });
        return [];
      }
      this.#set(
        cluster => cluster.name === name && cluster.status === 'checking',
        { status: 'reading' },
      );
      return [{ name, token }];
    });
  }

  async #ask(clusters: readonly { name: string; token: string }[]) {
    const timeout = new AbortController();
    const abort = () => timeout.abort();
    const timer = setTimeout(abort, OWN_TIMEOUT_MS);
    this.#stopped.signal.addEventListener('abort', abort);
    try {
      return await this.#api.getLiveMatrix({
        entityRef: this.#entityRef,
        clusters,
        signal: timeout.signal,
      });
    } finally {
      clearTimeout(timer);
      this.#stopped.signal.removeEventListener('abort', abort);
    }
  }

  #take(matrix: Matrix, stored: Matrix | undefined): void {
    this.#base = stored;
    const clusters = this.#state.clusters.map(cluster => {
      const source = matrix.sources.find(
        ({ kind, name }) => kind === 'kubernetes' && name === cluster.name,
      );
      return isRead(cluster) ? clusterOf(cluster, source) : cluster;
    });
    for (const { name, need } of this.#needed) {
      if (
        clusters.some(each => each.name === name && each.status === 'refused')
      ) {
        this.#tokens.forget(need);
      }
    }
    this.#publish({ clusters, matrix, readAt: Date.now(), isReading: true });
  }

  /** What was seen stays as long as it is not older than what everybody sees. */
  #fail(error: unknown): void {
    const { matrix, ...rest } = this.#state;
    this.#publish({
      ...rest,
      ...(this.#base === this.#stored && matrix ? { matrix } : {}),
      clusters: this.#state.clusters.map(cluster =>
        cluster.status === 'reading' || cluster.status === 'checking'
          ? { name: cluster.name, status: 'failing' }
          : cluster,
      ),
      error,
    });
  }

  #set(
    which: string | ((cluster: OwnCluster) => boolean),
    change: Omit<OwnCluster, 'name'>,
  ): void {
    const isMeant =
      typeof which === 'string'
        ? (cluster: OwnCluster) => cluster.name === which
        : which;
    this.#publish({
      ...this.#state,
      clusters: this.#state.clusters.map(cluster =>
        isMeant(cluster) ? { name: cluster.name, ...change } : cluster,
      ),
    });
  }

  #publish(state: OwnState): void {
    if (!this.#stopped.signal.aborted) {
      this.#state = state;
      this.#onChange(state);
    }
  }
}

/** Whether it is asked from time to time, and needs no click first. */
function isRead({ status }: OwnCluster): boolean {
  return (
    status !== 'impossible' && status !== 'signed-out' && status !== 'refused'
  );
}

function clusterOf(
  { name, status }: OwnCluster,
  source: SourceState | undefined,
): OwnCluster {
  if (!source) {
    return { name, status };
  }
  if (source.status === 'observed') {
    return { name, status: 'read' };
  }
  return {
    name,
    status: source.needsUserToken?.isRefused ? 'refused' : 'failing',
    ...(source.reason === undefined ? {} : { reason: source.reason }),
  };
}
