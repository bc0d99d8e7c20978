import { UNKNOWN } from '../../terraform/expression/evaluate';
import { TerraformBlock, TerraformRoot } from '../../terraform/types';
import { Rule, RuleContext, Verdict } from '../rule';
import { flagOf, shown } from './values';
import {
  Place,
  environmentRoots,
  needsFiles,
  onRoot,
  placeOfArgument,
  placeOfSetting,
  roleOf,
  variableOf,
  withoutPlan,
} from './verdicts';

const MULTI_AZ = [
  'db_multi_az',
  'multi_az',
  'db_high_availability',
  'rds_multi_az',
  'database_multi_az',
];

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
