import { isKnown } from '../../terraform/expression/evaluate';
import { overlap, rangeOf } from '../../terraform/networks';
import { TerraformBlock, TerraformRoot } from '../../terraform/types';
import { Rule, RuleContext, Verdict } from '../rule';
import { flagOf, isUnknownAt } from './values';
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
    const made = rootsOf(context).map(root => ({ root, ...networksOf(root) }));
    const networks = made.flatMap(({ known }) => known);
    if (networks.length === 0) {
      return made.map(({ root }) => notKnown(context, root));
    }
    const unknown = made
      .filter(({ isOpen }) => isOpen)
      .map(({ root }) => notKnown(context, root));
    return [
      ...networks.map(({ root, argument, cidr, place }, index) => {
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
      }),
      ...unknown,
    ];
  },
};

function notKnown(context: RuleContext, root: TerraformRoot): Verdict {
  return onRoot(context, root, {
    outcome: 'unknown',
    reason: `Neither variables nor arguments that can be read say which network ${root.name} makes: pass --plan ${root.name}=FILE`,
  });
}

/** The networks of a root, and whether it makes one whose addresses are not known. */
interface Made {
  readonly known: Network[];
  readonly isOpen: boolean;
}

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

function networksOf(root: TerraformRoot): Made {
  // A root that stands on a shared platform makes no network.
  if (flagOf(root, 'create_cluster') === false) {
    return { known: [], isOpen: false };
  }
  const variable = variableOf(root, NETWORK);
  const byVariable = cidrsIn(variable?.value).map(cidr => ({
    root,
    argument: variable?.name ?? '',
    cidr,
    place: variable ? placeOfSetting(variable) : {},
  }));
  if (byVariable.length > 0) {
    return { known: byVariable, isOpen: !isKnown(variable?.value) };
  }
  const blocks = root.blocks.flatMap(block =>
    networkArguments(block)
      .slice(0, 1)
      .map(argument => ({ block, argument, value: block.values[argument] })),
  );
  const byBlock = blocks.flatMap(({ block, argument, value }) =>
    cidrsIn(value).map(cidr => ({
      root,
      argument,
      cidr,
      place: placeOfArgument(block, argument),
    })),
  );
  const isOpen = blocks.some(
    ({ block, value }) =>
      !isKnown(value) ||
      // What a resource does not say is given by a pool of addresses.
      (block.type === 'resource' &&
        [value].flat().length > 0 &&
        isLacking(value)),
  );
  if (root.plan && (byBlock.length === 0 || isOpen)) {
    return plannedNetworks(root, byBlock);
  }
  return {
    known: byBlock,
    isOpen: isOpen || (byBlock.length === 0 && !isKnown(variable?.value)),
  };
}

function isLacking(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

function plannedNetworks(root: TerraformRoot, byBlock: Network[]): Made {
  const planned = (root.plan?.resources ?? []).filter(
    ({ type, actions }) =>
      Object.hasOwn(NETWORK_OF, type) && actions.join() !== 'delete',
  );
  const known = planned.flatMap(({ type, after }) =>
    cidrsIn(after[NETWORK_OF[type]]).map(cidr => ({
      root,
      argument: NETWORK_OF[type],
      cidr,
      place: {},
    })),
  );
  return {
    known: known.length > 0 ? known : byBlock,
    isOpen: planned.some(({ type, unknown }) =>
      isUnknownAt(unknown, [NETWORK_OF[type]]),
    ),
  };
}

/** The arguments of a block that may be a network of its own. */
function networkArguments({ type, labels, values }: TerraformBlock): string[] {
  if (type === 'module') {
    return NETWORK.filter(
      name => cidrsIn(values[name]).length > 0 || !isKnown(values[name]),
    );
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
