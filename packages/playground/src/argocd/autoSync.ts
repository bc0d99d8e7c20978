import type { ManagedResource } from './compare';
import {
  groupVersionOf,
  type Application,
  type Operation,
  type RetryStrategy,
} from './resources';

export type AutoSyncDecision =
  | { kind: 'none' }
  /** Nothing will be tried, and that is to be told. */
  | { kind: 'refused'; message: string }
  | { kind: 'sync'; operation: Operation }
  /** Someone changed what lives: to be put right, but not at once every time. */
  | { kind: 'heal'; operation: Operation };

const DEFAULT_RETRY: RetryStrategy = { limit: 5 };

export function retryOf({ spec }: Application): RetryStrategy {
  return spec.syncPolicy?.retry ?? DEFAULT_RETRY;
}

/** What automated sync makes of a comparison. */
export function decideAutoSync(options: {
  application: Application;
  revision: string;
  resources: readonly ManagedResource[];
  /** How often the live state was put right lately. */
  heals: number;
}): AutoSyncDecision {
  const { application, revision, resources, heals } = options;
  const automated = application.spec.syncPolicy?.automated;
  const outOfSync = resources.filter(({ status }) => status !== 'Synced');
  if (!automated || automated.enabled === false || application.operation) {
    return { kind: 'none' };
  }
  const onlyPruning = outOfSync.every(resource => resource.requiresPruning);
  if (outOfSync.length === 0 || (onlyPruning && !automated.prune)) {
    return { kind: 'none' };
  }
  const operation: Operation = {
    sync: {
      revision,
      ...(automated.prune && { prune: true }),
      source: application.spec.source,
      ...(application.spec.syncPolicy?.syncOptions && {
        syncOptions: application.spec.syncPolicy.syncOptions,
      }),
    },
    initiatedBy: { automated: true },
    retry: retryOf(application),
  };
  const last = application.status.operationState;
  const attempted =
    last?.syncResult?.revision === revision &&
    last.syncResult.source.path === application.spec.source.path;
  if (attempted && last.phase !== 'Succeeded') {
    return {
      kind: 'refused',
      message: `Failed last sync attempt to [${revision}]: ${last.message}`,
    };
  }
  if (attempted) {
    return automated.selfHeal
      ? {
          kind: 'heal',
          operation: {
            ...operation,
            sync: {
              ...operation.sync,
              autoHealAttemptsCount: heals + 1,
              resources: outOfSync.map(({ identity }) => {
                const { group } = groupVersionOf(identity.apiVersion);
                const { namespace, name } = identity.metadata;
                return {
                  ...(group !== '' && { group }),
                  kind: identity.kind,
                  name,
                  ...(namespace && { namespace }),
                };
              }),
            },
          },
        }
      : { kind: 'none' };
  }
  const wipesOut = resources.every(resource => resource.requiresPruning);
  if (wipesOut && !automated.allowEmpty) {
    return {
      kind: 'refused',
      message: `Skipping sync attempt to ${revision}: auto-sync will wipe out all resources`,
    };
  }
  return { kind: 'sync', operation };
}
