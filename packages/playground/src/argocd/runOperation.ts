import { timestamp } from '../cluster/values';
import type { Clock } from '../core';
import type { ApplicationStore } from './applicationStore';
import { compareResources, targetsOf } from './compare';
import { placementOf } from './destination';
import type { LiveState } from './liveState';
import { backoffOf, OperationRecord } from './operations';
import type { RepositoryServer } from './repositoryServer';
import type { Operation } from './resources';
import { SyncRun, unlessAborted, type SyncOutcome } from './syncAttempt';

interface OperationRun {
  name: string;
  operation: Operation;
  store: ApplicationStore;
  repositories: RepositoryServer;
  clusters: readonly LiveState[];
  clock: Clock;
  signal: AbortSignal;
  /** After something came to life that had not been there. */
  onCreated: () => Promise<void>;
}

/** The reason of a signal that ends an operation for good; any other leaves it to be taken up again. */
export const TERMINATED = new Error('Operation terminated');

/** Runs an operation to its end, tries again where it may, and tells each state of it on the application. */
export async function runOperation(run: OperationRun): Promise<void> {
  const { name, operation, store, clock, signal } = run;
  const known = store.application(name)?.status.operationState;
  const record = new OperationRecord(
    store,
    name,
    operation,
    known?.startedAt ?? timestamp(clock.now()),
    known?.retryCount ?? 0,
  );
  if (!known) {
    record.running();
  }
  try {
    for (;;) {
      const { phase, message, resources } = await attempt(run);
      if (phase === 'Succeeded' && !operation.sync.dryRun) {
        record.deployed(clock.now());
      }
      const { limit = 0 } = operation.retry;
      // A negative number is no limit.
      const mayTryAgain = limit < 0 || record.failures < limit;
      if (phase === 'Succeeded' || !mayTryAgain) {
        record.ended(phase, message, resources, clock.now());
        return;
      }
      record.countFailure();
      const wait = backoffOf(operation.retry, record.failures);
      const finishedAt = clock.now();
      const again = finishedAt + wait;
      record.retrying(message, resources, { finishedAt, again });
      await pause(wait, run);
    }
  } catch (error) {
    if (error === TERMINATED) {
      record.terminating();
      record.ended('Failed', TERMINATED.message, undefined, clock.now());
    } else if (!signal.aborted) {
      const message = error instanceof Error ? error.message : String(error);
      record.ended('Error', message, undefined, clock.now());
    }
  }
}

async function attempt(run: OperationRun): Promise<SyncOutcome> {
  const { name, operation, store, clusters, repositories, signal } = run;
  const application = store.application(name);
  const placement = application
    ? placementOf(application, store, clusters)
    : { problem: `${name} is gone` };
  if ('problem' in placement) {
    throw new Error(placement.problem);
  }
  const { project, live, home } = placement;
  const { source, revision } = operation.sync;
  const manifests = await unlessAborted(
    repositories.manifests(source, revision),
    signal,
  );
  const resources = compareResources({
    application: name,
    home,
    targets: targetsOf(name, home, manifests),
    live: live.all(),
  });
  const { onCreated } = run;
  return await new SyncRun({
    operation,
    project,
    home,
    resources,
    live,
    signal,
    onCreated,
  }).run();
}

async function pause(
  wait: number,
  { clock, signal }: OperationRun,
): Promise<void> {
  let cancel: () => void = () => undefined;
  const over = new Promise<void>(resolve => {
    cancel = clock.after(wait, resolve);
  });
  try {
    await unlessAborted(over, signal);
  } finally {
    cancel();
  }
}
