import { Observation, SourceState } from '@envmatrix/engine';
import { Knex } from 'knex';
import { holdLease, Lease } from './LeaseStore';

/** A state that did not change is written again only after this, to show when the source answered last. */
const TOUCH_MS = 5_000;

const LAST_KNOWN =
  'Last known from before the portal was started again; its source has not been looked at since';

interface SourceRow {
  id: string;
  kind: string;
  name: string;
  status: Observation['status'];
  reason: string | null;
  since: string | null;
  last_observed_at: string | null;
}

/** How a source is called wherever it is one word: `kubernetes/nonprod`. */
export function idOf(source: { kind: string; name: string }): string {
  return `${source.kind}/${source.name}`;
}

/** What the states of sources are looked up in. */
export interface StateReader {
  get(id: string): SourceState | undefined;
}

/**
 * The state of each source as it was reported last: in the database, and in memory, so that what repeats costs nothing.
 */
export class SourceStates implements StateReader {
  readonly #knex: Knex;
  readonly #states = new Map<string, SourceState>();
  /** When each source had answered last, as this process began. */
  readonly #begun = new Map<string, string | null>();

  constructor(knex: Knex) {
    this.#knex = knex;
  }

  /** What is stored was true before this process began: whatever its source said then, it is last known until somebody says it again. */
  async begin(now: string): Promise<void> {
    for (const row of await this.#rows()) {
      const state = stateOf(row);
      this.#begun.set(row.id, row.last_observed_at);
      this.#states.set(
        row.id,
        state.status === 'observed'
          ? {
              ...state,
              status: 'stale',
              reason: LAST_KNOWN,
              since: state.lastObservedAt ?? now,
            }
          : state,
      );
    }
  }

  /** What other replicas have written down of the sources that they watch; returns the ids of those whose state changed. */
  async adopt(options: {
    isOwn: (id: string) => boolean;
    /** Whether the replica that watches the source is known to be there. */
    isAlive: (id: string) => boolean;
  }): Promise<string[]> {
    const { isOwn, isAlive } = options;
    const rows = await this.#rows();
    const known = new Set(rows.map(({ id }) => id));
    const changed: string[] = [];
    for (const row of rows.filter(({ id }) => !isOwn(id))) {
      const isFromBefore =
        row.status === 'observed' &&
        !isAlive(row.id) &&
        this.#begun.get(row.id) === row.last_observed_at;
      const before = this.#states.get(row.id);
      if (!(isFromBefore && before)) {
        const state = stateOf(row);
        this.#states.set(row.id, state);
        if (before?.status !== state.status || before.reason !== state.reason) {
          changed.push(row.id);
        }
      }
    }
    for (const id of this.#states.keys()) {
      if (!known.has(id) && !isOwn(id)) {
        this.#states.delete(id);
        changed.push(id);
      }
    }
    return changed;
  }

  all(): SourceState[] {
    return [...this.#states.values()];
  }

  get(id: string): SourceState | undefined {
    return this.#states.get(id);
  }

  /** Returns whether the state changed, apart from the time at which the source answered last. With a lease, only while that holds. */
  async set(
    source: { kind: string; name: string },
    observation: Observation,
    now: string,
    lease?: Lease,
  ): Promise<boolean> {
    const id = idOf(source);
    const before = this.#states.get(id);
    const isChanged =
      before?.status !== observation.status ||
      before?.reason !== observation.reason;
    const lastObservedAt =
      observation.status === 'observed' ? now : before?.lastObservedAt;
    const state: SourceState = {
      kind: source.kind,
      name: source.name,
      status: observation.status,
      since:
        observation.since ??
        (before?.status === observation.status ? before.since : undefined) ??
        now,
      ...(observation.reason === undefined
        ? {}
        : { reason: observation.reason }),
      ...(lastObservedAt === undefined ? {} : { lastObservedAt }),
    };
    const age =
      before?.lastObservedAt === undefined
        ? Infinity
        : Date.parse(now) - Date.parse(before.lastObservedAt);
    const isTouch =
      lastObservedAt !== before?.lastObservedAt && age >= TOUCH_MS;
    if (!isChanged && !isTouch) {
      return false;
    }
    await this.#knex.transaction(async transaction => {
      if (lease) {
        await holdLease(transaction, lease);
      }
      await transaction<SourceRow>('sources')
        .insert({
          id,
          kind: state.kind,
          name: state.name,
          status: state.status,
          reason: state.reason ?? null,
          since: state.since ?? null,
          last_observed_at: state.lastObservedAt ?? null,
        })
        .onConflict('id')
        .merge();
    });
    this.#states.set(id, state);
    return isChanged;
  }

  async forget(id: string): Promise<void> {
    await this.#knex('sources').where({ id }).delete();
    this.#states.delete(id);
  }

  async #rows(): Promise<SourceRow[]> {
    return await this.#knex<SourceRow>('sources').select();
  }
}

function stateOf(row: SourceRow): SourceState {
  return {
    kind: row.kind,
    name: row.name,
    status: row.status,
    ...(row.reason === null ? {} : { reason: row.reason }),
    ...(row.since === null ? {} : { since: row.since }),
    ...(row.last_observed_at === null
      ? {}
      : { lastObservedAt: row.last_observed_at }),
  };
}
