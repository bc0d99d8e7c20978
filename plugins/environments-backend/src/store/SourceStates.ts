import { Observation, SourceState } from '@envmatrix/engine';
import { Knex } from 'knex';

/** A state that did not change is written again only after this, to show when the source answered last. */
const TOUCH_MS = 5_000;

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

/**
 * The state of each source as it was reported last: in the database, and in memory, so that what repeats costs nothing.
 */
export class SourceStates {
  readonly #knex: Knex;
  readonly #states = new Map<string, SourceState>();

  constructor(knex: Knex) {
    this.#knex = knex;
  }

  /** What is stored was true before this process began: whatever its source said then, it is last known now. */
  async begin(now: string): Promise<void> {
    await this.#knex('sources')
      .where({ status: 'observed' })
      .update({
        status: 'stale',
        reason:
          'Last known from before the portal was started again; its source has not been looked at since',
        since: this.#knex.raw('coalesce(last_observed_at, ?)', [now]),
      });
    for (const row of await this.#knex<SourceRow>('sources').select()) {
      this.#states.set(row.id, stateOf(row));
    }
  }

  all(): SourceState[] {
    return [...this.#states.values()];
  }

  get(id: string): SourceState | undefined {
    return this.#states.get(id);
  }

  /** Returns whether the state changed, apart from the time at which the source answered last. */
  async set(
    source: { kind: string; name: string },
    observation: Observation,
    now: string,
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
    this.#states.set(id, state);
    await this.#knex<SourceRow>('sources')
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
    return isChanged;
  }

  async forget(id: string): Promise<void> {
    await this.#knex('sources').where({ id }).delete();
    this.#states.delete(id);
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
