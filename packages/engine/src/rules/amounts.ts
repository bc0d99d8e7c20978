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
    const [has, lacks] =
      before === undefined ? [to.name, from.name] : [from.name, to.name];
    return {
      class: 'violation',
      reason: `${has} sets ${what}, ${lacks} does not`,
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

/** What a container asks for, with what the LimitRange of its namespace fills in. */
export function amountOf(
  environment: EnvironmentView,
  container: JsonObject,
  kind: 'requests' | 'limits',
  resource: string,
): bigint | undefined {
  const own = (which: string) =>
    parseQuantity(valueAt(container, 'resources', which, resource));
  const ranges = objectsOfKind(environment, 'LimitRange')
    .flatMap(({ source }) => objectsAt(source.value, 'spec', 'limits'))
    .filter(limit => limit.type === 'Container');
  const filled = (field: string) =>
    ranges
      .map(limit => parseQuantity(valueAt(limit, field, resource)))
      .find(value => value !== undefined);
  // A request that is not set is the limit that is; only then does the range's own default count.
  return kind === 'limits'
    ? own('limits') ?? filled('default')
    : own('requests') ??
        own('limits') ??
        filled('defaultRequest') ??
        filled('default');
}
