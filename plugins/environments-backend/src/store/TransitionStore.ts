import { HistoryEntry } from '@envmatrix/backstage-plugin-environments-common';
import { Knex } from 'knex';

interface TransitionRow {
  id: number;
  entity_ref: string;
  environment: string;
  at: string;
  what: string;
  previous: number;
  from: string | null;
  to: string | null;
  by: string | null;
  commit: string | null;
  link: string | null;
  pull_request: string | null;
}

export type Transition = Omit<HistoryEntry, 'id'>;

/** The latest transition of each environment and each thing that changes, by `dev version`. */
export type LatestTransitions = ReadonlyMap<string, HistoryEntry>;

/**
 * What changed in the environments of an entity: every step, for as long as the database keeps it.
 */
export class TransitionStore {
  readonly #knex: Knex;

  constructor(knex: Knex) {
    this.#knex = knex;
  }

  /** Follows the ones that were latest; what somebody else has written down meanwhile is not written again. */
  async add(
    entityRef: string,
    transitions: readonly Transition[],
    latest: LatestTransitions,
  ): Promise<void> {
    const rows = transitions.map(transition => {
      const { environment, at, what, from, to, by, commit, link } = transition;
      const { pullRequest } = transition;
      const previous = latest.get(`${environment} ${what}`);
      return {
        entity_ref: entityRef,
        environment,
        at,
        what,
        previous: Number(previous?.id ?? 0),
        from,
        to,
        by,
        commit,
        link,
        pull_request: pullRequest && JSON.stringify(pullRequest),
      };
    });
    await this.#knex('transitions')
      .insert(rows)
      .onConflict(['entity_ref', 'environment', 'what', 'previous'])
      .ignore();
  }

  /** Adds the commits of what was written down without, by id. */
  async learnCommits(commits: ReadonlyMap<string, string>): Promise<void> {
    for (const [id, commit] of commits) {
      await this.#knex<TransitionRow>('transitions')
        .where({ id: Number(id) })
        .whereNull('commit')
        .update({ commit });
    }
  }

  async latest(entityRef: string): Promise<LatestTransitions> {
    const rows = await this.#knex<TransitionRow>('transitions')
      .whereIn('id', this.#latestIds().where({ entity_ref: entityRef }))
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

  /** Removes what is older, but never the latest of its kind: it says since when what is now is. */
  async prune(before: string): Promise<number> {
    return await this.#knex('transitions')
      .where('at', '<', before)
      .whereNotIn('id', this.#latestIds())
      .delete();
  }

  #latestIds(): Knex.QueryBuilder {
    return this.#knex('transitions')
      .groupBy('entity_ref', 'environment', 'what')
      .max('id');
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
    ...(row.pull_request === null
      ? {}
      : { pullRequest: JSON.parse(row.pull_request) }),
  };
}
