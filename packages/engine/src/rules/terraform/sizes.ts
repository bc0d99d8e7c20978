import { capacityOf } from '../../terraform/capacity';
import { overlap, rangeOf } from '../../terraform/networks';
import { TerraformRoot } from '../../terraform/types';
import { Rule, RuleContext, Verdict } from '../rule';
import {
  environmentRoots,
  fileOfVariable,
  needsFiles,
  onRoot,
  roleOf,
  rootsOf,
  variableOf,
} from './verdicts';

const NODE_TYPE = ['node_type', 'node_instance_type', 'instance_type'];
const NODE_COUNT = ['node_count', 'node_desired_size', 'desired_size'];
const DATABASE_CLASS = [
  'db_instance',
  'db_instance_class',
  'db_class',
  'database_class',
];
const MULTI_AZ = ['db_multi_az', 'multi_az', 'db_high_availability'];

/** A size of a root, as a number that can be compared. */
interface Size {
  readonly amount: number;
  readonly argument: string;
  readonly shown: string;
}

export const orderedSizes: Rule = {
  id: 'TF-07',
  kind: 'ordered',
  title: 'Nodes and databases grow towards production',
  guideStep: 6,
  sources: ['terraform'],
  semantics:
    'CPUs and memory of all nodes together, and of the database, are at most those of the environment that comes after.',
  remedy: 'Make the later environment at least as large.',
  appliesTo: needsFiles,
  evaluate: context => {
    const roots = [...rootsOf(context)].sort(
      (left, right) => rank(context, left) - rank(context, right),
    );
    return [nodesOf, databaseOf].flatMap(sizeOf => {
      const sized = roots.flatMap(root => {
        const size = sizeOf(root);
        return size ? [{ root, size }] : [];
      });
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
              file: fileOfVariable(next.root, next.size.argument),
              reason: `${root.name} is larger than ${next.root.name}: ${size.shown} and ${next.size.shown}`,
            })
          : onRoot(context, root);
      });
    });
  },
};

function rank(context: RuleContext, root: TerraformRoot): number {
  return { dev: 0, staging: 1, prod: 2 }[roleOf(context, root)];
}

function nodesOf(root: TerraformRoot): Size | undefined {
  const type = variableOf(root, NODE_TYPE);
  const count = variableOf(root, NODE_COUNT);
  if (
    root.variables.create_cluster === false ||
    typeof type?.value !== 'string' ||
    typeof count?.value !== 'number'
  ) {
    return undefined;
  }
  const capacity = capacityOf(type.value);
  return capacity
    ? {
        amount: capacity.cpu * count.value,
        argument: count.name,
        shown: `${count.value} × ${type.value}`,
      }
    : undefined;
}

function databaseOf(root: TerraformRoot): Size | undefined {
  const found = variableOf(root, DATABASE_CLASS);
  if (
    root.variables.create_database === false ||
    typeof found?.value !== 'string'
  ) {
    return undefined;
  }
  const capacity = capacityOf(found.value);
  return capacity
    ? {
        amount: capacity.cpu * 1000 + capacity.memory,
        argument: found.name,
        shown: found.value,
      }
    : undefined;
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
  evaluate: context =>
    environmentRoots(context).flatMap((root): Verdict[] => {
      const database = root.plan?.resources.find(
        ({ type }) => type === 'aws_db_instance',
      );
      const variable = variableOf(root, MULTI_AZ);
      const value = database ? database.after.multi_az : variable?.value;
      const hasDatabase =
        database !== undefined ||
        (variable !== undefined && root.variables.create_database !== false);
      if (!hasDatabase) {
        return [];
      }
      const isProduction = roleOf(context, root) === 'prod';
      const argument = variable?.name ?? 'multi_az';
      const file = fileOfVariable(root, argument);
      if (isProduction && value !== true) {
        return [
          onRoot(context, root, {
            argument,
            value,
            file,
            reason: `The database of ${root.name} has no standby in another availability zone`,
          }),
        ];
      }
      return [
        onRoot(context, root, {
          ...(!isProduction && value === true
            ? {
                outcome: 'warn' as const,
                argument,
                value,
                file,
                reason: `The database of ${root.name} has a standby, which doubles what it costs`,
                remedy:
                  'Set db_multi_az = false, unless failover is tried here.',
              }
            : {}),
        }),
      ];
    }),
};

export const disjointNetworks: Rule = {
  id: 'TF-17',
  kind: 'must differ',
  title: 'The networks of all roots are disjoint',
  guideStep: 6,
  sources: ['terraform'],
  semantics:
    'No address is in the networks of two roots, so that they can be connected later.',
  remedy: 'Give each root a network of its own.',
  appliesTo: needsFiles,
  evaluate: context => {
    const networks = rootsOf(context).flatMap(root => {
      const found = variableOf(root, [
        'vpc_cidr',
        'cidr_block',
        'network_cidr',
      ]);
      // A root that stands on a shared platform makes no network.
      return typeof found?.value === 'string' &&
        root.variables.create_cluster !== false
        ? [{ root, argument: found.name, cidr: found.value }]
        : [];
    });
    return networks.map(({ root, argument, cidr }, index) => {
      const range = rangeOf(cidr);
      const file = fileOfVariable(root, argument);
      if (!range) {
        return onRoot(context, root, {
          argument,
          value: cidr,
          file,
          reason: `${cidr} is not a network`,
        });
      }
      const clash = networks.slice(0, index).find(other => {
        const taken = rangeOf(other.cidr);
        return taken && overlap(taken, range);
      });
      return clash
        ? onRoot(context, root, {
            argument,
            value: cidr,
            file,
            reason: `${cidr} of ${root.name} overlaps ${clash.cidr} of ${clash.root.name}`,
          })
        : onRoot(context, root);
    });
  },
};
