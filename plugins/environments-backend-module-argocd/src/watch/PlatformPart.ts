import { isError } from '@backstage/errors';
import {
  FactKinds,
  SourceContext,
} from '@envmatrix/backstage-plugin-environments-node';
import { ArgoPartFact } from '@envmatrix/engine';
import { observationOf, toError } from '../client/errors';

/**
 * One part of what an instance knows beside its applications. It is read once at a time, and nothing waits for it. While it is not told, why and
 * since when is written down.
 */
export class PlatformPart<T> {
  readonly #part: ArgoPartFact['part'];
  readonly #context: SourceContext;
  readonly #instance: string;
  readonly #now: () => Date;
  readonly #read: () => Promise<T>;
  readonly #onRead: (value: T) => Promise<void>;
  #looking: Promise<void> | undefined;
  /** As it is written down: at first that may be what an earlier process wrote. */
  #trouble: ArgoPartFact | 'none' | 'unknown' = 'unknown';

  constructor(options: {
    part: ArgoPartFact['part'];
    context: SourceContext;
    instance: string;
    now: () => Date;
    read: () => Promise<T>;
    onRead: (value: T) => Promise<void>;
  }) {
    this.#part = options.part;
    this.#context = options.context;
    this.#instance = options.instance;
    this.#now = options.now;
    this.#read = options.read;
    this.#onRead = options.onRead;
  }

  get isLooking(): boolean {
    return this.#looking !== undefined;
  }

  /** Starts to look, unless that is under way. */
  look(): void {
    this.#looking ??= this.#lookNow()
      .catch(error => this.#lost(error))
      .finally(() => {
        this.#looking = undefined;
      });
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    await this.#looking;
  }

  async #lookNow(): Promise<void> {
    let value: T;
    try {
      value = await this.#read();
    } catch (error) {
      this.#context.signal.throwIfAborted();
      await this.#untold(error);
      return;
    }
    await this.#onRead(value);
    await this.#told();
  }

  async #told(): Promise<void> {
    if (this.#trouble !== 'none') {
      await this.#context.sink.remove([this.#key()]);
      this.#trouble = 'none';
    }
  }

  async #untold(error: unknown): Promise<void> {
    const before =
      typeof this.#trouble === 'string' ? undefined : this.#trouble;
    const trouble = this.#troubleOf(error, before);
    if (JSON.stringify(trouble) === JSON.stringify(before)) {
      return;
    }
    this.#context.logger.debug(trouble.reason);
    await this.#context.sink.upsert([
      { ...this.#key(), value: { ...trouble }, observedAt: this.#isoNow() },
    ]);
    this.#trouble = trouble;
  }

  #troubleOf(error: unknown, before: ArgoPartFact | undefined): ArgoPartFact {
    const { status } = observationOf(error);
    const right =
      isError(error) && error.name === 'NotAllowedError'
        ? `; the portal's account needs the right '${this.#part}, get'`
        : '';
    return {
      instance: this.#instance,
      part: this.#part,
      // A failure is never that something was observed.
      status: status === 'observed' ? 'unknown' : status,
      reason: `Argo CD ${this.#instance} does not tell its ${this.#part}: ${
        toError(error).message
      }${right}`,
      since: before?.status === status ? before.since : this.#isoNow(),
    };
  }

  #key() {
    return { kind: FactKinds.argoPart, scope: '', name: this.#part };
  }

  #isoNow(): string {
    return this.#now().toISOString();
  }

  /** It is looked at again with the next list. */
  #lost(error: unknown): void {
    if (!this.#context.signal.aborted) {
      this.#context.logger.error(
        `The ${this.#part} of Argo CD ${this.#instance} were not stored: ${
          toError(error).message
        }`,
      );
    }
  }
}
