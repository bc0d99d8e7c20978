import {
  FleetApi,
  FleetAnswer,
  FleetRow,
} from '@envmatrix/backstage-plugin-environments-common';
import { FleetQuery } from './fleetView';

/** Rows that are asked for at once. */
export const PAGE_SIZE = 100;

/** Between two looks while nobody announces changes. */
export const POLL_MS = 30_000;

/** Many services change at once when a cluster does: they are looked at together. */
export const SIGNAL_WAIT_MS = 1_000;

/** What is known of the fleet in the browser. Rows that were seen stay, whatever happens afterwards. */
export interface FleetState {
  readonly fleet?: FleetAnswer;
  /** Milliseconds since the epoch: when the backend last answered. */
  readonly confirmedAt?: number;
  readonly error?: unknown;
  readonly isLoadingMore: boolean;
}

/** Keeps as many rows of the fleet up to date as a person has asked for. */
export class FleetLoader {
  readonly #api: FleetApi;
  readonly #query: FleetQuery;
  readonly #onChange: (state: FleetState) => void;
  readonly #stopped = new AbortController();
  #state: FleetState = { isLoadingMore: false };
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isSignalled = false;
  #isLooking = false;
  #lookAgain = false;

  constructor(options: {
    api: FleetApi;
    query: FleetQuery;
    onChange: (state: FleetState) => void;
  }) {
    this.#api = options.api;
    this.#query = options.query;
    this.#onChange = options.onChange;
  }

  stop(): void {
    this.#stopped.abort();
    clearTimeout(this.#timer);
  }

  /** Some service changed. Where something always does, the wait begins with the first. */
  signal(): void {
    if (!this.#isSignalled) {
      this.#isSignalled = true;
      this.#plan(SIGNAL_WAIT_MS);
    }
  }

  /** Asks again for every row that is shown. */
  async look(): Promise<void> {
    await this.#alone(async () => {
      const wanted = this.#state.fleet?.items.length ?? 0;
      let answer = await this.#ask();
      const items: FleetRow[] = [...answer.items];
      while (answer.nextCursor && items.length < wanted) {
        answer = await this.#ask(answer.nextCursor);
        items.push(...answer.items);
      }
      return { ...answer, items };
    });
  }

  /** Asks for the rows behind the last one. */
  async more(): Promise<void> {
    const { fleet } = this.#state;
    if (!fleet?.nextCursor || this.#isLooking) {
      return;
    }
    this.#publish({ ...this.#state, isLoadingMore: true });
    await this.#alone(async () => {
      const answer = await this.#ask(fleet.nextCursor);
      const known = new Set(fleet.items.map(({ entityRef }) => entityRef));
      return {
        ...answer,
        items: [
          ...fleet.items,
          ...answer.items.filter(({ entityRef }) => !known.has(entityRef)),
        ],
      };
    });
  }

  async #ask(cursor?: string): Promise<FleetAnswer> {
    return await this.#api.getFleet({
      ...this.#query,
      limit: PAGE_SIZE,
      ...(cursor === undefined ? {} : { cursor }),
      signal: this.#stopped.signal,
    });
  }

  async #alone(ask: () => Promise<FleetAnswer>): Promise<void> {
    if (this.#isLooking) {
      this.#lookAgain = true;
      return;
    }
    this.#isLooking = true;
    this.#isSignalled = false;
    try {
      this.#publish({
        fleet: await ask(),
        confirmedAt: Date.now(),
        isLoadingMore: false,
      });
    } catch (error) {
      this.#publish({ ...this.#state, error, isLoadingMore: false });
    } finally {
      this.#isLooking = false;
      const waits = this.#lookAgain || this.#isSignalled;
      this.#lookAgain = false;
      this.#plan(waits ? SIGNAL_WAIT_MS : POLL_MS);
    }
  }

  #plan(wait: number): void {
    clearTimeout(this.#timer);
    if (!this.#stopped.signal.aborted) {
      this.#timer = setTimeout(() => this.look(), wait);
    }
  }

  #publish(state: FleetState): void {
    if (!this.#stopped.signal.aborted) {
      this.#state = state;
      this.#onChange(state);
    }
  }
}
