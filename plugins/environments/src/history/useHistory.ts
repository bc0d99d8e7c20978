import { useCallback, useEffect, useState } from 'react';
import { useApi } from '@backstage/frontend-plugin-api';
import { HistoryEntry } from '@envmatrix/backstage-plugin-environments-common';
import { environmentsApiRef } from '../api';
import { withNewest } from './historyView';

const PAGE = 30;

/** What is known of a history, and how to come to know more. */
export interface History {
  /** Undefined until the first answer. */
  readonly entries?: readonly HistoryEntry[];
  readonly error?: unknown;
  readonly hasOlder: boolean;
  readonly isLoadingOlder: boolean;
  readonly loadOlder: () => void;
  readonly retry: () => void;
}

interface Loaded {
  /** Which history it is: of one environment, or of all. */
  readonly of: string;
  readonly entries: readonly HistoryEntry[];
  readonly nextBefore?: string;
}

/** The changes of an entity, newest first; read again with every `revision`, and as far back as somebody asks for. */
export function useHistory(options: {
  entityRef: string;
  /** All of them without. */
  environment?: string;
  /** Something else whenever there may be news. */
  revision: string;
}): History {
  const { entityRef, environment, revision } = options;
  const api = useApi(environmentsApiRef);
  const [loaded, setLoaded] = useState<Loaded>();
  const [error, setError] = useState<unknown>();
  const [attempt, setAttempt] = useState(0);
  const [olderThan, setOlderThan] = useState<string>();
  const of = `${entityRef} ${environment ?? ''}`;

  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    api.getHistory({ entityRef, environment, limit: PAGE, signal }).then(
      ({ items, nextBefore }) => {
        if (signal.aborted) {
          return;
        }
        setError(undefined);
        setLoaded(before => {
          const entries =
            before?.of === of ? withNewest(before.entries, items) : items;
          const isMore = before && entries.length > items.length;
          return {
            of,
            entries,
            nextBefore: isMore ? before.nextBefore : nextBefore,
          };
        });
      },
      reason => signal.aborted || setError(reason),
    );
    return () => controller.abort();
  }, [api, entityRef, environment, of, revision, attempt]);

  useEffect(() => {
    if (olderThan === undefined) {
      return undefined;
    }
    const controller = new AbortController();
    const { signal } = controller;
    api
      .getHistory({
        entityRef,
        environment,
        before: olderThan,
        limit: PAGE,
        signal,
      })
      .then(
        ({ items, nextBefore }) => {
          if (!signal.aborted) {
            setError(undefined);
            setLoaded(before =>
              before?.of === of && before.nextBefore === olderThan
                ? { of, entries: [...before.entries, ...items], nextBefore }
                : before,
            );
          }
        },
        reason => signal.aborted || setError(reason),
      )
      .finally(() => signal.aborted || setOlderThan(undefined));
    return () => controller.abort();
  }, [api, entityRef, environment, of, olderThan]);

  // Of another environment nothing is shown as of this one.
  const current = loaded?.of === of ? loaded : undefined;
  const nextBefore = current?.nextBefore;
  return {
    entries: current?.entries,
    error,
    hasOlder: nextBefore !== undefined,
    isLoadingOlder: olderThan !== undefined,
    loadOlder: useCallback(() => setOlderThan(nextBefore), [nextBefore]),
    retry: useCallback(() => setAttempt(before => before + 1), []),
  };
}
