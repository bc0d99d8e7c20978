import { targetsOf } from '../../intent';
import { Rule, RuleContext, Verdict, notApplicable, unknown } from '../rule';
import { TerraformRoot } from '../../terraform/types';
import { flagOf } from '../terraform/values';
import { variableOf } from '../terraform/verdicts';
import { listed, rolesOf } from '../view';

/** Clusters of an environment, as the intent names them. */
function clustersOf(context: RuleContext, environment: string): string[] {
  const found = context.intent.environments.find(
    ({ name }) => name === environment,
  );
  return found ? targetsOf(found).map(({ cluster }) => cluster) : [];
}

export const clusterIdentity: Rule = {
  id: 'ENV-02',
  kind: 'must differ',
  title: 'Clusters are apart as the isolation model says',
  guideStep: 2,
  sources: ['intent', 'cluster'],
  semantics:
    'With shared-nonprod and separate, production has a cluster of its own; with separate, every environment has. Two names of one cluster are told by the UID of its namespace kube-system.',
  remedy:
    'Move production to a cluster of its own, or say isolation: namespaces.',
  appliesTo: context =>
    context.intent.isolation === 'namespaces' ||
    context.intent.isolation === 'custom'
      ? notApplicable(
          `The isolation model ${context.intent.isolation} does not ask for it`,
        )
      : { applies: true },
  evaluate: context => {
    const { intent, service } = context;
    const roles = rolesOf(intent);
    const clashes = intent.environments.flatMap((environment, index) =>
      intent.environments
        .slice(index + 1)
        .filter(
          other =>
            (intent.isolation === 'separate' ||
              (roles.get(environment.name) === 'prod') !==
                (roles.get(other.name) === 'prod')) &&
            clustersOf(context, other.name).some(cluster =>
              clustersOf(context, environment.name).includes(cluster),
            ),
        )
        .map(
          (other): Verdict => ({
            outcome: 'fail',
            environments: [environment.name, other.name],
            subject: service,
            reason: `${environment.name} and ${
              other.name
            } are in the same cluster, ${clustersOf(context, other.name).join(
              ', ',
            )}, although the isolation is ${intent.isolation}`,
          }),
        ),
    );
    return clashes.length > 0
      ? clashes
      : [
          {
            outcome: 'unknown',
            environments: intent.environments.map(({ name }) => name),
            subject: service,
            missing: 'cluster',
            reason:
              'Whether two names are one cluster is for the clusters to tell',
          },
        ];
  },
};

export const ownAccounts: Rule = {
  id: 'ENV-04',
  kind: 'must differ',
  title: 'Production has an account of its own',
  guideStep: 2,
  sources: ['intent'],
  semantics:
    'The AWS account of production is that of no other environment. With isolation namespaces this cannot be, and is a warning.',
  remedy: 'Give production an account of its own in clusters[].aws.accountId.',
  appliesTo: context =>
    context.intent.clusters.some(cluster => cluster.aws)
      ? { applies: true }
      : notApplicable('No cluster is in an AWS account'),
  evaluate: context => {
    const { intent, service } = context;
    const accountsOf = (environment: string) =>
      clustersOf(context, environment).flatMap(name => {
        const account = intent.clusters.find(cluster => cluster.name === name)
          ?.aws?.accountId;
        return account === undefined ? [] : [account];
      });
    const roles = rolesOf(intent);
    const others = intent.environments.filter(
      ({ name }) => roles.get(name) !== 'prod',
    );
    return intent.environments
      .filter(({ name }) => roles.get(name) === 'prod')
      .map(({ name }): Verdict => {
        const own = accountsOf(name);
        const sharing = others.filter(other =>
          accountsOf(other.name).some(account => own.includes(account)),
        );
        if (own.length === 0) {
          return {
            outcome: 'unknown',
            environments: [name],
            subject: service,
            reason: `The intent does not say in which account ${name} is`,
          };
        }
        return sharing.length === 0
          ? { outcome: 'pass', environments: [name], subject: service }
          : {
              outcome: intent.isolation === 'namespaces' ? 'warn' : 'fail',
              environments: [name],
              subject: service,
              values: { [name]: own.join(', ') },
              reason: `${name} is in the account of ${listed(
                sharing.map(other => other.name),
              )}, ${own.join(', ')}`,
            };
      });
  },
};

export const kubernetesVersions: Rule = {
  id: 'ENV-05',
  kind: 'must match',
  title: 'Kubernetes versions are at most one minor version apart',
  guideStep: 3,
  sources: ['intent', 'terraform', 'cluster'],
  semantics:
    'The clusters of all environments run the same major version, and a minor version at most one from that of production; an environment before production had better not run an older one.',
  remedy:
    'Upgrade the cluster that is behind; production last, after staging has run it.',
  appliesTo: context => {
    const names = new Set(
      context.intent.environments.flatMap(({ name }) =>
        clustersOf(context, name),
      ),
    );
    if (names.size < 2) {
      return notApplicable('All environments are in one cluster');
    }
    return context.intent.environments.some(
      ({ name }) => versionsOf(context, name).length > 0,
    )
      ? { applies: true }
      : unknown(
          'Neither the intent nor Terraform say which versions the clusters run',
          'cluster',
        );
  },
  evaluate: context => {
    const roles = rolesOf(context.intent);
    const production = context.intent.environments
      .filter(({ name }) => roles.get(name) === 'prod')
      .flatMap(({ name }) => versionsOf(context, name));
    return context.intent.environments
      .filter(({ name }) => roles.get(name) !== 'prod')
      .map(({ name }) => versionVerdict(context, name, production));
  },
};

/** `1.34`, `v1.34.2` */
const VERSION = /^v?\d+\.\d+(\.|$|\+)/;

function versionVerdict(
  context: RuleContext,
  environment: string,
  production: readonly string[],
): Verdict {
  const own = versionsOf(context, environment);
  const base = {
    environments: [environment],
    subject: context.service,
    values: { [environment]: own.join(', ') },
  };
  if (own.length === 0 || production.length === 0) {
    return {
      ...base,
      values: {},
      outcome: 'unknown',
      reason: `Which version ${environment} or production runs is not said`,
    };
  }
  const unread = [...own, ...production].find(
    version => !VERSION.test(version),
  );
  if (unread !== undefined) {
    return {
      ...base,
      outcome: 'unknown',
      reason: `${unread} is no version of Kubernetes that can be compared`,
    };
  }
  const gaps = own.flatMap(version =>
    production.map(other => gapOf(version, other)),
  );
  if (gaps.some(gap => gap === undefined || Math.abs(gap) > 1)) {
    return {
      ...base,
      outcome: 'fail',
      reason: `${environment} runs Kubernetes ${own.join(
        ', ',
      )}, production ${production.join(', ')}`,
    };
  }
  return gaps.some(gap => gap !== undefined && gap < 0)
    ? {
        ...base,
        outcome: 'warn',
        reason: `${environment} runs an older Kubernetes than production: ${own.join(
          ', ',
        )} and ${production.join(', ')}`,
      }
    : { ...base, outcome: 'pass' };
}

/** What Terraform gives a cluster, else what the intent says. */
function versionsOf(context: RuleContext, environment: string): string[] {
  return clustersOf(context, environment).flatMap(name => {
    const root = context.terraform?.roots.find(
      candidate =>
        (candidate.name === name ||
          candidate.environments.includes(environment)) &&
        versionIn(candidate) !== undefined &&
        flagOf(candidate, 'create_cluster') !== false,
    );
    const version =
      (root && versionIn(root)) ??
      context.intent.clusters.find(cluster => cluster.name === name)
        ?.kubernetesVersion;
    return typeof version === 'string' ? [version] : [];
  });
}

/** What variables and locals call the version of the cluster. */
const NAMES = [
  'kubernetes_version',
  'cluster_version',
  'k8s_version',
  'eks_version',
  'eks_cluster_version',
];

function versionIn(root: TerraformRoot): string | undefined {
  const value = variableOf(root, NAMES)?.value;
  return typeof value === 'string' || typeof value === 'number'
    ? String(value)
    : undefined;
}

/** Minor versions between two versions; undefined for another major one. */
function gapOf(left: string, right: string): number | undefined {
  const [a, b] = [left, right].map(version =>
    version.replace(/^v/, '').split(/[.+]/).map(Number),
  );
  return a[0] === b[0] ? a[1] - b[1] : undefined;
}
