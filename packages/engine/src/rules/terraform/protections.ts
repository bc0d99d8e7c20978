import { isObject, objectsAt } from '../../model/json';
import { PlannedResource, TerraformRoot } from '../../terraform/types';
import { Role, Rule, RuleContext, Verdict } from '../rule';
import { isUnknownAt } from './values';
import { needsPlans, onRoot, roleOf, rootsOf, withoutPlan } from './verdicts';

/** One thing that a planned resource must have. */
interface Demand {
  readonly type: string;
  readonly argument: string;
  /** Roles that it is demanded of. */
  readonly roles: readonly Role[];
  /** Paths below the argument that decide; the argument itself without them. */
  readonly decisive?: readonly (readonly string[])[];
  /** Whether what is known decides, although one of these is not known. */
  readonly isSettled?: (value: unknown, unknown: unknown) => boolean;
  readonly holds: (value: unknown, after: PlannedResource['after']) => boolean;
  readonly problem: string;
}

const BOTH: readonly Role[] = ['prod', 'staging'];

/** Databases of AWS, alone and in clusters, are asked the same. */
const awsDatabase = (type: string): Demand[] => [
  {
    type,
    argument: 'deletion_protection',
    roles: ['prod'],
    holds: value => value === true,
    problem: 'can be deleted by a plan',
  },
  {
    type,
    argument: 'backup_retention_period',
    roles: ['prod'],
    holds: (value, after) =>
      isReplica(after) || (typeof value === 'number' && value >= 7),
    problem: 'keeps backups for less than 7 days',
  },
  {
    type,
    argument: 'skip_final_snapshot',
    roles: ['prod'],
    holds: (value, after) => isReplica(after) || value !== true,
    problem: 'leaves no snapshot when it goes',
  },
  {
    type,
    argument: 'storage_encrypted',
    roles: BOTH,
    holds: value => value === true,
    problem: 'is not encrypted',
  },
];

const DEMANDS: readonly Demand[] = [
  ...awsDatabase('aws_db_instance'),
  ...awsDatabase('aws_rds_cluster'),
  ...['aws_db_instance', 'aws_rds_cluster_instance'].map(
    (type): Demand => ({
      type,
      argument: 'publicly_accessible',
      roles: BOTH,
      holds: value => value !== true,
      problem: 'can be reached from the internet',
    }),
  ),
  {
    type: 'google_sql_database_instance',
    argument: 'deletion_protection',
    roles: ['prod'],
    holds: value => value === true,
    problem: 'can be deleted by a plan',
  },
  {
    type: 'google_sql_database_instance',
    argument: 'settings',
    roles: ['prod'],
    decisive: [['backup_configuration', 'enabled']],
    holds: (value, after) =>
      isReplica(after) ||
      objectsAt(value, 0, 'backup_configuration').some(
        ({ enabled }) => enabled === true,
      ),
    problem: 'keeps no backups',
  },
  {
    type: 'google_sql_database_instance',
    argument: 'settings',
    roles: BOTH,
    decisive: [['ip_configuration', 'ipv4_enabled']],
    holds: value =>
      !objectsAt(value, 0, 'ip_configuration').some(
        ({ ipv4_enabled }) => ipv4_enabled === true,
      ),
    problem: 'can be reached from the internet',
  },
  {
    type: 'azurerm_postgresql_flexible_server',
    argument: 'backup_retention_days',
    roles: ['prod'],
    holds: value => typeof value === 'number' && value >= 7,
    problem: 'keeps backups for less than 7 days',
  },
  {
    type: 'azurerm_postgresql_flexible_server',
    argument: 'public_network_access_enabled',
    roles: BOTH,
    holds: value => value !== true,
    problem: 'can be reached from the internet',
  },
  {
    type: 'aws_eks_cluster',
    argument: 'enabled_cluster_log_types',
    roles: BOTH,
    holds: value => Array.isArray(value) && value.length > 0,
    problem: 'writes no logs of its control plane',
  },
  {
    type: 'aws_eks_cluster',
    argument: 'encryption_config',
    roles: BOTH,
    holds: value => Array.isArray(value) && value.length > 0,
    problem: 'does not encrypt secrets with a key of its own',
  },
  {
    type: 'aws_eks_cluster',
    argument: 'vpc_config',
    roles: ['prod'],
    decisive: [['endpoint_public_access'], ['public_access_cidrs']],
    isSettled: isEndpointSettled,
    holds: value =>
      !(Array.isArray(value) ? value : [value]).some(
        config =>
          isObject(config) &&
          config.endpoint_public_access !== false &&
          isOpen(config.public_access_cidrs),
      ),
    problem: 'has an API endpoint that the whole internet can reach',
  },
];

/** Without a list of networks, all of them are let in. */
function isOpen(cidrs: unknown): boolean {
  return (
    !Array.isArray(cidrs) ||
    cidrs.length === 0 ||
    cidrs.includes('0.0.0.0/0') ||
    cidrs.includes('::/0')
  );
}

/** An endpoint that is private, or lets in some networks alone, is safe whatever else is not known; one that lets in all of them is not. */
function isEndpointSettled(value: unknown, unknown: unknown): boolean {
  const [config] = [value].flat();
  if (!isObject(config)) {
    return false;
  }
  const { endpoint_public_access: access, public_access_cidrs: cidrs } = config;
  const isListed = !isUnknownAt(unknown, ['public_access_cidrs']);
  const isNamed =
    Array.isArray(cidrs) &&
    cidrs.some(cidr => cidr === '0.0.0.0/0' || cidr === '::/0');
  return (
    access === false ||
    (isListed && !isOpen(cidrs)) ||
    (isNamed && !isUnknownAt(unknown, ['endpoint_public_access']))
  );
}

function isReplica(after: PlannedResource['after']): boolean {
  return (
    typeof after.replicate_source_db === 'string' ||
    typeof after.master_instance_name === 'string'
  );
}

function protectionRule(options: {
  id: string;
  title: string;
  semantics: string;
  role: Role;
  kind: Rule['kind'];
}): Rule {
  const { role, ...words } = options;
  return {
    ...words,
    guideStep: 9,
    sources: ['plan'],
    remedy: 'Set the argument in the module, for every environment alike.',
    appliesTo: needsPlans,
    evaluate: context =>
      rootsOf(context)
        .filter(root => roleOf(context, root) === role)
        .flatMap(root =>
          root.plan
            ? demandVerdicts(context, root, role)
            : [withoutPlan(context, root)],
        ),
  };
}

function demandVerdicts(
  context: RuleContext,
  root: TerraformRoot,
  role: Role,
): Verdict[] {
  const demands = DEMANDS.filter(({ roles }) => roles.includes(role));
  const problems = (root.plan?.resources ?? [])
    .filter(({ actions }) => actions.join() !== 'delete')
    .flatMap(resource =>
      demands
        .filter(({ type }) => type === resource.type)
        .flatMap(demand => demandProblems(context, root, resource, demand)),
    );
  return problems.length > 0 ? problems : [onRoot(context, root)];
}

function demandProblems(
  context: RuleContext,
  root: TerraformRoot,
  { address, after, unknown }: PlannedResource,
  { argument, decisive, isSettled, holds, problem }: Demand,
): Verdict[] {
  const where = { subject: `terraform ${address}`, argument };
  const open = unknown[argument];
  const isOpenAt = decisive
    ? decisive.some(path => isUnknownAt(open, path))
    : open === true;
  if (isOpenAt && !isSettled?.(after[argument], open)) {
    // What is never asked of a replica need not be known of it.
    if (holds(undefined, after) && !holds(undefined, {})) {
      return [];
    }
    return [
      onRoot(context, root, {
        ...where,
        outcome: 'unknown',
        reason: `The plan of ${root.name} does not know ${argument} of ${address} before it is applied: set it in the configuration, or pass a plan that was made after`,
      }),
    ];
  }
  return argument in after && !holds(after[argument], after)
    ? [
        onRoot(context, root, {
          ...where,
          value: after[argument],
          reason: `${address} of ${root.name} ${problem}`,
        }),
      ]
    : [];
}

export const productionProtections = protectionRule({
  id: 'TF-12',
  kind: 'absolute',
  title: 'What production must not lose is protected',
  semantics:
    'In production, databases are protected from deletion, backed up for at least 7 days, encrypted, private and leave a snapshot; clusters write logs, encrypt secrets, and their API is not open to the internet.',
  role: 'prod',
});

export const stagingProtections = protectionRule({
  id: 'TF-13',
  kind: 'must match',
  title: 'Staging is as safe as production',
  semantics:
    'Encryption, private databases and logs, which production must have, staging has too: what is only tried in production is not tried.',
  role: 'staging',
});
