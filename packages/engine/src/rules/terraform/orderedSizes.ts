import { capacityOf } from '../../terraform/capacity';
import {
  PlannedResource,
  TerraformBlock,
  TerraformRoot,
} from '../../terraform/types';
import { Rule, RuleContext, Verdict } from '../rule';
import { argumentOf, byComponent, flagOf } from './values';
import {
  Place,
  environmentRoots,
  needsFiles,
  onRoot,
  placeOfArgument,
  placeOfSetting,
  roleOf,
  rootsOf,
  variableOf,
} from './verdicts';

/** What variables call the type of a node. */
export const NODE_TYPE = ['node_type', 'node_instance_type', 'instance_type'];
/** And how many there are. */
export const NODE_COUNT = ['node_count', 'node_desired_size', 'desired_size'];
const DATABASE_CLASS = [
  'db_instance',
  'db_instance_class',
  'db_class',
  'database_class',
];

/** Arguments of resources and modules that say what one of a thing is. */
const TYPES = [
  'instance_class',
  'db_instance_class',
  'instance_type',
  'instance_types',
  'node_type',
  'machine_type',
  'vm_size',
  'tier',
];
/** And those that say how many there are. */
const COUNTS = [
  'desired_size',
  'desired_capacity',
  'node_count',
  'instance_count',
  'num_cache_clusters',
  'min_size',
  'count',
];

/** A size of a root, as a number that can be compared. */
interface Size {
  readonly amount: number;
  readonly argument: string;
  readonly shown: string;
  readonly place: Place;
}

export const orderedSizes: Rule = {
  id: 'TF-07',
  kind: 'ordered',
  title: 'Nodes and databases grow towards production',
  guideStep: 6,
  sources: ['terraform', 'plan'],
  semantics:
    'CPUs and memory of all nodes together, and of the database, are at most those of the environment that comes after, as variables, arguments and plans tell them.',
  remedy: 'Make the later environment at least as large.',
  appliesTo: needsFiles,
  evaluate: context => {
    const verdicts = byComponent(rootsOf(context)).flatMap(alike => {
      const roots = [...alike].sort(
        (left, right) => rank(context, left) - rank(context, right),
      );
      const sizes = new Map(roots.map(root => [root, sizesOf(root)]));
      const things = new Set(
        [...sizes.values()].flatMap(found => [...found.keys()]),
      );
      return [...things].flatMap(thing =>
        sizeVerdicts(
          context,
          roots.flatMap(root => {
            const size = sizes.get(root)?.get(thing);
            return size ? [{ root, size }] : [];
          }),
        ),
      );
    });
    return verdicts.length > 0
      ? verdicts
      : environmentRoots(context).map(root =>
          onRoot(context, root, {
            outcome: 'unknown',
            reason: `Neither variables nor arguments that can be read say how large nodes and databases of ${root.name} are: pass --plan ${root.name}=FILE`,
          }),
        );
  },
};

function sizeVerdicts(
  context: RuleContext,
  sized: readonly { root: TerraformRoot; size: Size }[],
): Verdict[] {
  return sized.map(({ root, size }, index): Verdict => {
    const next = sized
      .slice(index + 1)
      .find(
        other =>
          other.size.amount < size.amount &&
          rank(context, other.root) > rank(context, root),
      );
    return next
      ? onRoot(context, next.root, {
          argument: next.size.argument,
          value: next.size.shown,
          ...next.size.place,
          reason: `${root.name} is larger than ${next.root.name}: ${size.shown} and ${next.size.shown}`,
        })
      : onRoot(context, root);
  });
}

function rank(context: RuleContext, root: TerraformRoot): number {
  return { dev: 0, staging: 1, prod: 2 }[roleOf(context, root)];
}

/** What a root makes, by what it is, and how large that is. */
function sizesOf(root: TerraformRoot): ReadonlyMap<string, Size> {
  const found = new Map<string, Size>();
  const told = new Set<string>();
  const add = (thing: string, size: Size | undefined) => {
    if (size && !found.has(thing)) {
      found.set(thing, size);
    }
  };
  if (flagOf(root, 'create_cluster') !== false) {
    const type = variableOf(root, NODE_TYPE);
    const count = variableOf(root, NODE_COUNT);
    if (type && count) {
      add(
        'nodes',
        nodes(type.value, count.value, count.name, placeOfSetting(count)),
      );
      told.add(type.name);
    }
  }
  if (flagOf(root, 'create_database') !== false) {
    const database = variableOf(root, DATABASE_CLASS);
    if (database) {
      add(
        'database',
        machine(database.value, database.name, placeOfSetting(database)),
      );
      told.add(database.name);
    }
  }
  for (const block of root.blocks) {
    if (block.type === 'resource' || block.type === 'module') {
      add(block.address, sizeOfBlock(block, told));
    }
  }
  if (found.size === 0) {
    for (const resource of root.plan?.resources ?? []) {
      add(resource.address, sizeOfPlanned(resource));
    }
  }
  return found;
}

function nodes(
  type: unknown,
  count: unknown,
  argument: string,
  place: Place = {},
): Size | undefined {
  const capacity = typeof type === 'string' ? capacityOf(type) : undefined;
  return capacity && typeof count === 'number'
    ? {
        amount: capacity.cpu * count,
        argument,
        shown: `${count} × ${String(type)}`,
        place,
      }
    : undefined;
}

function machine(
  type: unknown,
  argument: string,
  place: Place = {},
): Size | undefined {
  const capacity = typeof type === 'string' ? capacityOf(type) : undefined;
  return capacity
    ? {
        amount: capacity.cpu * 1000 + capacity.memory,
        argument,
        shown: String(type),
        place,
      }
    : undefined;
}

/** @param told - variables whose sizes are compared already. */
function sizeOfBlock(
  block: TerraformBlock,
  told: ReadonlySet<string>,
): Size | undefined {
  const argument = TYPES.find(name => typeAt(block.values[name]) !== undefined);
  if (argument === undefined || passesOn(block.body[argument], told)) {
    return undefined;
  }
  const size = machine(
    typeAt(block.values[argument]),
    argument,
    placeOfArgument(block, argument),
  );
  const count =
    COUNTS.map(name => block.values[name]).find(isNumber) ??
    [argumentOf(block, 'scaling_config', 'desired_size')].find(isNumber) ??
    1;
  const isCounted = COUNTS.some(
    name => name in block.values && !isNumber(block.values[name]),
  );
  return size && !isCounted
    ? {
        ...size,
        amount: size.amount * count,
        shown: count === 1 ? size.shown : `${count} × ${size.shown}`,
      }
    : undefined;
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}

/** `m7g.large`, or the only one of a list. */
function typeAt(value: unknown): string | undefined {
  const one: unknown =
    Array.isArray(value) && value.length === 1 ? value[0] : value;
  return typeof one === 'string' && capacityOf(one) ? one : undefined;
}

function passesOn(written: unknown, told: ReadonlySet<string>): boolean {
  const [, name] =
    /^\$\{\s*(?:var|local)\.([\w-]+)\s*\}$/.exec(
      Array.isArray(written) ? String(written[0]) : String(written),
    ) ?? [];
  return name !== undefined && told.has(name);
}

function sizeOfPlanned({ actions, after }: PlannedResource): Size | undefined {
  const argument = TYPES.find(name => typeAt(after[name]) !== undefined);
  if (argument === undefined || actions.join() === 'delete') {
    return undefined;
  }
  const size = machine(typeAt(after[argument]), argument);
  const scaling: unknown = Array.isArray(after.scaling_config)
    ? after.scaling_config[0]
    : undefined;
  const count =
    typeof scaling === 'object' && scaling !== null && 'desired_size' in scaling
      ? Number(scaling.desired_size)
      : 1;
  return size && { ...size, amount: size.amount * count };
}
