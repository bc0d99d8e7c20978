import { UNKNOWN } from '../../terraform/expression/evaluate';
import { TerraformBlock, TerraformRoot } from '../../terraform/types';
import { Rule, RuleContext, Verdict } from '../rule';
import { isUncertain, isUnknownAt, nestedAt, shown, truthOf } from './values';
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

/** What decides whether there is a standby; UNKNOWN for what does not. */
type Judge = (value: unknown) => boolean | typeof UNKNOWN;

/** Where nothing is said, there is none. */
const bySwitch: Judge = value => {
  switch (value) {
    case true:
    case 'true':
      return true;
    case false:
    case 'false':
    case undefined:
    case null:
      return false;
    default:
      return UNKNOWN;
  }
};

const byType: Judge = value => {
  if (value === undefined || value === null) {
    return false;
  }
  return typeof value === 'string' ? value === 'REGIONAL' : UNKNOWN;
};

const byMode: Judge = value => {
  if (value === undefined || value === null) {
    return false;
  }
  return typeof value === 'string' ? value !== 'Disabled' : UNKNOWN;
};

/** Types of databases that can have a standby, the argument that says so, and what it has to be. */
const STANDBY: Readonly<Record<string, { path: string[]; judge: Judge }>> = {
  aws_db_instance: { path: ['multi_az'], judge: bySwitch },
  google_sql_database_instance: {
    path: ['settings', 'availability_type'],
    judge: byType,
  },
  azurerm_postgresql_flexible_server: {
    path: ['high_availability', 'mode'],
    judge: byMode,
  },
};

/** Arguments by which modules from outside say it; what they do where they are not told is not known. */
const OF_MODULES: Readonly<Record<string, Judge>> = {
  multi_az: value => (typeof value === 'boolean' ? value : UNKNOWN),
  availability_type: value =>
    value === 'REGIONAL' || value === 'ZONAL' ? value === 'REGIONAL' : UNKNOWN,
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
    const verdicts = environmentRoots(context).flatMap(root => {
      const found = standbysOf(root);
      return found.length === 0 && roleOf(context, root) === 'prod'
        ? unreadVerdicts(context, root)
        : found.map(entry => standbyVerdict(context, root, entry));
    });
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

/** A module that was not read may make a database, where neither a plan nor a variable says that there is none. */
function unreadVerdicts(context: RuleContext, root: TerraformRoot): Verdict[] {
  const [unread] = root.plan || variableOf(root, MULTI_AZ) ? [] : root.unread;
  return unread
    ? [
        onRoot(context, root, {
          outcome: 'unknown',
          ...placeOfArgument(unread.block, 'source'),
          reason: `Whether ${root.name} has a database is not known: ${unread.address}, from ${unread.source}, is ${unread.reason}. Pass --plan ${root.name}=FILE, of a plan that knows it`,
        }),
      ]
    : [];
}

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
      reason: `Whether the database of ${root.name} has a standby is not known: ${argument} takes a value from outside, or is not said. Pass --plan ${root.name}=FILE, of a plan that knows it`,
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
        const { path, judge } = STANDBY[type];
        const value = nestedAt(after, path);
        const isOpen =
          (value === undefined || value === null) && isUnknownAt(unknown, path);
        return {
          value,
          ...decided(isOpen ? UNKNOWN : judge(value)),
          argument: variable?.name ?? path[path.length - 1],
          place: variable ? placeOfSetting(variable) : {},
          ...(variable ? {} : { subject: `terraform ${address}` }),
        };
      });
  }
  const byBlock = root.blocks.flatMap((block): Standby[] => {
    const found = judgeOf(block);
    if (!found) {
      return [];
    }
    const { path, judge } = found;
    const value = nestedAt(block.values, path);
    return [
      {
        value,
        ...decided(isUncertain(root, block) ? UNKNOWN : judge(value)),
        argument: path[path.length - 1],
        subject: `terraform ${block.address}`,
        place: placeOfArgument(block, path[0]),
      },
    ];
  });
  const truth = variable ? truthOf(root, variable) : null;
  // A variable that is null leaves it to what it is given to.
  if (!variable || (truth === null && byBlock.length > 0)) {
    return byBlock;
  }
  const isMade = root.settings.get('create_database')?.value;
  return isMade === false
    ? []
    : [
        {
          value: variable.value,
          ...decided(truth === null || isMade === UNKNOWN ? UNKNOWN : truth),
          argument: variable.name,
          place: placeOfSetting(variable),
        },
      ];
}

function decided(isOn: boolean | typeof UNKNOWN): { isOn?: boolean } {
  return isOn === UNKNOWN ? {} : { isOn };
}

/** A database by its type, or a module that makes one or says whether it has a standby. */
function judgeOf(
  block: TerraformBlock,
): { path: string[]; judge: Judge } | undefined {
  if (block.type === 'resource') {
    const [type] = block.labels;
    return Object.hasOwn(STANDBY, type) && !isReplica(block.values)
      ? STANDBY[type]
      : undefined;
  }
  const source = String(block.body.source);
  // A module in the repository is looked into.
  if (block.type !== 'module' || /^\.\.?\//.test(source)) {
    return undefined;
  }
  const said = Object.keys(OF_MODULES).find(name => name in block.body);
  const isDatabase = /(^|[/_-])(rds|database|db)([/_.?-]|$)/.test(source);
  return said !== undefined || isDatabase
    ? { path: [said ?? 'multi_az'], judge: OF_MODULES[said ?? 'multi_az'] }
    : undefined;
}

function isReplica(values: Readonly<Record<string, unknown>>): boolean {
  return (
    typeof values.replicate_source_db === 'string' ||
    typeof values.master_instance_name === 'string'
  );
}
