import { Matrix } from '@envmatrix/engine';
import { EnvironmentsApi } from '@envmatrix/backstage-plugin-environments-common';

/** Between two looks while nobody announces changes; a look that finds nothing new costs the backend an ETag. */
export const POLL_MS = 5_000;

/** Between two looks while signals announce changes. */
export const POLL_WITH_SIGNALS_MS = 30_000;

/** A backend that takes longer does not answer. */
export const REQUEST_TIMEOUT_MS = 15_000;

/** What is known of the matrix in the browser. A matrix that was seen stays, whatever happens afterwards. */
export interface MatrixState {
  readonly matrix?: Matrix;
  /** Milliseconds since the epoch: when the backend last said that this is the newest. */
  readonly confirmedAt?: number;
  readonly error?: unknown;
}

/**
 * Keeps the matrix of one entity up to date: on signals, and by looking from time to time.
 *
 * Nobody tells whether the signals' connection works. They count as working from the first signal on, until a look finds
 * a change that no signal announced.
 */
export class MatrixPoller {
  readonly #api: EnvironmentsApi;
  readonly #entityRef: string;
  readonly #onChange: (state: MatrixState) => void;
  readonly #stopped = new AbortController();
  #state: MatrixState = {};
  #etag: string | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isLooking = false;
  #lookAgain = false;
  #signalsWork = false;

  constructor(options: {
    api: EnvironmentsApi;
    entityRef: string;
    onChange: (state: MatrixState) => void;
  }) {
    this.#api = options.api;
    this.#entityRef = options.entityRef;
    this.#onChange = options.onChange;
  }

  start(): void {
    this.#look('now');
  }

  stop(): void {
    this.#stopped.abort();
    clearTimeout(this.#timer);
  }

  /** Looks at once. */
  look(): void {
    this.#look('now');
  }

  /** Some matrix changed; ours, if the key is ours. */
  signal(key: unknown): void {
    this.#signalsWork = true;
    const { matrix } = this.#state;
    // What is being asked for may be from before this change, and its key is not known yet.
    if (key === matrix?.updates?.key || (!matrix && this.#isLooking)) {
      this.#look('now');
    }
  }

  async #look(cause: 'now' | 'timer'): Promise<void> {
    if (this.#stopped.signal.aborted) {
      return;
    }
    if (this.#isLooking) {
      this.#lookAgain = true;
      return;
    }
    this.#isLooking = true;
    clearTimeout(this.#timer);
    try {
      const answer = await this.#ask();
      if (answer !== 'unchanged') {
        if (cause === 'timer' && this.#state.matrix) {
          this.#signalsWork = false;
        }
        this.#etag = answer.etag;
      }
      this.#publish({
        matrix: answer === 'unchanged' ? this.#state.matrix : answer.matrix,
        confirmedAt: Date.now(),
      });
    } catch (error) {
      this.#signalsWork = false;
      this.#publish({ ...this.#state, error });
    } finally {
      this.#isLooking = false;
      this.#plan();
    }
  }

  async #ask() {
    const timeout = new AbortController();
    const abort = () => timeout.abort();
    const timer = setTimeout(abort, REQUEST_TIMEOUT_MS);
    this.#stopped.signal.addEventListener('abort', abort);
    try {
      return await this.#api.getMatrix({
        entityRef: this.#entityRef,
        etag: this.#etag,
        signal: timeout.signal,
      });
    } finally {
      clearTimeout(timer);
      this.#stopped.signal.removeEventListener('abort', abort);
    }
  }

  #plan(): void {
    if (this.#stopped.signal.aborted) {
      return;
    }
    if (this.#lookAgain) {
      this.#lookAgain = false;
      this.#look('now');
      return;
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => this.#look('timer'),
      this.#signalsWork ? POLL_WITH_SIGNALS_MS : POLL_MS,
    );
  }

  #publish(state: MatrixState): void {
    if (!this.#stopped.signal.aborted) {
      this.#state = state;
      this.#onChange(state);
    }
  }
}
