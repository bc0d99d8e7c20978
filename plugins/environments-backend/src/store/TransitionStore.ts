import { HistoryEntry } from '@envmatrix/backstage-plugin-environments-common';
import { Knex } from 'knex';

interface TransitionRow {
  id: number;
  entity_ref: string;
  environment: string;
  at: string;
  what: string;
  from: string | null;
  to: string | null;
  by: string | null;
  commit: string | null;
  link: string | null;
}

export type Transition = Omit<HistoryEntry, 'id'>;

/**
 * What changed in the environments of an entity: every step, for as long as the database keeps it.
 */
export class TransitionStore {
  readonly #knex: Knex;

  constructor(knex: Knex) {
    this.#knex = knex;
  }

  async add(entityRef: string, transition: Transition): Promise<void> {
    const { environment, at, what, from, to, by, commit, link } = transition;
    await this.#knex('transitions').insert({
      entity_ref: entityRef,
      environment,
      at,
      what,
      from,
      to,
      by,
      commit,
      link,
    });
  }

  /** The latest transition of each environment and each thing that changes: `dev version`. */
  async latest(entityRef: string): Promise<ReadonlyMap<string, Transition>> {
    const ids = this.#knex('transitions')
      .where({ entity_ref: entityRef })
      .groupBy('environment', 'what')
      .max('id');
    const rows = await this.#knex<TransitionRow>('transitions')
      .whereIn('id', ids)
      .select();
    return new Map(
      rows.map(row => [`${row.environment} ${row.what}`, entryOf(row)]),
    );
  }

  /** Newest first. */
  async list(
    entityRef: string,
    options: { environment?: string; before?: string; limit: number },
  ): Promise<{ items: HistoryEntry[]; nextBefore?: string }> {
    const query = this.#knex<TransitionRow>('transitions')
      .where({ entity_ref: entityRef })
      .orderBy('id', 'desc')
      .limit(options.limit + 1);
    if (options.environment !== undefined) {
      query.where({ environment: options.environment });
    }
    if (options.before !== undefined) {
      query.where('id', '<', Number(options.before));
    }
    const rows = await query.select();
    const items = rows.slice(0, options.limit).map(entryOf);
    return {
      items,
      ...(rows.length > options.limit
        ? { nextBefore: items[items.length - 1].id }
        : {}),
    };
  }
}

function entryOf(row: TransitionRow): HistoryEntry {
  return {
    id: String(row.id),
    environment: row.environment,
    at: row.at,
    what: row.what,
    ...(row.from === null ? {} : { from: row.from }),
    ...(row.to === null ? {} : { to: row.to }),
    ...(row.by === null ? {} : { by: row.by }),
    ...(row.commit === null ? {} : { commit: row.commit }),
    ...(row.link === null ? {} : { link: row.link }),
  };
}
