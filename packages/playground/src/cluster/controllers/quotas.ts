import { updateQuotas } from '../quota';
import type { ObjectChange, ObjectStore } from '../store';
import type { Controller } from './controllerManager';

/** Keeps the usage of quotas true. Keys are namespaces. */
export class QuotaController implements Controller {
  readonly name = 'resourcequota';

  constructor(private readonly store: ObjectStore) {}

  concerns({ object, type }: ObjectChange): readonly string[] {
    const { namespace } = object.metadata;
    return namespace !== undefined &&
      (type !== 'MODIFIED' || object.kind === 'ResourceQuota')
      ? [namespace]
      : [];
  }

  sync(namespace: string): void {
    updateQuotas(this.store, namespace);
  }
}
