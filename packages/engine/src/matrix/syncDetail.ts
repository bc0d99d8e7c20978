import { ApplicationFact } from '../observations';

/** Conditions of an application that say why git did not arrive. */
const FAILURES = new Set(['SyncError', 'DeletionError']);

/** What a cell has room for. */
const MAX_NAMED = 3;

/**
 * What stands between git and the cluster: what the last sync failed at, also while it is tried again, what it waits for, or else the
 * resources that differ.
 */
export function syncDetail(application: ApplicationFact): string | undefined {
  const { operation, sync } = application;
  return (
    syncFailure(application) ??
    (operation?.phase === 'Running' && operation.message
      ? `Syncing: ${operation.message}`
      : undefined) ??
    (sync.status === 'OutOfSync' ? differing(application) : undefined)
  );
}

/** Why the last sync failed; a sync that is tried again has failed too. */
export function syncFailure({
  operation,
  conditions,
}: ApplicationFact): string | undefined {
  const [first] = operation?.refused ?? [];
  const why = first && `${first.kind} ${first.name}: ${first.message}`;
  switch (operation?.phase) {
    case 'Failed':
    case 'Error':
      return `Sync ${operation.phase}: ${
        why ?? operation.message ?? 'no reason given'
      }`;
    case 'Running':
      return why && `Syncing again: ${why}`;
    default:
  }
  const failure = conditions.find(({ type }) => FAILURES.has(type));
  return failure && `${failure.type}: ${why ?? failure.message}`;
}

function differing({
  outOfSyncResources = [],
  outOfSyncCount = outOfSyncResources.length,
}: ApplicationFact): string | undefined {
  const named = outOfSyncResources
    .slice(0, MAX_NAMED)
    .map(({ kind, name, health, requiresPruning }) => {
      if (requiresPruning) {
        return `${kind} ${name} (to be pruned)`;
      }
      return `${kind} ${name}${health === 'Missing' ? ' (missing)' : ''}`;
    });
  const more = outOfSyncCount - named.length;
  return named.length === 0
    ? undefined
    : `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
