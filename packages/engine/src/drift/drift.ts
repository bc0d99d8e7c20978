import { Change, compareNodes } from '../differences/changes';
import { Difference } from '../differences/types';
import { CanonicalNode, shownValue } from '../model/canonical';
import { canonicalise } from '../model/canonicalise';
import {
  JsonObject,
  isObject,
  objectAt,
  stringAt,
  toPointer,
} from '../model/json';
import { shapeOfKind } from '../model/shapes/kinds';
import { groupKind } from '../model/workloads';
import { ShapeContext } from '../model/shapes/shape';
import { FieldManager, managersOf } from './fieldManagers';

/**
 * What is compared: objects as git gives them when rendered, and the same as the API server has them.
 *
 * @public
 */
export interface DriftOptions {
  readonly desired: readonly unknown[];
  readonly live: readonly unknown[];
}

/** The rule that live state is held to. */
const RULE = 'K8S-27';

const NEUTRAL = {
  environment: '\u0000',
  namespaces: [],
  clusters: [],
  accounts: [],
  hosts: [],
  routeHosts: [],
  regions: [],
  networks: [],
  spellings: [],
  stripOnce: () => [],
  stripName: (name: string) => name,
};

/**
 * Where live state is not what git says, because somebody changed it: what the API server and controllers fill in is no drift,
 * nor is what the last sync applied and git has left behind since. A field that only the live object has is drift when
 * somebody else than they wrote it, as its field managers tell. Each difference says who, and when that manager wrote to the
 * object last.
 *
 * Objects that git does not have are not looked at: whose they are is for the tracking of Argo CD to tell.
 *
 * @public
 */
export function drift(options: DriftOptions): Difference[] {
  return outOfSync(options).filter(
    difference => difference.class === 'violation',
  );
}

/**
 * Everything in which live state is not what git says: drift, and, with class `lag`, what a sync would apply.
 *
 * @public
 */
export function outOfSync(options: DriftOptions): Difference[] {
  const live = new Map(
    options.live.filter(isObject).map(object => [identity(object), object]),
  );
  return options.desired.filter(isObject).flatMap(desired => {
    const actual = live.get(identity(desired));
    return actual ? objectDrift(desired, actual) : [absent(desired)];
  });
}

function objectDrift(desired: JsonObject, live: JsonObject): Difference[] {
  const kind = kindOf(desired);
  const [before, after] = [desired, live].map(object => read(object, kind));
  return compareNodes(before, after).flatMap(change => {
    const { path } = change;
    const { byHand, others } = managersOf(live, path);
    // The API server and controllers fill in what nobody wrote.
    if (change.before === undefined && byHand.length === 0) {
      return [];
    }
    // What git's own tools wrote, nobody has changed since: it is git that moved on.
    const isPending =
      byHand.length === 0 && (others.length > 0 || change.after === undefined);
    return [
      {
        kind: 'drift' as const,
        from: 'git',
        to: 'live',
        subject: subjectOf(desired),
        pointer: toPointer(path),
        before: shown(change.before),
        after: shown(change.after),
        class: isPending ? ('lag' as const) : ('violation' as const),
        rule: RULE,
        reason: isPending
          ? 'git has moved on since the last sync'
          : reasonOf(change, byHand[0]),
      },
    ];
  });
}

function reasonOf(
  { path, before, after }: Pick<Change, 'path' | 'before' | 'after'>,
  manager: FieldManager | undefined,
): string {
  const field = path.at(-1) ?? 'the object';
  let what = `${field} is not what git says`;
  if (before === undefined) {
    what = `git does not have ${field}`;
  } else if (after === undefined) {
    what = `git has ${field}, the cluster has not`;
  }
  return manager && after !== undefined
    ? `${what}; ${manager.manager} wrote it${
        manager.time ? `, at ${manager.time} at the latest` : ''
      }`
    : what;
}

function absent(desired: JsonObject): Difference {
  return {
    kind: 'drift',
    from: 'git',
    to: 'live',
    subject: subjectOf(desired),
    pointer: '',
    before: {
      apiVersion: desired.apiVersion,
      metadata: { name: stringAt(desired, 'metadata', 'name') },
    },
    after: undefined,
    class: 'lag',
    rule: RULE,
    reason: 'git has it, the cluster has not: a sync would make it',
  };
}

/** What the API server writes beside what was asked for. */
const OWN_METADATA = ['labels', 'annotations', 'name', 'namespace'];

function read(object: JsonObject, kind: string): CanonicalNode | undefined {
  const metadata = objectAt(object, 'metadata');
  const context: ShapeContext = {
    tokens: NEUTRAL,
    canonicalName: name => name,
    nameOfObject: name => name,
    ports: new Map(),
    subjectKind: kind,
    name: stringAt(metadata, 'name') ?? '',
    autoscaled: new Set(),
  };
  return canonicalise({
    value: {
      ...object,
      metadata: Object.fromEntries(
        Object.entries(metadata).filter(([key]) => OWN_METADATA.includes(key)),
      ),
    },
    shape: shapeOfKind(kind),
    context,
    locate: () => undefined,
  });
}

function shown(node: CanonicalNode | undefined): unknown {
  return node && shownValue(node);
}

function kindOf(object: JsonObject): string {
  const apiVersion = stringAt(object, 'apiVersion') ?? '';
  const kind = stringAt(object, 'kind') ?? '';
  return groupKind(apiVersion, kind);
}

function subjectOf(object: JsonObject): string {
  return `${kindOf(object)} ${stringAt(object, 'metadata', 'name')}`;
}

function identity(object: JsonObject): string {
  return [
    kindOf(object),
    stringAt(object, 'metadata', 'namespace') ?? '',
    stringAt(object, 'metadata', 'name') ?? '',
  ].join('\n');
}
