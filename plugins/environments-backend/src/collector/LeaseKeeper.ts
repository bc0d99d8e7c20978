import { LoggerService } from '@backstage/backend-plugin-api';
import { Lease, LeaseRow, LeaseStore } from '../store/LeaseStore';
import { endHolder, isDead, newHolder } from './holders';

/** How leases are kept. A dead holder is overtaken after `deadMs` and two polls: within twenty seconds. */
export interface LeaseTiming {
  /** How often the leases are looked at: what another replica saw is shown after as long. */
  readonly pollMs: number;
  /** How often a holder tells that it lives. */
  readonly renewMs: number;
  /** A holder that says nothing for so long is dead; it must have stopped by itself before. */
  readonly deadMs: number;
}

const TIMING: LeaseTiming = { pollMs: 500, renewMs: 3_000, deadMs: 15_000 };

/** Who wants to watch a source, and is told when it may. */
export interface Seat {
  readonly source: string;
  take(lease: Lease): void;
  /** Another holds the lease, or may hold it by now. */
  lose(): void;
}

interface Held {
  readonly lease: Lease;
  renewedAt: number;
}

/**
 * Keeps one watch per source among the replicas of the backend: by a lease in the database that its holder renews. Times are
 * measured by each replica's own clock, from what it saw itself, so that clocks which differ do no harm.
 */
export class LeaseKeeper {
  readonly #store: LeaseStore;
  readonly #logger: LoggerService;
  readonly #timing: LeaseTiming;
  readonly #now: () => number;
  readonly #holder: string;
  readonly #seats = new Map<string, Seat>();
  readonly #held = new Map<string, Held>();
  /** Since when each lease stands as it stands. */
  readonly #seen = new Map<string, { stand: string; since: number }>();
  /** Leases that were seen to change: somebody lives. */
  readonly #beating = new Set<string>();
  #rows: readonly LeaseRow[] = [];
  #timer: NodeJS.Timeout | undefined;
  #polling: Promise<void> | undefined;
  #isStopped = false;
  /** Said once, not with every look. */
  #isTroubled = false;

  /** Called after each look at the leases. */
  onPoll: (rows: readonly LeaseRow[]) => Promise<void> = async () => {};

  constructor(options: {
    store: LeaseStore;
    logger: LoggerService;
    timing?: Partial<LeaseTiming>;
    holder?: string;
    /** Milliseconds of a clock that never goes back. */
    now?: () => number;
  }) {
    this.#store = options.store;
    this.#logger = options.logger;
    this.#timing = { ...TIMING, ...options.timing };
    this.#holder = options.holder ?? newHolder();
    this.#now = options.now ?? (() => performance.now());
  }

  /** Wants the lease on a source from now on. */
  async add(seat: Seat): Promise<void> {
    this.#seats.set(seat.source, seat);
    // A look that is under way may have passed it by.
    await this.#polling;
    await this.poll();
    this.#schedule();
  }

  /** Wants it no more: another replica may have it at once. */
  async remove(source: string): Promise<void> {
    this.#seats.delete(source);
    const held = this.#held.get(source);
    this.#held.delete(source);
    if (held) {
      await this.#store.release(held.lease);
    }
  }

  holds(source: string): boolean {
    return this.#held.has(source);
  }

  /** Whether another replica has the lease on the source, and may be there. */
  isHeldElsewhere(source: string): boolean {
    const row = this.#rows.find(candidate => candidate.source === source);
    return (
      row !== undefined && row.holder !== this.#holder && !this.#isFree(row)
    );
  }

  /** Whether another replica that watches the source has given a sign of life. */
  isAliveElsewhere(source: string): boolean {
    return this.#beating.has(source) && this.isHeldElsewhere(source);
  }

  /** Ends the polling, and gives back every lease. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#polling;
    for (const source of [...this.#held.keys()]) {
      try {
        await this.remove(source);
      } catch (error) {
        this.#logger.warn(
          `The lease on ${source} was not given back: ${error}`,
        );
      }
    }
    endHolder(this.#holder);
  }

  /** Looks at the leases now. */
  async poll(): Promise<void> {
    this.#polling ??= this.#pollNow().finally(() => {
      this.#polling = undefined;
    });
    await this.#polling;
  }

  #schedule(): void {
    if (!this.#timer && !this.#isStopped) {
      this.#timer = setTimeout(async () => {
        await this.poll();
        this.#timer = undefined;
        this.#schedule();
      }, this.#timing.pollMs);
    }
  }

  async #pollNow(): Promise<void> {
    try {
      await this.#renewAll();
      this.#rows = await this.#store.all();
      this.#rows.forEach(row => this.#see(row));
      for (const seat of [...this.#seats.values()]) {
        if (!this.#held.has(seat.source)) {
          await this.#tryTake(seat);
        }
      }
      await this.onPoll(this.#rows);
      this.#isTroubled = false;
    } catch (error) {
      if (!this.#isTroubled) {
        this.#isTroubled = true;
        this.#logger.warn(`The leases could not be looked at: ${error}`);
      }
      this.#loseUnrenewed();
    }
  }

  async #renewAll(): Promise<void> {
    for (const [source, held] of this.#held) {
      const now = this.#now();
      if (now - held.renewedAt >= this.#timing.renewMs) {
        if (await this.#store.renew(held.lease)) {
          held.renewedAt = now;
        } else {
          this.#lose(source, 'another replica has taken it over');
        }
      }
    }
  }

  /** Others may count this process as dead: it must not go on as if it were not. */
  #loseUnrenewed(): void {
    const { deadMs, renewMs } = this.#timing;
    for (const [source, held] of this.#held) {
      if (this.#now() - held.renewedAt >= deadMs - renewMs) {
        this.#lose(source, 'it could not be renewed');
      }
    }
  }

  #lose(source: string, why: string): void {
    this.#logger.warn(`The lease on ${source} is lost: ${why}`);
    this.#held.delete(source);
    this.#seats.get(source)?.lose();
  }

  async #tryTake(seat: Seat): Promise<void> {
    const { source } = seat;
    const row = this.#rows.find(candidate => candidate.source === source);
    if (row && !this.#isFree(row)) {
      return;
    }
    const renewedAt = this.#now();
    const lease = await (row
      ? this.#store.take(row, this.#holder)
      : this.#store.create(source, this.#holder));
    if (lease && this.#seats.get(source) === seat && !this.#isStopped) {
      this.#held.set(source, { lease, renewedAt });
      seat.take(lease);
    } else if (lease) {
      await this.#store.release(lease);
    }
  }

  #see({ source, token, beat, holder }: LeaseRow): void {
    const stand = JSON.stringify([token, beat, holder]);
    const seen = this.#seen.get(source);
    if (seen?.stand !== stand) {
      this.#seen.set(source, { stand, since: this.#now() });
      if (seen) {
        this.#beating.add(source);
      }
    }
  }

  #isFree({ source, holder }: LeaseRow): boolean {
    const since = this.#seen.get(source)?.since ?? this.#now();
    return (
      holder === null ||
      // It was given up here, as it could not be renewed, and nobody else has taken it since.
      holder === this.#holder ||
      isDead(holder) ||
      this.#now() - since >= this.#timing.deadMs
    );
  }
}
