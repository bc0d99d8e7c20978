import { setImmediate as breathe } from 'timers/promises';
import { JsonValue } from '@backstage/types';
import {
  Fact,
  FactKey,
  FactKinds,
} from '@envmatrix/backstage-plugin-environments-node';
import { Knex } from 'knex';
import { Changes, Labels } from './Changes';
import { fence, Lease } from './LeaseStore';

/** Databases bound the number of values in one statement. */
const CHUNK = 80;

/** What entities select by labels; everything else is found by where it is. */
const FOUND_BY_LABELS: ReadonlySet<string> = new Set([FactKinds.application]);

/** A fact as it is stored. Its kind says of which type its value is; the source that reported it answers for that. */
export interface StoredFact<T = JsonValue> extends FactKey {
  readonly source: string;
  readonly labels?: Labels;
  readonly value: T;
  readonly observedAt: string;
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

/** Facts of one kind, narrowed as far as is asked for. */
export interface FactQuery {
  readonly kind: string;
  readonly source?: string;
  readonly scopes?: readonly string[];
  readonly names?: readonly string[];
  /** Only facts with this label, of a kind that is found by labels. */
  readonly label?: readonly [key: string, value: string];
  /** Decides by key and labels, before values are read. */
  readonly matches?: (
    fact: FactKey & { source: string; labels: Labels },
  ) => boolean;
}

/** What facts are found in. */
export interface FactReader {
  find<T = JsonValue>(query: FactQuery): Promise<StoredFact<T>[]>;
}

/**
 * What the sources have seen, the latest of each: in the plugin's database, one transaction for what comes together.
 */
export class FactStore implements FactReader {
  readonly #knex: Knex;

  constructor(knex: Knex) {
    this.#knex = knex;
  }

  async replace(
    lease: Lease,
    selection: { kind: string; scope?: string; namePrefix?: string },
    facts: readonly Fact[],
  ): Promise<Changes> {
    const { source } = lease;
    const { kind, scope, namePrefix = '' } = selection;
    const query = this.#knex<FactRow>('facts').where({ source, kind });
    if (scope !== undefined) {
      query.where({ scope });
    }
    if (namePrefix !== '') {
      query.whereRaw("name like ? escape '\\'", [`${escapeLike(namePrefix)}%`]);
    }
    // Not every database distinguishes upper and lower case there.
    const stored = (await query.select()).filter(row =>
      row.name.startsWith(namePrefix),
    );
    const wanted = new Set(facts.map(keyOf));
    const gone = stored.filter(row => !wanted.has(keyOf(row)));
    const changed = changedFacts(facts, stored);
    return await this.#change(lease, gone, changed);
  }

  async upsert(lease: Lease, facts: readonly Fact[]): Promise<Changes> {
    const stored = await this.#read(lease.source, facts);
    return await this.#change(lease, [], changedFacts(facts, stored));
  }

  async remove(lease: Lease, keys: readonly FactKey[]): Promise<Changes> {
    const stored = await this.#read(lease.source, keys);
    return await this.#change(lease, stored, []);
  }

  /** Everything that a source has said. */
  async forget(source: string): Promise<void> {
    await this.#knex('facts').where({ source }).delete();
    await this.#knex('fact_labels').where({ source }).delete();
  }

  async find<T = JsonValue>(query: FactQuery): Promise<StoredFact<T>[]> {
    const { kind, source, scopes, names, label, matches } = query;
    const select = this.#knex<FactRow>('facts').where('facts.kind', kind);
    if (source !== undefined) {
      select.where('facts.source', source);
    }
    if (scopes !== undefined) {
      select.whereIn('facts.scope', [...scopes]);
    }
    if (names !== undefined) {
      select.whereIn('facts.name', [...names]);
    }
    if (label !== undefined) {
      select
        .join('fact_labels', join => {
          for (const column of ['source', 'kind', 'scope', 'name']) {
            join.on(`fact_labels.${column}`, `facts.${column}`);
          }
        })
        .where('fact_labels.label', label.join('='));
    }
    const rows: FactRow[] = await select.select('facts.*');
    return rows
      .filter(
        row =>
          !matches ||
          matches({
            ...keyParts(row),
            source: row.source,
            labels: parseLabels(row.labels) ?? {},
          }),
      )
      .map(row => ({
        source: row.source,
        ...keyParts(row),
        labels: parseLabels(row.labels),
        value: JSON.parse(row.value),
        observedAt: row.observed_at,
      }));
  }

  /** All of it or nothing, and only while the lease holds. */
  async #change(
    lease: Lease,
    gone: readonly FactRow[],
    changed: readonly Fact[],
  ): Promise<Changes> {
    const { source } = lease;
    const facts = [...gone.map(changeOfRow), ...changed.map(changeOfFact)];
    if (facts.length > 0) {
      await this.#knex.transaction(async transaction => {
        await fence(transaction, lease, facts);
        await this.#delete(transaction, source, gone);
        await this.#write(transaction, source, changed);
      });
    }
    return { source, facts };
  }

  async #read(source: string, keys: readonly FactKey[]): Promise<FactRow[]> {
    const rows: FactRow[] = [];
    for await (const chunk of chunks(keys)) {
      rows.push(
        ...(await this.#knex<FactRow>('facts')
          .where({ source })
          .whereIn(['kind', 'scope', 'name'], chunk.map(tupleOf))
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
    for await (const chunk of chunks(facts)) {
      await transaction<FactRow>('facts')
        .insert(
          chunk.map(fact => ({
            source,
            ...keyParts(fact),
            labels: fact.labels ? JSON.stringify(fact.labels) : null,
            value: JSON.stringify(fact.value),
            observed_at: fact.observedAt,
          })),
        )
        .onConflict(['source', 'kind', 'scope', 'name'])
        .merge();
    }
    await this.#writeLabels(
      transaction,
      source,
      facts.filter(({ kind }) => FOUND_BY_LABELS.has(kind)),
    );
  }

  async #writeLabels(
    transaction: Knex.Transaction,
    source: string,
    facts: readonly Fact[],
  ): Promise<void> {
    await deleteFrom(transaction, 'fact_labels', source, facts);
    const rows = facts.flatMap(fact =>
      Object.entries(fact.labels ?? {}).map(([key, value]) => ({
        label: `${key}=${value}`,
        source,
        ...keyParts(fact),
      })),
    );
    for await (const chunk of chunks(rows)) {
      await transaction('fact_labels').insert([...chunk]);
    }
  }

  async #delete(
    transaction: Knex.Transaction,
    source: string,
    keys: readonly FactKey[],
  ): Promise<void> {
    await deleteFrom(transaction, 'facts', source, keys);
    const labelled = keys.filter(({ kind }) => FOUND_BY_LABELS.has(kind));
    await deleteFrom(transaction, 'fact_labels', source, labelled);
  }
}

async function deleteFrom(
  transaction: Knex.Transaction,
  table: 'facts' | 'fact_labels',
  source: string,
  keys: readonly FactKey[],
): Promise<void> {
  for await (const chunk of chunks(keys)) {
    await transaction(table)
      .where({ source })
      .whereIn(['kind', 'scope', 'name'], chunk.map(tupleOf))
      .delete();
  }
}

/** Each once, the last word on it, and only where it is news. */
function changedFacts(
  facts: readonly Fact[],
  stored: readonly FactRow[],
): Fact[] {
  const values = new Map(stored.map(row => [keyOf(row), row.value]));
  const latest = new Map(facts.map(fact => [keyOf(fact), fact]));
  return [...latest.values()].filter(
    fact => values.get(keyOf(fact)) !== JSON.stringify(fact.value),
  );
}

function changeOfFact(fact: Fact): Changes['facts'][number] {
  return { ...keyParts(fact), labels: fact.labels };
}

function changeOfRow(row: FactRow): Changes['facts'][number] {
  return { ...keyParts(row), labels: parseLabels(row.labels) };
}

function keyOf({ kind, scope, name }: FactKey): string {
  return JSON.stringify([kind, scope, name]);
}

function keyParts({ kind, scope, name }: FactKey): FactKey {
  return { kind, scope, name };
}

function tupleOf({ kind, scope, name }: FactKey): string[] {
  return [kind, scope, name];
}

function parseLabels(labels: string | null): Labels | undefined {
  return labels === null ? undefined : JSON.parse(labels);
}

function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}

/**
 * Between two of them, everything else has its turn: SQLite answers at once, so that thousands of facts would be one long turn, in which
 * nobody is answered, and in which no statement that was done with is freed.
 */
async function* chunks<T>(list: readonly T[]): AsyncGenerator<readonly T[]> {
  for (let start = 0; start < list.length; start += CHUNK) {
    if (start > 0) {
      await breathe();
    }
    yield list.slice(start, start + CHUNK);
  }
}
