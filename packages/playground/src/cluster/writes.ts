import {
  KubeError,
  type Clock,
  type KubeObject,
  type ObjectRef,
} from '../core';
import { mergeApplied } from './apply';
import { applyDefaults } from './defaults';
import { forbidden, notFound, notServed } from './errors';
import { fieldSet, ownableFields, type Writer } from './managedFields';
import { isPod, type Pod } from './objects';
import { admitPod } from './podAdmission';
import { admitToQuotas } from './quota';
import { findKind, kindNamed, type ResourceKind } from './resources';
import type { ObjectStore } from './store';
import { childOf, clone, fieldsOf, timestamp } from './values';
import { validate } from './validation';

/** The writing half of a cluster's API: what a client, or a controller, asks of the server. */
export class Writes {
  constructor(
    private readonly store: ObjectStore,
    private readonly clock: Clock,
    private readonly caCertificate: string,
  ) {}

  /** Server-side apply. */
  apply(applied: KubeObject, fieldManager: string): KubeObject {
    const resource = findKind(applied.apiVersion, applied.kind);
    if (!resource) {
      throw notServed();
    }
    if (resource.namespaced !== (applied.metadata.namespace !== undefined)) {
      throw resource.namespaced
        ? new KubeError(
            400,
            'BadRequest',
            'an empty namespace may not be set during creation',
          )
        : new KubeError(
            400,
            'BadRequest',
            'namespace may not be set on a cluster-scoped object',
          );
    }
    const { namespace, name } = applied.metadata;
    const live = this.store.get(resource, namespace, name);
    const writer: Writer = { manager: fieldManager, operation: 'Apply' };
    const own = fieldSet(ownableFields(applied));
    const merged = mergeApplied(live, applied, writer);
    if (!live) {
      this.requireNamespace(resource, merged);
      delete merged.status;
    }
    applyDefaults(merged);
    if (resource.kind === 'Service') {
      this.assignClusterIp(merged, live);
    }
    validate(resource, merged, live);
    if (!live) {
      if (isPod(merged)) {
        admitPod(this.store, merged);
      } else {
        admitToQuotas(this.store, merged);
      }
    }
    const written = this.store.write(merged, writer, own);
    if (!live && resource.kind === 'Namespace') {
      this.furnishNamespace(name);
    }
    return written;
  }

  /** A pod of a controller. */
  createPod(pod: Pod): KubeObject {
    const writer: Writer = {
      manager: 'kube-controller-manager',
      operation: 'Update',
    };
    const created = clone(pod);
    this.requireNamespace(kindNamed('Pod'), created);
    const own = fieldSet(ownableFields(created));
    admitPod(this.store, created);
    return this.store.write(created, writer, own);
  }

  remove(ref: ObjectRef): void {
    const resource = findKind(ref.apiVersion, ref.kind);
    if (!resource) {
      throw notServed();
    }
    const object = this.store.get(resource, ref.namespace, ref.name);
    if (!object) {
      throw notFound(resource, ref.name);
    }
    this.removeObject(object);
  }

  /** Removes at once, or begins the end of what takes time to end. */
  removeObject(object: KubeObject): void {
    if (object.metadata.deletionTimestamp !== undefined) {
      return;
    }
    if (isPod(object) && object.spec.nodeName !== undefined) {
      const seconds = object.spec.terminationGracePeriodSeconds ?? 30;
      this.markDeleted(object, seconds);
    } else if (object.kind === 'Namespace') {
      this.markDeleted({ ...object, status: { phase: 'Terminating' } });
    } else {
      this.store.remove(object);
    }
  }

  private markDeleted(object: KubeObject, graceSeconds?: number): void {
    const { generation } = object.metadata;
    this.store.write(
      {
        ...object,
        metadata: {
          ...object.metadata,
          ...(generation !== undefined && { generation: generation + 1 }),
          deletionTimestamp: timestamp(
            this.clock.now() + (graceSeconds ?? 0) * 1000,
          ),
          ...(graceSeconds !== undefined && {
            deletionGracePeriodSeconds: graceSeconds,
          }),
        },
      },
      { subresource: 'deletion' },
    );
  }

  private requireNamespace(resource: ResourceKind, object: KubeObject): void {
    const { namespace, name } = object.metadata;
    if (!resource.namespaced || namespace === undefined) {
      return;
    }
    const found = this.store.get(kindNamed('Namespace'), undefined, namespace);
    if (!found) {
      throw notFound(kindNamed('Namespace'), namespace);
    }
    if (found.metadata.deletionTimestamp !== undefined) {
      throw forbidden(
        resource,
        name,
        `unable to create new content in namespace ${namespace} because it is being terminated`,
      );
    }
  }

  /** What controllers put into every namespace. */
  private furnishNamespace(namespace: string): void {
    const writer: Writer = {
      manager: 'kube-controller-manager',
      operation: 'Update',
    };
    this.store.write(
      {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { name: 'default', namespace },
      },
      writer,
      {},
    );
    const data = { 'ca.crt': this.caCertificate };
    const certificate: KubeObject = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'kube-root-ca.crt', namespace },
      data,
    };
    this.store.write(certificate, writer, fieldSet({ data }));
  }

  private assignClusterIp(
    service: KubeObject,
    live: KubeObject | undefined,
  ): void {
    const spec = childOf(service, 'spec');
    if (spec.type === 'ExternalName') {
      return;
    }
    if (spec.clusterIP === undefined) {
      spec.clusterIP = fieldsOf(live?.spec).clusterIP ?? this.freeClusterIp();
    }
    spec.clusterIPs = [spec.clusterIP];
  }

  private freeClusterIp(): string {
    const taken = new Set(
      this.store
        .list(kindNamed('Service'))
        .map(({ spec }) => fieldsOf(spec).clusterIP),
    );
    for (let number = 10; number < 65_536; number++) {
      const address = `10.0.${Math.floor(number / 256)}.${number % 256}`;
      if (!taken.has(address)) {
        return address;
      }
    }
    throw new KubeError(
      500,
      'InternalError',
      'failed to allocate IP: range is full',
    );
  }
}
