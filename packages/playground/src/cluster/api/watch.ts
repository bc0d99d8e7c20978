import type { ServerResponse } from 'http';
import { KubeError, type Clock, type KubeObject } from '../../core';
import { groupVersion, type ResourceKind } from '../resources';
import type { ObjectFilter } from '../selectors';
import type { ObjectStore, StoreEvent } from '../store';
import { malformedVersion, parseVersion } from './list';
import { present, type Representation } from './representation';
import { sendJson, statusOf } from './status';

export interface WatchRequest {
  readonly resource: ResourceKind;
  readonly namespace?: string;
  readonly filter?: ObjectFilter;
  readonly query: URLSearchParams;
  readonly as: Representation;
}

export interface WatchOptions {
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly bookmarkIntervalMs: number;
}

/** How long a watch stays open that does not say how long. */
const DEFAULT_TIMEOUT_SECONDS = 1_800;

/** Streams the changes of one kind, from a version on, as lines of JSON. */
export function watch(
  { store, clock, bookmarkIntervalMs }: WatchOptions,
  request: WatchRequest,
  response: ServerResponse,
): void {
  const { resource, namespace, query, as } = request;
  const text = query.get('resourceVersion');
  const from = parseVersion(text);
  if (from === 'malformed') {
    // Unlike a list, which answers 400.
    sendJson(
      response,
      500,
      statusOf(new KubeError(500, '', malformedVersion(text))),
    );
    return;
  }
  const matches = (object: KubeObject | undefined) =>
    object !== undefined &&
    (namespace === undefined || object.metadata.namespace === namespace) &&
    (request.filter?.(object) ?? true);

  response.writeHead(200, {
    'content-type': 'application/json',
    'cache-control': 'no-cache, private',
  });
  response.flushHeaders();
  const send = (type: string, object: unknown) =>
    response.write(`${JSON.stringify({ type, object })}\n`);
  let seen = store.version;
  const bookmark = (annotations?: Record<string, string>) => {
    const metadata = {
      resourceVersion: String(seen),
      ...(annotations && { annotations }),
    };
    const body =
      as === 'metadata'
        ? {
            kind: 'PartialObjectMetadata',
            apiVersion: 'meta.k8s.io/v1',
            metadata,
          }
        : undefined;
    send(
      'BOOKMARK',
      body ?? {
        kind: resource.kind,
        apiVersion: groupVersion(resource),
        metadata,
        ...resource.empty,
      },
    );
  };
  const forward = (event: StoreEvent) => {
    seen = event.version;
    const change =
      event.resource === resource ? changeFor(event, matches) : undefined;
    if (change) {
      send(change.type, present(resource, change.object, as));
    }
  };

  const initial = query.get('sendInitialEvents') === 'true';
  if (from === undefined || from === 0 || initial) {
    store
      .list(resource, namespace)
      .filter(matches)
      .forEach(object => send('ADDED', present(resource, object, as)));
    if (initial) {
      bookmark({ 'k8s.io/initial-events-end': 'true' });
    }
  } else if (from < store.oldestVersion) {
    send(
      'ERROR',
      statusOf(
        new KubeError(
          410,
          'Expired',
          `too old resource version: ${from} (${store.oldestVersion})`,
        ),
      ),
    );
    response.end();
    return;
  } else {
    store.since(resource, from).forEach(forward);
    seen = store.version;
  }

  const cancellations: (() => void)[] = [store.subscribe(forward)];
  const cancel = () => cancellations.splice(0).forEach(run => run());
  response.on('close', cancel);
  const timeout =
    Number(query.get('timeoutSeconds') ?? 0) || DEFAULT_TIMEOUT_SECONDS;
  cancellations.push(
    clock.after(timeout * 1_000, () => {
      // Nothing may be written after the end.
      cancel();
      response.end();
    }),
  );
  if (['true', '1'].includes(query.get('allowWatchBookmarks') ?? '')) {
    let cancelBookmark: () => void = () => undefined;
    const schedule = () => {
      cancelBookmark = clock.after(bookmarkIntervalMs, () => {
        bookmark();
        schedule();
      });
    };
    schedule();
    cancellations.push(() => cancelBookmark());
  }
}

/** What a change means to a reader who sees only some of the objects: one that comes into view is new, one that leaves is gone. */
function changeFor(
  event: StoreEvent,
  matches: (object: KubeObject | undefined) => boolean,
): { type: string; object: KubeObject } | undefined {
  const before = event.type !== 'ADDED' && matches(event.previous);
  const after = event.type !== 'DELETED' && matches(event.object);
  if (after) {
    return { type: before ? 'MODIFIED' : 'ADDED', object: event.object };
  }
  return before ? { type: 'DELETED', object: event.object } : undefined;
}
