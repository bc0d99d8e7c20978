import { isObject } from '../../model/json';
import { PlannedResource, TerraformRoot } from '../../terraform/types';
import { Role, Rule, RuleContext, Verdict } from '../rule';
import {
  environmentRoots,
  fileOfVariable,
  needsFiles,
  needsPlans,
  onRoot,
  roleOf,
  rootsOf,
  variableOf,
  withoutPlan,
} from './verdicts';

export const firewall: Rule = {
  id: 'TF-09',
  kind: 'absolute',
  title: 'Staging and production stand behind a firewall',
  guideStep: 6,
  sources: ['terraform', 'plan'],
  semantics:
    'A web ACL is planned for staging and for production; dev may do without.',
  remedy: 'Set enable_waf = true.',
  appliesTo: needsFiles,
  evaluate: context =>
    environmentRoots(context)
      .filter(root => roleOf(context, root) !== 'dev')
      .flatMap((root): Verdict[] => {
        const variable = variableOf(root, ['enable_waf', 'waf', 'waf_enabled']);
        if (root.plan) {
          const planned = root.plan.resources.some(
            ({ type, actions }) =>
              type === 'aws_wafv2_web_acl' && !actions.includes('delete'),
          );
          return planned || variable?.value === true
            ? [onRoot(context, root)]
            : [lacking(context, root, variable?.name)];
        }
        if (variable === undefined) {
          return [withoutPlan(context, root)];
        }
        return variable.value === true
          ? [onRoot(context, root)]
          : [lacking(context, root, variable.name)];
      }),
};

function lacking(
  context: RuleContext,
  root: TerraformRoot,
  argument = 'enable_waf',
): Verdict {
  return onRoot(context, root, {
    argument,
    value: root.variables[argument],
    file: fileOfVariable(root, argument),
    reason: `Nothing filters the requests to ${root.name}`,
  });
}

/** One thing that a planned resource must have. */
interface Demand {
  readonly type: string;
  readonly argument: string;
  /** Roles that it is demanded of. */
  readonly roles: readonly Role[];
  readonly holds: (value: unknown, after: PlannedResource['after']) => boolean;
  readonly problem: string;
}

const DEMANDS: readonly Demand[] = [
  {
    type: 'aws_db_instance',
    argument: 'deletion_protection',
    roles: ['prod'],
    holds: value => value === true,
    problem: 'can be deleted by a plan',
  },
  {
    type: 'aws_db_instance',
    argument: 'backup_retention_period',
    roles: ['prod'],
    holds: value => typeof value === 'number' && value >= 7,
    problem: 'keeps backups for less than 7 days',
  },
  {
    type: 'aws_db_instance',
    argument: 'skip_final_snapshot',
    roles: ['prod'],
    holds: value => value !== true,
    problem: 'leaves no snapshot when it goes',
  },
  {
    type: 'aws_db_instance',
    argument: 'storage_encrypted',
    roles: ['prod', 'staging'],
    holds: value => value === true,
    problem: 'is not encrypted',
  },
  {
    type: 'aws_db_instance',
    argument: 'publicly_accessible',
    roles: ['prod', 'staging'],
    holds: value => value !== true,
    problem: 'can be reached from the internet',
  },
  {
    type: 'aws_eks_cluster',
    argument: 'enabled_cluster_log_types',
    roles: ['prod', 'staging'],
    holds: value => Array.isArray(value) && value.length > 0,
    problem: 'writes no logs of its control plane',
  },
  {
    type: 'aws_eks_cluster',
    argument: 'encryption_config',
    roles: ['prod', 'staging'],
    holds: value => Array.isArray(value) && value.length > 0,
    problem: 'does not encrypt secrets with a key of its own',
  },
  {
    type: 'aws_eks_cluster',
    argument: 'vpc_config',
    roles: ['prod'],
    holds: value =>
      !(Array.isArray(value) ? value : [value]).some(
        config =>
          isObject(config) &&
          config.endpoint_public_access !== false &&
          Array.isArray(config.public_access_cidrs) &&
          config.public_access_cidrs.includes('0.0.0.0/0'),
      ),
    problem: 'has an API endpoint that the whole internet can reach',
  },
];

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
        .filter(
          ({ type, argument, holds }) =>
            type === resource.type &&
            // A value that is not known before it is applied cannot be judged.
            argument in resource.after &&
            !holds(resource.after[argument], resource.after),
        )
        .map(({ argument, problem }) =>
          onRoot(context, root, {
            subject: `terraform ${resource.address}`,
            argument,
            value: resource.after[argument],
            reason: `${resource.address} of ${root.name} ${problem}`,
          }),
        ),
    );
  return problems.length > 0 ? problems : [onRoot(context, root)];
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
