import { randomUUID } from 'crypto';
import { ConflictError } from '@backstage/errors';
import { Knex } from 'knex';
import { Changes } from './Changes';

/** The right to watch a source and to write what it says, until another holder has a greater token. */
export interface Lease {
  readonly source: string;
  readonly token: number;
}

/** A lease as it stands in the database. */
export interface LeaseRow {
  readonly source: string;
  readonly holder: string | null;
  readonly token: number;
  readonly beat: number;
  readonly version: number;
}

/** More facts than this are not named one by one. */
const NAMED_FACTS = 200;

/** So many changes of a source are kept for replicas that are behind. */
const KEPT_CHANGES = 100;

interface ChangeRow {
  source: string;
  version: number;
  facts: string | null;
}

interface LookRow {
  id: string;
  source: string;
  entity_ref: string;
}

/**
 * Leases on sources, and what replicas have to tell each other about them.
 */
export class LeaseStore {
  readonly #knex: Knex;

  constructor(knex: Knex) {
    this.#knex = knex;
  }

  async all(): Promise<LeaseRow[]> {
    return await this.#knex<LeaseRow>('leases').select();
  }

  /** The first lease on a source; undefined when somebody else was faster. */
  async create(source: string, holder: string): Promise<Lease | undefined> {
    await this.#knex<LeaseRow>('leases')
      .insert({ source, holder: null, token: 0, beat: 0, version: 0 })
      .onConflict('source')
      .ignore();
    const row = await this.#knex<LeaseRow>('leases').where({ source }).first();
    return row && row.holder === null
      ? await this.take(row, holder)
      : undefined;
  }

  /** Takes a lease that stands as it was seen; undefined when it does not any more. */
  async take(
    { source, token, beat }: LeaseRow,
    holder: string,
  ): Promise<Lease | undefined> {
    const taken = await this.#knex<LeaseRow>('leases')
      .where({ source, token, beat })
      .update({ holder, token: token + 1, beat: beat + 1 });
    return taken === 1 ? { source, token: token + 1 } : undefined;
  }

  /** Tells that the holder lives; returns whether it still is the holder. */
  async renew({ source, token }: Lease): Promise<boolean> {
    const renewed = await this.#knex<LeaseRow>('leases')
      .where({ source, token })
      .increment('beat', 1);
    return renewed === 1;
  }

  /** Another may take it at once. */
  async release({ source, token }: Lease): Promise<void> {
    await this.#knex<LeaseRow>('leases')
      .where({ source, token })
      .update({ holder: null });
  }

  /** Who waits for the holder of a source to look at an entity again. */
  async ask(source: string, entityRef: string): Promise<string> {
    const id = randomUUID();
    await this.#knex<LookRow>('looks').insert({
      id,
      source,
      entity_ref: entityRef,
    });
    return id;
  }

  async isAnswered(id: string): Promise<boolean> {
    return !(await this.#knex<LookRow>('looks').where({ id }).first());
  }

  /** Takes away what is answered, or what nobody waits for any more. */
  async answer(ids: readonly string[]): Promise<void> {
    await this.#knex<LookRow>('looks')
      .whereIn('id', [...ids])
      .delete();
  }

  async asked(
    sources: readonly string[],
  ): Promise<{ id: string; source: string; entityRef: string }[]> {
    const rows = await this.#knex<LookRow>('looks').whereIn('source', [
      ...sources,
    ]);
    return rows.map(row => ({
      id: row.id,
      source: row.source,
      entityRef: row.entity_ref,
    }));
  }

  /** What changed after a version; undefined when that is not known any more, or too much. */
  async changesAfter(
    source: string,
    version: number,
    until: number,
  ): Promise<Changes['facts'] | undefined> {
    const rows = await this.#knex<ChangeRow>('changes')
      .where({ source })
      .andWhere('version', '>', version)
      .andWhere('version', '<=', until);
    if (rows.length < until - version) {
      return undefined;
    }
    const facts: Changes['facts'][number][] = [];
    for (const row of rows) {
      if (row.facts === null) {
        return undefined;
      }
      facts.push(...JSON.parse(row.facts));
    }
    return facts;
  }
}

/**
 * The fence before every write, in its own transaction: refuses a holder that was overtaken, keeps a successor waiting until the
 * write is through, and tells the other replicas what changed.
 */
export async function fence(
  transaction: Knex.Transaction,
  { source, token }: Lease,
  facts: Changes['facts'],
): Promise<void> {
  const passed = await transaction<LeaseRow>('leases')
    .where({ source, token })
    .increment('version', 1);
  if (passed !== 1) {
    throw overtaken(source);
  }
  const row = await transaction<LeaseRow>('leases').where({ source }).first();
  const version = row?.version ?? 0;
  await transaction<ChangeRow>('changes').insert({
    source,
    version,
    facts: facts.length > NAMED_FACTS ? null : JSON.stringify(facts),
  });
  await transaction<ChangeRow>('changes')
    .where({ source })
    .andWhere('version', '<=', version - KEPT_CHANGES)
    .delete();
}

/** Refuses a holder that was overtaken, and keeps a successor waiting until the transaction is through. */
export async function holdLease(
  transaction: Knex.Transaction,
  { source, token }: Lease,
): Promise<void> {
  const row = await transaction<LeaseRow>('leases')
    .where({ source, token })
    .forShare()
    .first();
  if (!row) {
    throw overtaken(source);
  }
}

function overtaken(source: string): ConflictError {
  return new ConflictError(
    `Another replica of the backend watches ${source} by now`,
  );
}
