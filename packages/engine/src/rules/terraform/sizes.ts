import { capacityOf } from '../../terraform/capacity';
import { UNKNOWN } from '../../terraform/expression/evaluate';
import { overlap, rangeOf } from '../../terraform/networks';
import {
  PlannedResource,
  TerraformBlock,
  TerraformFile,
  TerraformRoot,
} from '../../terraform/types';
import { Rule, RuleContext, Verdict } from '../rule';
import { argumentOf, byComponent, flagOf, shown } from './values';
import {
  BlockStart,
  environmentRoots,
  needsFiles,
  onRoot,
  placeOfArgument,
  placeOfSetting,
  roleOf,
  rootsOf,
  variableOf,
  withoutPlan,
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
const MULTI_AZ = [
  'db_multi_az',
  'multi_az',
  'db_high_availability',
  'rds_multi_az',
  'database_multi_az',
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

/** Where a value is said; nowhere for one of a plan. */
interface Place {
  readonly file?: TerraformFile;
  readonly within?: BlockStart;
  readonly near?: string;
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

/** Types of databases that can have a standby, the argument that says so, and what it has to be. */
const STANDBY: Readonly<
  Record<string, { path: string[]; isOn: (value: unknown) => boolean }>
> = {
  aws_db_instance: { path: ['multi_az'], isOn: value => value === true },
  google_sql_database_instance: {
    path: ['settings', 'availability_type'],
    isOn: value => value === 'REGIONAL',
  },
  azurerm_postgresql_flexible_server: {
    path: ['high_availability', 'mode'],
    isOn: value => typeof value === 'string' && value !== 'Disabled',
  },
};

/** Whether a database has a standby, and what says so. */
interface Standby {
  readonly value: unknown;
  readonly isOn?: boolean;
  readonly argument: string;
  readonly subject?: string;
  readonly place: Place;
}

export const standby: Rule = {
  id: 'TF-08',
  kind: 'absolute',
  title: 'The database of production has a standby',
  guideStep: 6,
  sources: ['terraform', 'plan'],
  semantics:
    'The database of production is in several availability zones. A standby elsewhere costs money without a need.',
  remedy: 'Set db_multi_az = true.',
  appliesTo: needsFiles,
  evaluate: context => {
    const verdicts = environmentRoots(context).flatMap(root =>
      standbysOf(root).map(found => standbyVerdict(context, root, found)),
    );
    return verdicts.length > 0
      ? verdicts
      : environmentRoots(context).map(root =>
          onRoot(context, root, {
            outcome: 'not-applicable',
            reason: `Neither variables, nor arguments that can be read, nor a plan tell of a database of ${root.name}`,
          }),
        );
  },
};

function standbyVerdict(
  context: RuleContext,
  root: TerraformRoot,
  { value, isOn, argument, subject, place }: Standby,
): Verdict {
  const isProduction = roleOf(context, root) === 'prod';
  const where = { argument, subject, value: shown(value), ...place };
  if (isOn === undefined && isProduction) {
    return {
      ...withoutPlan(context, root),
      reason: `Whether the database of ${root.name} has a standby is not known: ${argument} takes a value from outside. Pass --plan ${root.name}=FILE, of a plan that knows it`,
    };
  }
  if (isOn === false && isProduction) {
    return onRoot(context, root, {
      ...where,
      reason: `The database of ${root.name} has no standby in another availability zone`,
    });
  }
  if (isOn === true && !isProduction) {
    return onRoot(context, root, {
      ...where,
      outcome: 'warn',
      reason: `The database of ${root.name} has a standby, which doubles what it costs`,
      remedy: 'Set db_multi_az = false, unless failover is tried here.',
    });
  }
  return onRoot(context, root);
}

/** By the plan; without one by a variable, else by the blocks. */
function standbysOf(root: TerraformRoot): Standby[] {
  const variable = variableOf(root, MULTI_AZ);
  if (root.plan) {
    return root.plan.resources
      .filter(
        ({ type, actions, after }) =>
          Object.hasOwn(STANDBY, type) &&
          actions.join() !== 'delete' &&
          !isReplica(after),
      )
      .map(({ address, type, after, unknown }) => {
        const { path, isOn } = STANDBY[type];
        const value = nested(after, path);
        const isOpen = value === undefined && nested(unknown, path) === true;
        return {
          value,
          ...(isOpen ? {} : { isOn: isOn(value) }),
          argument: variable?.name ?? path[path.length - 1],
          place: variable ? placeOfSetting(variable) : {},
          ...(variable ? {} : { subject: `terraform ${address}` }),
        };
      });
  }
  if (variable) {
    return flagOf(root, 'create_database') === false
      ? []
      : [
          {
            value: variable.value,
            ...(variable.value === UNKNOWN
              ? {}
              : { isOn: variable.value === true }),
            argument: variable.name,
            place: placeOfSetting(variable),
          },
        ];
  }
  return root.blocks.flatMap((block): Standby[] => {
    const path = pathOfStandby(block);
    if (!path) {
      return [];
    }
    const value = nested(block.values, path);
    const { isOn } = STANDBY[block.labels[0]] ?? STANDBY.aws_db_instance;
    return [
      {
        value,
        ...(value === UNKNOWN ? {} : { isOn: isOn(value) }),
        argument: path[path.length - 1],
        subject: `terraform ${block.address}`,
        place: placeOfArgument(block, path[0]),
      },
    ];
  });
}

/** A database by its type, or a module that says whether it has a standby. */
function pathOfStandby(block: TerraformBlock): string[] | undefined {
  if (block.type === 'resource') {
    const [type] = block.labels;
    return Object.hasOwn(STANDBY, type) && !isReplica(block.values)
      ? STANDBY[type].path
      : undefined;
  }
  // A module in the repository is looked into.
  const isLocal = /^\.\.?\//.test(String(block.body.source));
  const isDatabase =
    !isLocal &&
    /(^|[/_-])(rds|database|db)([/_.?-]|$)/.test(String(block.body.source));
  return block.type === 'module' &&
    (isDatabase || (!isLocal && 'multi_az' in block.body))
    ? ['multi_az']
    : undefined;
}

function isReplica(values: Readonly<Record<string, unknown>>): boolean {
  return (
    typeof values.replicate_source_db === 'string' ||
    typeof values.master_instance_name === 'string'
  );
}

function nested(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((holder, name) => {
    const one: unknown = Array.isArray(holder) ? holder[0] : holder;
    return typeof one === 'object' && one !== null
      ? new Map<string, unknown>(Object.entries(one)).get(name)
      : undefined;
  }, value);
}

/** A network that a root makes. */
interface Network {
  readonly root: TerraformRoot;
  readonly argument: string;
  readonly cidr: string;
  readonly place: Place;
}

export const disjointNetworks: Rule = {
  id: 'TF-17',
  kind: 'must differ',
  title: 'The networks of all roots are disjoint',
  guideStep: 6,
  sources: ['terraform', 'plan'],
  semantics:
    'No address is in the networks of two roots, so that they can be connected later.',
  remedy: 'Give each root a network of its own.',
  appliesTo: needsFiles,
  evaluate: context => {
    const networks = rootsOf(context).flatMap(networksOf);
    if (networks.length === 0) {
      return rootsOf(context).map(root =>
        onRoot(context, root, {
          outcome: 'unknown',
          reason: `Neither variables nor arguments that can be read say which network ${root.name} makes: pass --plan ${root.name}=FILE`,
        }),
      );
    }
    return networks.map(({ root, argument, cidr, place }, index) => {
      const range = rangeOf(cidr);
      const where = { argument, value: cidr, ...place };
      if (!range) {
        return onRoot(context, root, {
          ...where,
          reason: `${cidr} is not a network`,
        });
      }
      const clash = networks.slice(0, index).find(other => {
        const taken = rangeOf(other.cidr);
        return (
          !isOneNetwork(root, other.root) && taken && overlap(taken, range)
        );
      });
      return clash
        ? onRoot(context, root, {
            ...where,
            reason: `${cidr} of ${root.name} overlaps ${clash.cidr} of ${clash.root.name}`,
          })
        : onRoot(context, root);
    });
  },
};

/** Whether two roots may speak of the same network: one, or two that make different things in the same environments. */
function isOneNetwork(left: TerraformRoot, right: TerraformRoot): boolean {
  return (
    left === right ||
    (left.component !== right.component &&
      left.environments.join() === right.environments.join())
  );
}

const NETWORK = [
  'vpc_cidr',
  'vpc_cidr_block',
  'cidr_block',
  'network_cidr',
  'vnet_cidr',
  'cidr',
  'address_space',
];

/** Arguments of resources that are networks of their own, and not parts of one. */
const NETWORK_OF: Readonly<Record<string, string>> = {
  aws_vpc: 'cidr_block',
  azurerm_virtual_network: 'address_space',
  google_compute_subnetwork: 'ip_cidr_range',
};

function networksOf(root: TerraformRoot): Network[] {
  // A root that stands on a shared platform makes no network.
  if (flagOf(root, 'create_cluster') === false) {
    return [];
  }
  const variable = variableOf(root, NETWORK);
  const byVariable = cidrsIn(variable?.value).map(cidr => ({
    root,
    argument: variable?.name ?? '',
    cidr,
    place: variable ? placeOfSetting(variable) : {},
  }));
  if (byVariable.length > 0) {
    return byVariable;
  }
  const byBlock = root.blocks.flatMap(block => {
    const names =
      block.type === 'module'
        ? NETWORK.filter(name => cidrsIn(block.values[name]).length > 0)
        : block.type === 'resource' &&
          Object.hasOwn(NETWORK_OF, block.labels[0])
        ? [NETWORK_OF[block.labels[0]]]
        : [];
    return names.slice(0, 1).flatMap(argument =>
      cidrsIn(block.values[argument]).map(cidr => ({
        root,
        argument,
        cidr,
        place: placeOfArgument(block, argument),
      })),
    );
  });
  if (byBlock.length > 0) {
    return byBlock;
  }
  return (root.plan?.resources ?? [])
    .filter(
      ({ type, actions }) =>
        Object.hasOwn(NETWORK_OF, type) && actions.join() !== 'delete',
    )
    .flatMap(({ type, after }) =>
      cidrsIn(after[NETWORK_OF[type]]).map(cidr => ({
        root,
        argument: NETWORK_OF[type],
        cidr,
        place: {},
      })),
    );
}

/** Networks of IPv4 that are known; those of IPv6 are not compared. */
function cidrsIn(value: unknown): string[] {
  return [value]
    .flat()
    .filter(
      (entry): entry is string =>
        typeof entry === 'string' && entry !== '' && !entry.includes(':'),
    );
}
