import { Capacity, capacityOf } from '../../terraform/capacity';
import { UNKNOWN } from '../../terraform/expression/evaluate';
import {
  PlannedResource,
  TerraformBlock,
  TerraformRoot,
  TerraformSetting,
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

/** A size of a root: all machines of a kind together. */
interface Size extends Capacity {
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
      const made = new Map(roots.map(root => [root, sizesOf(root)]));
      const things = new Set(
        [...made.values()].flatMap(({ sizes }) => [...sizes.keys()]),
      );
      return [
        ...[...things].flatMap(thing =>
          sizeVerdicts(
            context,
            roots.flatMap(root => {
              const size = made.get(root)?.sizes.get(thing);
              return size ? [{ root, size }] : [];
            }),
          ),
        ),
        ...roots.flatMap(root => openVerdicts(context, root, made)),
      ];
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

/** What a root makes of a size that is not known, unless only its name suggests that it has one. */
function openVerdicts(
  context: RuleContext,
  root: TerraformRoot,
  made: ReadonlyMap<TerraformRoot, Sizes>,
): Verdict[] {
  const open = [...(made.get(root)?.open ?? [])].flatMap(([thing, argument]) =>
    argument !== 'tier' ||
    [...made.values()].some(({ sizes }) => sizes.has(thing))
      ? [`${argument} of ${thing}`]
      : [],
  );
  return open.length > 0
    ? [
        onRoot(context, root, {
          outcome: 'unknown',
          reason: `How large ${
            root.name
          } is cannot be told: the value, or what it has of CPUs and memory, is not known of ${open.join(
            ', ',
          )}`,
        }),
      ]
    : [];
}

function sizeVerdicts(
  context: RuleContext,
  sized: readonly { root: TerraformRoot; size: Size }[],
): Verdict[] {
  return sized.map(({ root, size }, index): Verdict => {
    const next = sized
      .slice(index + 1)
      .find(
        other =>
          (other.size.cpu < size.cpu || other.size.memory < size.memory) &&
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

/** What a root makes, by what it is. */
interface Sizes {
  readonly sizes: ReadonlyMap<string, Size>;
  /** What is declared, and has a size that is not known; with the argument that it hangs on. */
  readonly open: ReadonlyMap<string, string>;
}

function sizesOf(root: TerraformRoot): Sizes {
  const sizes = new Map<string, Size>();
  const open = new Map<string, string>();
  const told = new Set<string>();
  const add = (
    thing: string,
    size: Size | undefined,
    argument: string | undefined,
  ) => {
    if (size && !sizes.has(thing)) {
      sizes.set(thing, size);
    } else if (!size && argument !== undefined) {
      open.set(thing, argument);
    }
  };
  // What the files do not tell of a variable, a plan may.
  const valueOf = ({ name, value }: TerraformSetting) =>
    value === UNKNOWN ? root.plan?.variables[name] : value;
  if (flagOf(root, 'create_cluster') !== false) {
    const type = variableOf(root, NODE_TYPE);
    const count = variableOf(root, NODE_COUNT);
    if (type && count) {
      const size = nodes(
        valueOf(type),
        valueOf(count),
        count.name,
        placeOfSetting(count),
      );
      const isCounted = typeof valueOf(count) === 'number';
      add('nodes', size, isCounted ? type.name : count.name);
      told.add(type.name);
    }
  }
  if (flagOf(root, 'create_database') !== false) {
    const database = variableOf(root, DATABASE_CLASS);
    if (database) {
      const size = machine(
        valueOf(database),
        database.name,
        placeOfSetting(database),
      );
      add('database', size, database.name);
      told.add(database.name);
    }
  }
  for (const block of root.blocks) {
    if (block.type === 'resource' || block.type === 'module') {
      const { size, open: argument } = sizeOfBlock(block, told);
      add(block.address, size, argument);
    }
  }
  if (sizes.size === 0) {
    for (const resource of root.plan?.resources ?? []) {
      add(resource.address, sizeOfPlanned(resource), undefined);
    }
  }
  return { sizes, open };
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
        cpu: capacity.cpu * count,
        memory: capacity.memory * count,
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
        ...capacity,
        argument,
        shown: String(type),
        place,
      }
    : undefined;
}

/**
 * How large what a block makes is, or the argument that is not known where one says it.
 *
 * @param told - variables whose sizes are compared already.
 */
function sizeOfBlock(
  block: TerraformBlock,
  told: ReadonlySet<string>,
): { size?: Size; open?: string } {
  const argument =
    TYPES.find(name => typeAt(block.values[name]) !== undefined) ??
    TYPES.find(name => isUnread(name, block.values[name]));
  if (argument === undefined || passesOn(block.body[argument], told)) {
    return {};
  }
  const size = machine(
    typeAt(block.values[argument]),
    argument,
    placeOfArgument(block, argument),
  );
  if (!size) {
    return { open: argument };
  }
  const nested = argumentOf(block, 'scaling_config', 'desired_size');
  const counts = [...COUNTS.map(name => block.values[name]), nested];
  const uncounted = COUNTS.find(
    name => name in block.values && !isNumber(block.values[name]),
  );
  if (uncounted !== undefined) {
    return block.values[uncounted] === null ? { size } : { open: uncounted };
  }
  if (nested !== undefined && nested !== null && !isNumber(nested)) {
    return { open: 'desired_size' };
  }
  const count = counts.find(isNumber) ?? 1;
  return { size: times(size, count) };
}

function times(size: Size, count: number): Size {
  return {
    ...size,
    cpu: size.cpu * count,
    memory: size.memory * count,
    shown: count === 1 ? size.shown : `${count} × ${size.shown}`,
  };
}

/** A type that is given, and not known or not one whose capacity its name tells; `tier` is a word for other things too. */
function isUnread(name: string, value: unknown): boolean {
  const [one] = [value].flat();
  return (
    one === UNKNOWN ||
    (typeof one === 'string' && one !== '' && name !== 'tier')
  );
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
  return size && times(size, count);
}
