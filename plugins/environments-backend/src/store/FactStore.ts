import { Observation, SourceState } from '@envmatrix/engine';
import { Fact, FactKey } from '@envmatrix/backstage-plugin-environments-node';
import { Knex } from 'knex';

/** Databases bound the number of values in one statement. */
const CHUNK = 80;

/** A state that did not change is written again only after this, to show when the source answered last. */
const TOUCH_MS = 5_000;

/** A fact as it is stored, with the source that has seen it. */
export interface StoredFact extends Fact {
  readonly source: string;
}

/** Facts whose value really changed. */
export interface Changes {
  readonly source: string;
  readonly facts: readonly (FactKey & {
    readonly labels?: Readonly<Record<string, string>>;
  })[];
}

interface FactRow {
  source: string;
  kind: string;
  scope: string;
  name: string;
  labels: string | null;
  value: string;
  observed_at: string;
}

interface SourceRow {
  id: string;
  kind: string;
  name: string;
  status: Observation['status'];
  reason: string | null;
  since: string | null;
  last_observed_at: string | null;
}

/**
 * Facts and the states of their sources, in the plugin's database.
 */
export class FactStore {
  readonly #knex: Knex;
  /** States as they were written last, so that what repeats costs nothing. */
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

  states(): SourceState[] {
    return [...this.#states.values()];
  }

  state(source: string): SourceState | undefined {
    return this.#states.get(source);
  }

  /** Returns whether the state changed, apart from the time. */
  async setState(
    source: { kind: string; name: string },
    observation: Observation,
    now: string,
  ): Promise<boolean> {
    const id = idOf(source);
    const before = this.#states.get(id);
    const changed =
      before?.status !== observation.status ||
      before?.reason !== observation.reason;
    const lastObservedAt =
      observation.status === 'observed' ? now : before?.lastObservedAt;
    const since =
      before?.status === observation.status ? before.since ?? now : now;
    const state: SourceState = {
      kind: source.kind,
      name: source.name,
      status: observation.status,
      since,
      ...(observation.reason === undefined
        ? {}
        : { reason: observation.reason }),
      ...(lastObservedAt === undefined ? {} : { lastObservedAt }),
    };
    const isFresh =
      before?.lastObservedAt !== undefined &&
      Date.parse(now) - Date.parse(before.lastObservedAt) < TOUCH_MS;
    if (!changed && (isFresh || lastObservedAt === before?.lastObservedAt)) {
      return false;
    }
    this.#states.set(id, state);
    await this.#knex<SourceRow>('sources')
      .insert({
        id,
        kind: source.kind,
        name: source.name,
        status: state.status,
        reason: state.reason ?? null,
        since,
        last_observed_at: lastObservedAt ?? null,
      })
      .onConflict('id')
      .merge();
    return changed;
  }

  /** A source that is configured no longer says nothing any more. */
  async forgetSource(source: { kind: string; name: string }): Promise<void> {
    const id = idOf(source);
    await this.#knex('facts').where({ source: id }).delete();
    await this.#knex('sources').where({ id }).delete();
    this.#states.delete(id);
  }

  async replace(
    source: string,
    selection: { kind: string; scope?: string; namePrefix?: string },
    facts: readonly Fact[],
  ): Promise<Changes> {
    const query = this.#knex<FactRow>('facts').where({
      source,
      kind: selection.kind,
    });
    if (selection.scope !== undefined) {
      query.where({ scope: selection.scope });
    }
    const stored = (await query.select()).filter(row =>
      row.name.startsWith(selection.namePrefix ?? ''),
    );
    const wanted = new Set(facts.map(keyOf));
    const gone = stored.filter(row => !wanted.has(keyOf(row)));
    const changed = changedFacts(facts, stored);
    await this.#knex.transaction(async transaction => {
      await this.#delete(transaction, source, gone);
      await this.#write(transaction, source, changed);
    });
    return {
      source,
      facts: [
        ...gone.map(row => ({
          ...keyParts(row),
          labels: parseLabels(row.labels),
        })),
        ...changed.map(fact => ({ ...keyParts(fact), labels: fact.labels })),
      ],
    };
  }

  async upsert(source: string, facts: readonly Fact[]): Promise<Changes> {
    const stored = await this.#read(source, facts);
    const changed = changedFacts(facts, stored);
    await this.#knex.transaction(transaction =>
      this.#write(transaction, source, changed),
    );
    return {
      source,
      facts: changed.map(fact => ({ ...keyParts(fact), labels: fact.labels })),
    };
  }

  async remove(source: string, keys: readonly FactKey[]): Promise<Changes> {
    const stored = await this.#read(source, keys);
    await this.#knex.transaction(transaction =>
      this.#delete(transaction, source, stored),
    );
    return {
      source,
      facts: stored.map(row => ({
        ...keyParts(row),
        labels: parseLabels(row.labels),
      })),
    };
  }

  /** Facts of one kind; of some scopes, or of one source, where given. */
  async find(query: {
    kind: string;
    source?: string;
    scopes?: readonly string[];
    names?: readonly string[];
  }): Promise<StoredFact[]> {
    const select = this.#knex<FactRow>('facts').where({ kind: query.kind });
    if (query.source !== undefined) {
      select.where({ source: query.source });
    }
    if (query.scopes !== undefined) {
      select.whereIn('scope', [...query.scopes]);
    }
    if (query.names !== undefined) {
      select.whereIn('name', [...query.names]);
    }
    return (await select.select()).map(factOf);
  }

  async #read(source: string, keys: readonly FactKey[]): Promise<FactRow[]> {
    const rows: FactRow[] = [];
    for (let start = 0; start < keys.length; start += CHUNK) {
      const chunk = keys.slice(start, start + CHUNK);
      rows.push(
        ...(await this.#knex<FactRow>('facts')
          .where({ source })
          .whereIn(
            ['kind', 'scope', 'name'],
            chunk.map(({ kind, scope, name }) => [kind, scope, name]),
          )
          .select()),
      );
    }
    return rows;
  }

  async #write(
    transaction: Knex.Transaction,
    source: string,
    facts: readonly Fact[],
  ): Promise<void> {
    const rows = facts.map(
      (fact): FactRow => ({
        source,
        ...keyParts(fact),
        labels: fact.labels ? JSON.stringify(fact.labels) : null,
        value: JSON.stringify(fact.value),
        observed_at: fact.observedAt,
      }),
    );
    for (let start = 0; start < rows.length; start += CHUNK) {
      await transaction<FactRow>('facts')
        .insert(rows.slice(start, start + CHUNK))
        .onConflict(['source', 'kind', 'scope', 'name'])
        .merge();
    }
  }

  async #delete(
    transaction: Knex.Transaction,
    source: string,
    keys: readonly FactKey[],
  ): Promise<void> {
    for (let start = 0; start < keys.length; start += CHUNK) {
      await transaction('facts')
        .where({ source })
        .whereIn(
          ['kind', 'scope', 'name'],
          keys
            .slice(start, start + CHUNK)
            .map(({ kind, scope, name }) => [kind, scope, name]),
        )
        .delete();
    }
  }
}

export function idOf(source: { kind: string; name: string }): string {
  return `${source.kind}/${source.name}`;
}

function changedFacts(
  facts: readonly Fact[],
  stored: readonly FactRow[],
): Fact[] {
  const values = new Map(stored.map(row => [keyOf(row), row.value]));
  return facts.filter(
    fact => values.get(keyOf(fact)) !== JSON.stringify(fact.value),
  );
}

function keyOf({ kind, scope, name }: FactKey): string {
  return `${kind}\0${scope}\0${name}`;
}

function keyParts({ kind, scope, name }: FactKey): FactKey {
  return { kind, scope, name };
}

function factOf(row: FactRow): StoredFact {
  return {
    source: row.source,
    ...keyParts(row),
    labels: parseLabels(row.labels),
    value: JSON.parse(row.value),
    observedAt: row.observed_at,
  };
}

function parseLabels(
  labels: string | null,
): Record<string, string> | undefined {
  return labels === null ? undefined : JSON.parse(labels);
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
