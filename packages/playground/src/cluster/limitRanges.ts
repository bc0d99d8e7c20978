import { forbidden } from './errors';
import {
  isLimitRange,
  type Container,
  type Pod,
  type ResourceAmounts,
} from './objects';
import { parseQuantity } from './quantity';
import { kindNamed } from './resources';
import type { ObjectStore } from './store';

/** Gives containers the namespace's default requests and limits, and refuses what goes beyond its bounds. */
export function admitToLimitRanges(store: ObjectStore, pod: Pod): void {
  const limits = store
    .list(kindNamed('LimitRange'), pod.metadata.namespace)
    .filter(isLimitRange)
    .flatMap(limitRange => limitRange.spec.limits)
    .filter(limit => limit.type === 'Container');
  const set: string[] = [];
  for (const container of pod.spec.containers) {
    for (const limit of limits) {
      set.push(
        ...complete(container, 'requests', limit.defaultRequest),
        ...complete(container, 'limits', limit.default),
      );
    }
  }
  if (set.length > 0) {
    pod.metadata.annotations = {
      ...pod.metadata.annotations,
      'kubernetes.io/limit-ranger': `LimitRanger plugin set: ${set.join('; ')}`,
    };
  }
  for (const container of pod.spec.containers) {
    for (const { max, min } of limits) {
      refuseBeyond(pod, container, 'maximum', max);
      refuseBeyond(pod, container, 'minimum', min);
    }
  }
}

function complete(
  container: Container,
  list: 'limits' | 'requests',
  defaults: ResourceAmounts | undefined,
): string[] {
  const stated = container.resources?.[list] ?? {};
  const missing = Object.keys(defaults ?? {})
    .filter(name => stated[name] === undefined)
    .sort();
  if (missing.length === 0) {
    return [];
  }
  container.resources = {
    ...container.resources,
    [list]: { ...defaults, ...stated },
  };
  return [
    `${missing.join(', ')} ${
      list === 'limits' ? 'limit' : 'request'
    } for container ${container.name}`,
  ];
}

function refuseBeyond(
  pod: Pod,
  container: Container,
  bound: 'maximum' | 'minimum',
  amounts: ResourceAmounts | undefined,
): void {
  const list = bound === 'maximum' ? 'limits' : 'requests';
  const word = bound === 'maximum' ? 'limit' : 'request';
  for (const [name, amount] of Object.entries(amounts ?? {})) {
    const stated = container.resources?.[list]?.[name];
    const left = parseQuantity(stated);
    const right = parseQuantity(amount);
    if (!left || !right) {
      throw forbidden(
        kindNamed('Pod'),
        pod.metadata.name,
        `${bound} ${name} usage per Container is ${amount}.  No ${word} is specified`,
      );
    }
    if (bound === 'maximum' ? left.nano > right.nano : left.nano < right.nano) {
      throw forbidden(
        kindNamed('Pod'),
        pod.metadata.name,
        `${bound} ${name} usage per Container is ${amount}, but ${word} is ${stated}`,
      );
    }
  }
}
