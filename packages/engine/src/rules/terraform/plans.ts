import { withoutKeys } from '../../terraform/readPlan';
import { PlannedResource, TerraformRoot } from '../../terraform/types';
import { Rule, RuleContext, Verdict, notApplicable } from '../rule';
import { byComponent } from './values';
import {
  environmentRoots,
  needsPlans,
  onRoot,
  roleOf,
  rootsOf,
  withoutPlan,
} from './verdicts';

const MAX_AGE_HOURS = 24;

/** Resources whose loss is the loss of data: databases, buckets, volumes, registries and keys. */
const STATEFUL = new RegExp(
  `^(${[
    'aws_(db_instance|rds_(global_)?cluster|s3_bucket|dynamodb_(global_)?table|efs_file_system|ebs_volume|kms_key|secretsmanager_secret|backup_vault)',
    'aws_(docdb|neptune|redshift|msk|memorydb)(_serverless)?_cluster',
    'aws_elasticache_(cluster|replication_group|serverless_cache)',
    'aws_(opensearch|elasticsearch)_domain',
    'aws_fsx_\\w+_(file_system|volume)',
    'aws_(ecr_repository|cognito_user_pool|kinesis_stream|timestreamwrite_table)',
    'google_(sql_database(_instance)?|storage_bucket|bigquery_(dataset|table)|bigtable_(instance|table)|spanner_(instance|database)|firestore_database|filestore_instance|redis_instance|compute_(disk|region_disk)|kms_(key_ring|crypto_key)|alloydb_(cluster|instance)|secret_manager_secret)',
    'azurerm_(postgresql|mysql|mariadb)_(flexible_)?(server|database|server_database)',
    'azurerm_(mssql_(server|database|managed_instance|managed_database)|cosmosdb_\\w+|storage_(account|container|share)|managed_disk|key_vault(_key|_secret)?|redis_cache|kusto_(cluster|database)|netapp_volume)',
    'digitalocean_(database_cluster|database_db|volume|spaces_bucket)',
    'hcloud_volume|scaleway_(rdb_instance|object_bucket|block_volume)|ovh_cloud_project_database',
    'kubernetes_(persistent_volume|persistent_volume_claim)(_v1)?',
  ].join('|')})$`,
);

/** A rule that looks at each root's plan by itself. */
function planRule(
  words: Pick<
    Rule,
    'id' | 'kind' | 'title' | 'guideStep' | 'semantics' | 'remedy'
  >,
  problemsOf: (context: RuleContext, root: TerraformRoot) => Verdict[],
): Rule {
  return {
    ...words,
    sources: ['plan'],
    appliesTo: needsPlans,
    evaluate: context =>
      rootsOf(context).flatMap(root => {
        if (!root.plan) {
          return [withoutPlan(context, root)];
        }
        const problems = problemsOf(context, root);
        return problems.length > 0 ? problems : [onRoot(context, root)];
      }),
  };
}

export const sameResources: Rule = {
  id: 'TF-10',
  kind: 'must match',
  title: 'Staging is made of the resources of production',
  guideStep: 9,
  sources: ['plan'],
  semantics:
    'The addresses of the resources in the plan of staging, without the keys of count and for_each, are those of production; dev has no others.',
  remedy: 'Make the resource in every environment, of the size that fits.',
  appliesTo: context => {
    const plans = needsPlans(context);
    return plans.applies && environmentRoots(context).length < 2
      ? notApplicable('There is no second plan to compare with')
      : plans;
  },
  evaluate: context => {
    return byComponent(environmentRoots(context)).flatMap(alike =>
      resourceVerdicts(context, alike),
    );
  },
};

function resourceVerdicts(
  context: RuleContext,
  alike: readonly TerraformRoot[],
): Verdict[] {
  const planned = alike.filter(({ plan }) => plan);
  // Whether it has what the others have, only a plan of its own tells.
  const unplanned = alike
    .filter(({ plan }) => !plan)
    .map(root => withoutPlan(context, root));
  const production = planned.find(root => roleOf(context, root) === 'prod');
  if (!production) {
    return [
      ...planned.map(root =>
        onRoot(context, root, {
          outcome: 'unknown',
          reason:
            'It needs the plan of production: pass --plan ENVIRONMENT=FILE',
        }),
      ),
      ...unplanned,
    ];
  }
  const wanted = addressesOf(production);
  const compared = planned
    .filter(root => root !== production)
    .flatMap(root => {
      const own = addressesOf(root);
      const isStaging = roleOf(context, root) === 'staging';
      const lacking = isStaging
        ? [...wanted].filter(address => !own.has(address))
        : [];
      const beyond = [...own].filter(address => !wanted.has(address));
      const problems = [
        ...lacking.map(address => ({ address, has: production, not: root })),
        ...beyond.map(address => ({ address, has: root, not: production })),
      ].map(({ address, has, not }) =>
        onRoot(context, root, {
          subject: `terraform ${address}`,
          reason: `${has.name} has ${address}, ${not.name} has not`,
        }),
      );
      return problems.length > 0 ? problems : [onRoot(context, root)];
    });
  return [...compared, ...unplanned];
}

function addressesOf(root: TerraformRoot): Set<string> {
  return new Set(
    (root.plan?.resources ?? [])
      .filter(({ actions }) => actions.join() !== 'delete')
      .map(({ address }) => withoutKeys(address)),
  );
}

export const heldChecks = planRule(
  {
    id: 'TF-14',
    kind: 'absolute',
    title: 'Every check of a plan holds',
    guideStep: 9,
    semantics:
      'A check block that fails leaves the exit code of the plan at 0; here it counts.',
    remedy: 'Read the message of the check in the plan, and put it right.',
  },
  (context, root) =>
    (root.plan?.checks ?? [])
      .filter(({ status }) => status !== 'pass')
      .map(({ address, status }) =>
        onRoot(context, root, {
          subject: `terraform ${address}`,
          value: status,
          ...(status === 'fail' || status === 'error'
            ? { reason: `${address} does not hold in ${root.name}` }
            : {
                outcome: 'unknown' as const,
                reason: `The plan of ${root.name} does not know whether ${address} holds before it is applied`,
              }),
        }),
      ),
);

export const keptData = planRule(
  {
    id: 'TF-15',
    kind: 'absolute',
    title: 'No plan destroys what holds data',
    guideStep: 9,
    semantics:
      'Plans of staging and production neither delete nor replace databases, buckets, volumes and keys.',
    remedy:
      'Look at what forces the replacement; if it is meant, say so in parity.allow with an expiry.',
  },
  (context, root) =>
    roleOf(context, root) === 'dev'
      ? []
      : (root.plan?.resources ?? []).filter(isLoss).map(resource =>
          onRoot(context, root, {
            subject: `terraform ${resource.address}`,
            value: resource.actions.join(', '),
            reason: `The plan of ${root.name} would ${
              resource.actions.includes('create') ? 'replace' : 'delete'
            } ${resource.address}`,
          }),
        ),
);

/** What is forgotten stays where it is, and nobody looks after it any more. */
function isLoss({ type, actions }: PlannedResource): boolean {
  return STATEFUL.test(type) && actions.includes('delete');
}

export const noDrift = planRule(
  {
    id: 'TF-16',
    kind: 'absolute',
    title: 'Nothing was changed beside Terraform',
    guideStep: 9,
    semantics:
      'When a plan is made, what is there is what Terraform made: nobody changed it by hand.',
    remedy: 'Apply to undo the change by hand, or bring it into the files.',
  },
  (context, root) =>
    (root.plan?.drifted ?? []).map(address =>
      onRoot(context, root, {
        subject: `terraform ${address}`,
        reason: `${address} of ${root.name} was changed outside of Terraform`,
      }),
    ),
);

export const freshPlans = planRule(
  {
    id: 'TF-20',
    kind: 'advisory',
    title: 'Plans are not older than a day',
    guideStep: 9,
    semantics: `A plan was made less than ${MAX_AGE_HOURS} hours ago, so that it speaks of what is there now.`,
    remedy: 'Make the plan again.',
  },
  (context, root) => {
    const at = Date.parse(root.plan?.timestamp ?? '');
    if (Number.isNaN(at)) {
      return [
        onRoot(context, root, {
          outcome: 'unknown',
          reason: `The plan of ${root.name} does not say when it was made`,
        }),
      ];
    }
    const hours = Math.floor((Date.parse(context.now) - at) / 3_600_000);
    return hours < MAX_AGE_HOURS
      ? []
      : [
          onRoot(context, root, {
            outcome: 'warn',
            value: root.plan?.timestamp,
            reason: `The plan of ${root.name} is ${hours} hours old`,
          }),
        ];
  },
);
