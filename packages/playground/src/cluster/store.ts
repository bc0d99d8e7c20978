import { randomUUID } from 'crypto';
import type { Clock, JsonDocument, KubeObject } from '../core';
import {
  fieldSet,
  recordedFields,
  recordFields,
  type Writer,
} from './managedFields';
import { findKind, kindNamed, type ResourceKind } from './resources';
import { sameContent, timestamp, type Fields } from './values';

/** What a cluster keeps on disk. */
export interface StoredCluster {
  resourceVersion: number;
  objects: Record<string, KubeObject>;
}

export interface ObjectChange {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: KubeObject;
}

export interface StoreEvent extends ObjectChange {
  readonly resource: ResourceKind;
  readonly version: number;
  /** The object before the change. */
  readonly previous?: KubeObject;
}

export interface StoreOptions {
  document: JsonDocument<StoredCluster>;
  clock: Clock;
  /** How many changes a watch can reach back over. */
  historyLimit: number;
}

/** What is left to the store to fill in. */
export type Written =
  | Writer
  | {
      readonly manager?: undefined;
      readonly operation?: undefined;
      readonly subresource: string;
    };

function keyOf(
  resource: ResourceKind,
  namespace: string | undefined,
  name: string,
): string {
  return `${resource.group}/${resource.plural}/${namespace ?? ''}/${name}`;
}

function resourceOf(object: KubeObject): ResourceKind {
  return findKind(object.apiVersion, object.kind) ?? kindNamed(object.kind);
}

/**
 * The objects of a cluster, with one version counter for all of them and a log of the latest changes. Objects that it has given
 * out are never changed, only replaced.
 */
export class ObjectStore {
  private readonly events: StoreEvent[] = [];
  private readonly listeners = new Set<(event: StoreEvent) => void>();
  private floor: number;

  constructor(private readonly options: StoreOptions) {
    // Versions from before this start are too old, that of the last list among them, as after a restart of an API server.
    this.floor = this.advance();
  }

  get version(): number {
    return this.options.document.value.resourceVersion;
  }

  /** The oldest version that a watch may start from. */
  get oldestVersion(): number {
    return this.floor;
  }

  /** Every kind's objects, or those of one kind, in the order of their keys. */
  list(resource: ResourceKind, namespace?: string): KubeObject[] {
    const prefix = `${resource.group}/${resource.plural}/${
      namespace === undefined ? '' : `${namespace}/`
    }`;
    return Object.entries(this.options.document.value.objects)
      .filter(([key]) => key.startsWith(prefix))
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([, object]) => object);
  }

  all(): KubeObject[] {
    return Object.values(this.options.document.value.objects);
  }

  get(
    resource: ResourceKind,
    namespace: string | undefined,
    name: string,
  ): KubeObject | undefined {
    return this.options.document.value.objects[
      keyOf(resource, namespace, name)
    ];
  }

  /** The object as it is now. */
  current<T extends KubeObject>(object: T): KubeObject | undefined {
    const found = this.get(
      resourceOf(object),
      object.metadata.namespace,
      object.metadata.name,
    );
    return found?.metadata.uid === object.metadata.uid ? found : undefined;
  }

  /**
   * Creates or replaces an object. Nothing happens when nothing would change.
   */
  write(object: KubeObject, by: Written, fields?: Fields): KubeObject {
    const resource = resourceOf(object);
    const key = keyOf(
      resource,
      object.metadata.namespace,
      object.metadata.name,
    );
    const previous = this.options.document.value.objects[key];
    const time = timestamp(this.options.clock.now());
    const recorded =
      by.operation !== 'Apply' ||
      (previous && sameContent(recordedFields(previous, by), fields));
    if (
      previous &&
      recorded &&
      sameContent(withoutVersions(previous), withoutVersions(object))
    ) {
      return previous;
    }
    const specChanged =
      (by.subresource === undefined || by.subresource === 'scale') &&
      previous !== undefined &&
      !sameContent(previous.spec, object.spec);
    const generation =
      (previous?.metadata.generation ?? 0) + (specChanged || !previous ? 1 : 0);
    const {
      name,
      generateName,
      namespace,
      uid,
      resourceVersion,
      generation: _,
      creationTimestamp,
      ...metadata
    } = object.metadata;
    const version = this.advance();
    const next: KubeObject = {
      ...object,
      metadata: {
        name,
        ...(generateName !== undefined && { generateName }),
        ...(namespace !== undefined && { namespace }),
        uid: previous?.metadata.uid ?? randomUUID(),
        resourceVersion: String(version),
        ...(resource.hasGeneration && {
          generation: Math.max(generation, object.metadata.generation ?? 0),
        }),
        creationTimestamp: previous?.metadata.creationTimestamp ?? time,
        ...metadata,
      },
    };
    if (by.manager !== undefined) {
      const written =
        fields ??
        (by.subresource === 'status' ? fieldSet({ status: next.status }) : {});
      next.metadata.managedFields = recordFields(next, by, written, time);
    }
    this.options.document.value.objects[key] = next;
    this.publish({
      type: previous ? 'MODIFIED' : 'ADDED',
      resource,
      version,
      object: next,
      previous,
    });
    return next;
  }

  remove(object: KubeObject): void {
    const resource = resourceOf(object);
    const key = keyOf(
      resource,
      object.metadata.namespace,
      object.metadata.name,
    );
    const previous = this.options.document.value.objects[key];
    if (!previous) {
      return;
    }
    const version = this.advance();
    const last: KubeObject = {
      ...previous,
      metadata: { ...previous.metadata, resourceVersion: String(version) },
    };
    delete this.options.document.value.objects[key];
    this.publish({
      type: 'DELETED',
      resource,
      version,
      object: last,
      previous,
    });
  }

  /** Changes of one kind after a version that is not older than the oldest. */
  since(resource: ResourceKind, version: number): StoreEvent[] {
    return this.events.filter(
      event => event.resource === resource && event.version > version,
    );
  }

  subscribe(listener: (event: StoreEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Forgets the log of changes, as an API server does that stops. */
  forgetHistory(): void {
    this.events.length = 0;
    this.floor = this.advance();
  }

  private advance(): number {
    const { document } = this.options;
    document.value.resourceVersion += 1;
    document.changed();
    return document.value.resourceVersion;
  }

  private publish(event: StoreEvent): void {
    this.events.push(event);
    if (this.events.length > this.options.historyLimit) {
      const dropped = this.events.shift();
      this.floor = dropped?.version ?? this.floor;
    }
    this.listeners.forEach(listener => listener(event));
  }
}

function withoutVersions(object: KubeObject): Fields {
  const { resourceVersion, managedFields, generation, ...metadata } =
    object.metadata;
  return { ...object, metadata };
}
