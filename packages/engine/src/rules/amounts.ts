import { JsonObject, objectsAt, valueAt } from '../model/json';
import { formatQuantity, parseQuantity } from '../model/quantity';
import { EnvironmentView, Judgement, Pair, PlacedChange } from './rule';
import { objectsOfKind, quantityOf } from './view';

/** Judges amounts that may grow towards production. */
export function judgeAmount(
  change: PlacedChange,
  pair: Pair,
  what: string,
): Judgement {
  const { from, to } = pair;
  const before = quantityOf(change.before);
  const after = quantityOf(change.after);
  if (before === undefined || after === undefined) {
    const [has, lacks] = change.before
      ? [from.name, to.name]
      : [to.name, from.name];
    return {
      class: 'violation',
      reason: `${has} sets ${what[0].toLowerCase()}${what.slice(
        1,
      )}, ${lacks} does not`,
    };
  }
  return before <= after
    ? {
        class: 'expected',
        reason: `${what} may grow towards production: ${formatQuantity(
          before,
        )} in ${from.name}, ${formatQuantity(after)} in ${to.name}`,
      }
    : {
        class: 'violation',
        reason: `${what} is larger in ${from.name} than in ${
          to.name
        }: ${formatQuantity(before)} and ${formatQuantity(after)}`,
      };
}

/** What the limit ranges of an environment fill in where a container sets nothing. */
export interface FilledIn {
  readonly limits: Readonly<Record<string, bigint>>;
  readonly requests: Readonly<Record<string, bigint>>;
}

export function filledInBy(environment: EnvironmentView): FilledIn {
  const limits: Record<string, bigint> = {};
  const requests: Record<string, bigint> = {};
  const ranges = objectsOfKind(environment, 'LimitRange')
    .flatMap(({ source }) => objectsAt(source.value, 'spec', 'limits'))
    .filter(limit => limit.type === 'Container');
  for (const resource of ['cpu', 'memory']) {
    for (const range of ranges) {
      const limit = parseQuantity(valueAt(range, 'default', resource));
      const request =
        parseQuantity(valueAt(range, 'defaultRequest', resource)) ?? limit;
      if (limit !== undefined) {
        limits[resource] ??= limit;
      }
      if (request !== undefined) {
        requests[resource] ??= request;
      }
    }
  }
  return { limits, requests };
}

/** What a container asks for, with what is filled in. A request that is not set is the limit that is. */
export function amountOf(
  container: JsonObject,
  kind: 'requests' | 'limits',
  resource: string,
  filledIn: FilledIn,
): bigint | undefined {
  const own = (which: string) =>
    parseQuantity(valueAt(container, 'resources', which, resource));
  return kind === 'limits'
    ? own('limits') ?? filledIn.limits[resource]
    : own('requests') ?? own('limits') ?? filledIn.requests[resource];
}
