import {
  CanonicalMap,
  CanonicalNode,
  leaf,
  nodeAt,
  sameLeaf,
  summaryOf,
} from '../model/canonical';
import { EnvironmentModel, ModelObject } from '../model/environmentModel';

/**
 * One place in which an object differs between two environments. An empty path is the object as a whole.
 */
export interface Change {
  readonly subject: string;
  /** `apps/Deployment` */
  readonly kind: string;
  /** Unescaped segments of the pointer. */
  readonly path: readonly string[];
  readonly before?: CanonicalNode;
  readonly after?: CanonicalNode;
}

/** Everything in which two environments differ, in a stable order. */
export function compareModels(
  before: EnvironmentModel,
  after: EnvironmentModel,
): Change[] {
  const subjects = new Set([...before.objects.keys(), ...after.objects.keys()]);
  return [...subjects]
    .sort()
    .flatMap(subject =>
      compareObjects(before.objects.get(subject), after.objects.get(subject)),
    );
}

function compareObjects(before?: ModelObject, after?: ModelObject): Change[] {
  const object = before ?? after;
  if (!object) {
    return [];
  }
  const { subject, kind } = object;
  if (!before || !after) {
    return [
      { subject, kind, path: [], before: before?.node, after: after?.node },
    ];
  }
  return compareNodes(before.node, after.node).map(change => ({
    subject,
    kind,
    ...change,
  }));
}

/** The places in which two nodes differ: applied to the first, they make the second. */
export function compareNodes(
  before: CanonicalNode | undefined,
  after: CanonicalNode | undefined,
): Pick<Change, 'path' | 'before' | 'after'>[] {
  const changes: Pick<Change, 'path' | 'before' | 'after'>[] = [];
  const walk = (
    path: readonly string[],
    a: CanonicalNode | undefined,
    b: CanonicalNode | undefined,
  ) => {
    const aMap = a?.type === 'map' ? a : undefined;
    const bMap = b?.type === 'map' ? b : undefined;
    const one = aMap ?? bMap;
    const entered =
      one !== undefined &&
      ((aMap && bMap) || ((!a || !b) && one.split && one.entries.size > 0));
    if (entered) {
      const keys = new Set([
        ...(aMap?.entries.keys() ?? []),
        ...(bMap?.entries.keys() ?? []),
      ]);
      const counterpart = aMap && bMap && counterpartsOf(aMap, bMap);
      for (const key of [...keys].sort()) {
        walk(
          [...path, key],
          aMap?.entries.get(key),
          bMap?.entries.get(counterpart?.get(key) ?? key),
        );
      }
      if (aMap?.ordered && bMap) {
        changes.push(
          ...compareOrder(
            path,
            [...aMap.entries.keys()],
            [...bMap.entries.keys()],
          ),
        );
      }
      return;
    }
    const same =
      a === b || (a?.type === 'leaf' && b?.type === 'leaf' && sameLeaf(a, b));
    if (!same) {
      changes.push({ path, before: a, after: b });
    }
  };
  walk([], before, after);
  return changes;
}

/** Where the items of the first list stand in the second, if both have the same ones in another order. */
function counterpartsOf(
  a: CanonicalMap,
  b: CanonicalMap,
): ReadonlyMap<string, string> | undefined {
  const { identity } = a;
  if (identity === undefined || a.entries.size !== b.entries.size) {
    return undefined;
  }
  const nameOf = (node: CanonicalNode) =>
    identity
      .map(field => {
        const part = nodeAt(node, [field]);
        return part ? summaryOf(part) : '';
      })
      .join('\n');
  const places = new Map(
    [...b.entries].map(([key, node]) => [nameOf(node), key]),
  );
  const found = new Map<string, string>();
  for (const [key, node] of a.entries) {
    const place = places.get(nameOf(node));
    if (place === undefined) {
      return undefined;
    }
    found.set(key, place);
  }
  return new Set(found.values()).size === a.entries.size ? found : undefined;
}

/** Entries that both have, in another order. */
function compareOrder(
  path: readonly string[],
  before: readonly string[],
  after: readonly string[],
) {
  const a = before.filter(key => after.includes(key));
  const b = after.filter(key => before.includes(key));
  return a.join('\n') === b.join('\n')
    ? []
    : [{ path, before: leaf(a.join(), a), after: leaf(b.join(), b) }];
}
