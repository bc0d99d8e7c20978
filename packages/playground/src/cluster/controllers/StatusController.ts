import type { KubeObject } from '../../core';
import { kindNamed } from '../resources';
import type { ObjectChange, ObjectStore } from '../store';
import { sameContent, type Fields } from '../values';
import type { Controller } from './controllerManager';

export interface StatusControllerOptions {
  readonly store: ObjectStore;
  /** How it signs what it writes. */
  readonly manager: string;
  readonly kind: string;
  /** Kinds whose objects change what is said of those in the same namespace. */
  readonly looksAt?: readonly string[];
  /** What is to be said of an object now; it may bring about what it says. */
  readonly statusOf: (object: KubeObject) => Fields;
  /** For what becomes due by the passing of time alone. */
  readonly again?: {
    /** Milliseconds until an object is to be looked at again; undefined for never. */
    readonly after: (object: KubeObject) => number | undefined;
    /** Has the controller look at a key; returns the way to call it off. */
    readonly later: (milliseconds: number, key: string) => () => void;
  };
}

/** A controller that says of each object of one kind how it is. Keys are `namespace/name`. */
export class StatusController implements Controller {
  readonly name: string;
  private readonly due = new Map<string, () => void>();

  constructor(private readonly options: StatusControllerOptions) {
    this.name = options.kind;
  }

  concerns({ object, type }: ObjectChange): readonly string[] {
    const { store, kind, looksAt = [] } = this.options;
    const { namespace, name } = object.metadata;
    if (object.kind === kind) {
      return type === 'DELETED' ? [] : [`${namespace}/${name}`];
    }
    return looksAt.includes(object.kind)
      ? store
          .list(kindNamed(kind), namespace)
          .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)
      : [];
  }

  sync(key: string): void {
    const { store, kind, manager, statusOf, again } = this.options;
    const [namespace, name] = key.split('/');
    this.due.get(key)?.();
    this.due.delete(key);
    const object = store.get(kindNamed(kind), namespace, name);
    if (!object || object.metadata.deletionTimestamp !== undefined) {
      return;
    }
    const status = statusOf(object);
    if (!sameContent(status, object.status)) {
      store.write(
        { ...object, status },
        { manager, operation: 'Update', subresource: 'status' },
      );
    }
    const wait = again?.after({ ...object, status });
    if (again && wait !== undefined) {
      this.due.set(key, again.later(wait, key));
    }
  }
}
