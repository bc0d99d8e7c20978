import type { KubeObject } from '../../core';
import { kindNamed } from '../resources';
import type { ObjectChange, ObjectStore } from '../store';
import type { Writes } from '../writes';
import type { Controller } from './controllerManager';

/**
 * Removes what lives in a namespace that ends, and what belongs to an object that is gone. Keys are `namespace NAME` and
 * `owner UID`.
 */
export class GarbageCollector implements Controller {
  readonly name = 'garbage-collector';

  constructor(
    private readonly options: { store: ObjectStore; writes: Writes },
  ) {}

  concerns({ object, type }: ObjectChange): readonly string[] {
    const { deletionTimestamp, namespace, name, uid } = object.metadata;
    if (object.kind === 'Namespace') {
      return deletionTimestamp === undefined || type === 'DELETED'
        ? []
        : [`namespace ${name}`];
    }
    return type === 'DELETED' ? [`owner ${uid}`, `namespace ${namespace}`] : [];
  }

  sync(key: string): void {
    const [what, id] = key.split(' ');
    if (what === 'owner') {
      this.remove(
        ({ metadata }) =>
          metadata.ownerReferences?.some(owner => owner.uid === id) ?? false,
      );
    } else {
      this.endNamespace(id);
    }
  }

  private endNamespace(name: string): void {
    const { store } = this.options;
    const namespace = store.get(kindNamed('Namespace'), undefined, name);
    if (namespace?.metadata.deletionTimestamp === undefined) {
      return;
    }
    const within = ({ metadata }: KubeObject) => metadata.namespace === name;
    this.remove(within);
    if (!store.all().some(within)) {
      store.remove(namespace);
    }
  }

  private remove(matches: (object: KubeObject) => boolean): void {
    this.options.store
      .all()
      .filter(matches)
      .forEach(object => this.options.writes.removeObject(object));
  }
}
