import { timestamp } from '../cluster/values';
import type { ApplicationStore } from './applicationStore';
import { milliseconds } from '../core';
import type {
  Application,
  Operation,
  OperationPhase,
  OperationState,
  ResourceResult,
  RetryStrategy,
} from './resources';

const DEFAULT_HISTORY = 10;
const DEFAULT_BACKOFF = { duration: '5s', factor: 2, maxDuration: '3m' };

/** Milliseconds until the next try, after some that failed. */
export function backoffOf(retry: RetryStrategy, failures: number): number {
  const backoff = { ...DEFAULT_BACKOFF, ...retry.backoff };
  return Math.min(
    milliseconds(backoff.duration) * backoff.factor ** (failures - 1),
    milliseconds(backoff.maxDuration),
  );
}

/** `8:19AM` */
export function clockTime(at: number): string {
  const date = new Date(at);
  const hours = date.getUTCHours();
  const minutes = String(date.getUTCMinutes()).padStart(2, '0');
  return `${hours % 12 || 12}:${minutes}${hours < 12 ? 'AM' : 'PM'}`;
}

/** Asks for an operation: what the last one did is forgotten. */
export function requested(
  application: Application,
  operation: Operation,
): Application {
  const { operationState, ...status } = application.status;
  return { ...application, status, operation };
}

/** The states of an operation as an application's status tells them, one after the other. */
export class OperationRecord {
  constructor(
    private readonly store: ApplicationStore,
    private readonly name: string,
    private readonly operation: Operation,
    private readonly startedAt: string,
    private retryCount: number,
  ) {}

  get failures(): number {
    return this.retryCount;
  }

  running(): void {
    this.write('Running', {});
  }

  /** Tells that it failed and will be tried again. */
  retrying(
    message: string,
    resources: ResourceResult[],
    at: { finishedAt: number; again: number },
  ): void {
    const finishedAt = timestamp(at.finishedAt);
    this.write('Running', {
      message: `${message}. Retrying attempt #${this.retryCount} at ${clockTime(
        at.again,
      )}.`,
      resources,
      finishedAt,
    });
  }

  countFailure(): void {
    this.retryCount += 1;
  }

  /** Adds the deployment to the history, while the operation still runs. */
  deployed(at: number): void {
    const { sync, initiatedBy } = this.operation;
    this.store.update(this.name, application => {
      const history = application.status.history ?? [];
      const entry = {
        revision: sync.revision,
        deployedAt: timestamp(at),
        id: (history.at(-1)?.id ?? -1) + 1,
        source: sync.source,
        deployStartedAt: this.startedAt,
        initiatedBy,
      };
      const limit = application.spec.revisionHistoryLimit ?? DEFAULT_HISTORY;
      return {
        ...application,
        status: {
          ...application.status,
          history: [...history, entry].slice(-limit),
        },
      };
    });
  }

  terminating(): void {
    this.write('Terminating', { message: 'operation is terminating' });
  }

  ended(
    phase: 'Succeeded' | 'Failed' | 'Error',
    message: string,
    resources: ResourceResult[] | undefined,
    at: number,
  ): void {
    const tried =
      phase !== 'Succeeded' && this.retryCount > 0
        ? `${message} (retried ${this.retryCount} times).`
        : message;
    const finishedAt = timestamp(at);
    this.write(phase, { message: tried, resources, finishedAt }, true);
  }

  private write(
    phase: OperationPhase,
    details: {
      message?: string;
      resources?: ResourceResult[];
      finishedAt?: string;
    },
    done = false,
  ): void {
    const { message, resources, finishedAt } = details;
    const { revision, source } = this.operation.sync;
    const state: OperationState = {
      operation: this.operation,
      phase,
      ...(message !== undefined && { message }),
      ...((resources || done) && {
        syncResult: { ...(resources && { resources }), revision, source },
      }),
      startedAt: this.startedAt,
      ...(finishedAt !== undefined && { finishedAt }),
      ...(this.retryCount > 0 && { retryCount: this.retryCount }),
    };
    this.store.update(this.name, ({ operation, ...application }) => ({
      ...application,
      ...(!done && operation && { operation }),
      status: { ...application.status, operationState: state },
    }));
  }
}
