import type { KubeObject } from '../core';
import { forbidden } from './errors';
import {
  isPod,
  isResourceQuota,
  type Container,
  type Pod,
  type ResourceAmounts,
  type ResourceQuota,
} from './objects';
import {
  addQuantities,
  formatQuantity,
  parseQuantity,
  ZERO,
  type Quantity,
} from './quantity';
import { kindNamed, RESOURCES } from './resources';
import type { ObjectStore } from './store';
import { sameContent } from './values';

/** `requests.cpu`, and its older name `cpu`. */
function computeResource(
  name: string,
): { list: 'limits' | 'requests'; resource: string } | undefined {
  const match = /^(?:(limits|requests)\.)?(cpu|memory|ephemeral-storage)$/.exec(
    name,
  );
  return match
    ? {
        list: match[1] === 'limits' ? 'limits' : 'requests',
        resource: match[2],
      }
    : undefined;
}

function amountOf(container: Container, name: string): string | undefined {
  const compute = computeResource(name);
  return compute && container.resources?.[compute.list]?.[compute.resource];
}

const sum = (quantities: readonly Quantity[]): Quantity =>
  quantities.reduce(addQuantities, ZERO);

/** How much of a quota's resource one object takes. */
function usageOf(object: KubeObject, name: string): Quantity {
  if (computeResource(name)) {
    return isPod(object)
      ? sum(
          object.spec.containers.map(
            container => parseQuantity(amountOf(container, name)) ?? ZERO,
          ),
        )
      : ZERO;
  }
  const counted = name.replace(/^count\//, '');
  const resource = RESOURCES.find(
    ({ group, plural }) =>
      counted === (group === '' ? plural : `${plural}.${group}`),
  );
  return resource?.kind === object.kind
    ? { nano: 10n ** 9n, binary: false }
    : ZERO;
}

function quotasOf(
  store: ObjectStore,
  namespace: string | undefined,
): ResourceQuota[] {
  return store
    .list(kindNamed('ResourceQuota'), namespace)
    .filter(isResourceQuota);
}

function usedBy(
  store: ObjectStore,
  quota: ResourceQuota,
): Record<string, Quantity> {
  const objects = store
    .all()
    .filter(({ metadata }) => metadata.namespace === quota.metadata.namespace);
  return Object.fromEntries(
    Object.keys(quota.spec.hard ?? {}).map(name => [
      name,
      sum(objects.map(object => usageOf(object, name))),
    ]),
  );
}

function format(amounts: Record<string, Quantity>): ResourceAmounts {
  return Object.fromEntries(
    Object.entries(amounts).map(([name, quantity]) => [
      name,
      formatQuantity(quantity),
    ]),
  );
}

/** Refuses an object that would take more than a quota of its namespace leaves. */
export function admitToQuotas(store: ObjectStore, object: KubeObject): void {
  const resource = kindNamed(object.kind);
  for (const quota of quotasOf(store, object.metadata.namespace)) {
    const hard = quota.spec.hard ?? {};
    if (isPod(object)) {
      refuseUnstated(quota, object);
    }
    const used = usedBy(store, quota);
    const exceeded = Object.keys(hard)
      .sort()
      .filter(name => {
        const requested = usageOf(object, name);
        return (
          requested.nano > 0n &&
          requested.nano + used[name].nano >
            (parseQuantity(hard[name]) ?? ZERO).nano
        );
      });
    if (exceeded.length > 0) {
      const amounts = (value: (name: string) => string) =>
        exceeded.map(name => `${name}=${value(name)}`).join(',');
      const requested = amounts(name => formatQuantity(usageOf(object, name)));
      const taken = amounts(name => formatQuantity(used[name]));
      const limited = amounts(name => hard[name]);
      throw forbidden(
        resource,
        object.metadata.name,
        `exceeded quota: ${quota.metadata.name}, requested: ${requested}, used: ${taken}, limited: ${limited}`,
      );
    }
  }
}

/** A quota on a compute resource demands that every container states it. */
function refuseUnstated(quota: ResourceQuota, pod: Pod): void {
  const missing = Object.keys(quota.spec.hard ?? {})
    .sort()
    .filter(name => computeResource(name))
    .map(name => ({
      name,
      containers: pod.spec.containers
        .filter(container => amountOf(container, name) === undefined)
        .map(container => container.name),
    }))
    .filter(({ containers }) => containers.length > 0)
    .map(({ name, containers }) => `${name} for: ${containers.join(',')}`);
  if (missing.length > 0) {
    throw forbidden(
      kindNamed('Pod'),
      pod.metadata.name,
      `failed quota: ${quota.metadata.name}: must specify ${missing.join(
        '; ',
      )}`,
    );
  }
}

/** Brings `status.used` of a namespace's quotas up to date. */
export function updateQuotas(store: ObjectStore, namespace: string): void {
  for (const quota of quotasOf(store, namespace)) {
    const status = {
      hard: quota.spec.hard ?? {},
      used: format(usedBy(store, quota)),
    };
    if (!sameContent(status, quota.status)) {
      store.write(
        { ...quota, status },
        {
          manager: 'kube-controller-manager',
          operation: 'Update',
          subresource: 'status',
        },
      );
    }
  }
}
