import { overlap, rangeOf } from '../../terraform/networks';
import { TerraformBlock, TerraformRoot } from '../../terraform/types';
import { Rule } from '../rule';
import { flagOf } from './values';
import {
  Place,
  needsFiles,
  onRoot,
  placeOfArgument,
  placeOfSetting,
  rootsOf,
  variableOf,
} from './verdicts';

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
    const names = networkArguments(block);
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

/** The arguments of a block that may be a network of its own. */
function networkArguments({ type, labels, values }: TerraformBlock): string[] {
  if (type === 'module') {
    return NETWORK.filter(name => cidrsIn(values[name]).length > 0);
  }
  return type === 'resource' && Object.hasOwn(NETWORK_OF, labels[0])
    ? [NETWORK_OF[labels[0]]]
    : [];
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
