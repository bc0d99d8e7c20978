import { targetsOf } from '../../intent';
import { objectAt } from '../../model/json';
import { parseQuantity } from '../../model/quantity';
import { Capacity, capacityOf } from '../../terraform/capacity';
import { Rule, RuleContext, Verdict, notApplicable } from '../rule';
import { NODE_COUNT, NODE_TYPE } from '../terraform/orderedSizes';
import { flagOf } from '../terraform/values';
import { variableOf } from '../terraform/verdicts';
import { listed, objectsOfKind } from '../view';

/** What the system needs of every node, and what keeps one free while another is replaced. */
const USABLE = 0.9;

const GIB = 2 ** 30;

export const capacity: Rule = {
  id: 'CAP-01',
  kind: 'absolute',
  title: 'The nodes carry what the quotas promise',
  guideStep: 6,
  sources: ['manifests', 'intent', 'terraform'],
  semantics: `The requests that the quotas of all environments in a cluster allow together are at most ${
    USABLE * 100
  } % of what its nodes have.`,
  remedy: 'Add nodes, or lower the quotas.',
  appliesTo: context =>
    context.environments.some(
      environment => objectsOfKind(environment, 'ResourceQuota').length > 0,
    )
      ? { applies: true }
      : notApplicable('There is no ResourceQuota'),
  evaluate: context =>
    context.intent.clusters.flatMap(cluster =>
      clusterVerdicts(context, cluster.name),
    ),
};

function clusterVerdicts(context: RuleContext, cluster: string): Verdict[] {
  const inside = context.environments.filter(({ name }) =>
    context.intent.environments.some(
      environment =>
        environment.name === name &&
        targetsOf(environment).some(target => target.cluster === cluster),
    ),
  );
  if (inside.length === 0) {
    return [];
  }
  const base = {
    environments: inside.map(({ name }) => name),
    subject: `cluster ${cluster}`,
  };
  const nodes = nodesOf(context, cluster);
  const each = nodes && capacityOf(nodes.type);
  if (!nodes || !each) {
    return [
      {
        ...base,
        outcome: 'unknown',
        reason: nodes
          ? `What a node of type ${nodes.type} has is not known`
          : `Neither the intent nor Terraform say which nodes ${cluster} has`,
        ...(nodes ? {} : { missing: 'terraform' as const }),
      },
    ];
  }
  const problems = (['cpu', 'memory'] as const).flatMap(resource => {
    const promised = inside.reduce(
      (sum, environment) =>
        sum +
        objectsOfKind(environment, 'ResourceQuota').reduce(
          (total, { source }) => total + promisedBy(source.value, resource),
          0,
        ),
      0,
    );
    const there = each[resource] * nodes.count * USABLE;
    const unit = resource === 'cpu' ? 'CPU' : 'GiB';
    return promised > there
      ? [
          {
            ...base,
            outcome: 'fail' as const,
            reason: `The quotas of ${listed(base.environments)} promise ${round(
              promised,
            )} ${unit}, and ${nodes.count} × ${nodes.type} carry ${round(
              there,
            )} ${unit}`,
          },
        ]
      : [];
  });
  if (problems.length > 0) {
    return problems;
  }
  const unbounded = inside.filter(
    environment =>
      !(['cpu', 'memory'] as const).every(resource =>
        objectsOfKind(environment, 'ResourceQuota').some(
          ({ source }) => quotaOn(source.value, resource) !== undefined,
        ),
      ),
  );
  return unbounded.length > 0
    ? [
        {
          ...base,
          outcome: 'unknown',
          reason: `No quota says how much CPU and memory the pods of ${listed(
            unbounded.map(({ name }) => name),
          )} may request`,
        },
      ]
    : [{ ...base, outcome: 'pass' }];
}

/** CPUs or GiB that a quota lets pods request. */
function promisedBy(quota: unknown, resource: keyof Capacity): number {
  const amount = quotaOn(quota, resource);
  if (amount === undefined) {
    return 0;
  }
  // Quantities are counted in billionths.
  const value = Number(amount) / 1e9;
  return resource === 'cpu' ? value : value / GIB;
}

function quotaOn(quota: unknown, resource: keyof Capacity) {
  const hard = objectAt(quota, 'spec', 'hard');
  return parseQuantity(hard[`requests.${resource}`] ?? hard[resource]);
}

function nodesOf(
  context: RuleContext,
  cluster: string,
): { type: string; count: number } | undefined {
  const declared = context.intent.clusters.find(
    ({ name }) => name === cluster,
  )?.nodes;
  const found = context.terraform?.roots.find(
    root =>
      flagOf(root, 'create_cluster') !== false &&
      variableOf(root, NODE_TYPE) !== undefined &&
      (root.name === cluster ||
        root.environments.some(environment =>
          context.intent.environments.some(
            entry =>
              entry.name === environment &&
              targetsOf(entry).some(
                (target, _, all) =>
                  target.cluster === cluster &&
                  // Each of several places has a root, which bears its name.
                  (all.length === 1 ||
                    root.name ===
                      `${environment}-${target.region ?? target.cluster}`),
              ),
          ),
        )),
  );
  const said = (names: readonly string[]) => {
    const value = found && variableOf(found, names)?.value;
    return typeof value === 'symbol' ? undefined : value;
  };
  const type = said(NODE_TYPE) ?? declared?.type;
  const count = said(NODE_COUNT) ?? declared?.count;
  return typeof type === 'string' && typeof count === 'number'
    ? { type, count }
    : undefined;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
