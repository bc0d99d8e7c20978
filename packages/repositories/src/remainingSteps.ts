import { Intent } from '@envmatrix/engine';
import { changeOf, registryOf } from './templateValues/pipelines';
import { listOf } from './templateValues/sentences';

const DELIVER_PATHS = {
  github: '.github/workflows/deliver.yaml',
  gitea: '.gitea/workflows/deliver.yaml',
  gitlab: '.gitlab-ci.yml',
} as const;

/** What releases by commit need, where main is protected. */
const PAST = {
  github:
    'the app that the workflows act as is on the bypass list of the ruleset `environments`, as releases are commits',
  gitlab: 'maintainers may push, as releases are commits',
  gitea:
    'the overlays that releases change by commit are among its unprotected files',
} as const;

/**
 * What a person has to do once, because it needs rights or secrets that no template has.
 *
 * @public
 */
export interface RemainingStep {
  readonly id: string;
  readonly title: string;
  /** What to do, in Markdown, on one line. */
  readonly text: string;
}

/**
 * The list of what remains by hand after the two repositories were published: the same in the output of the task and in
 * `docs/remaining-steps.md` of the deploy-config repository.
 *
 * @public
 */
export function remainingSteps(intent: Intent): RemainingStep[] {
  return [
    ...pipelines(intent),
    ...infrastructure(intent),
    ...clusters(intent),
    ...secrets(intent),
    ...observability(),
  ];
}

function pipelines(intent: Intent): RemainingStep[] {
  const dialect = intent.scm?.dialect ?? 'gitea';
  const service = intent.metadata.name;
  const registry = registryOf(intent.service.image);
  const steps: RemainingStep[] = [
    {
      id: 'deliver',
      title: 'Let the source repository deliver',
      text: `Copy \`docs/deliver.${dialect}.yaml\` into the source repository as \`${DELIVER_PATHS[dialect]}\`; its first lines say what it needs.`,
    },
    credentials(intent),
  ];
  if (dialect !== 'github' || registry !== 'ghcr.io') {
    steps.push({
      id: 'registry',
      title: `Sign in to ${registry}`,
      text: `Give the source repository \`REGISTRY_USER\` and the secret \`REGISTRY_PASSWORD\`, of an account that may push ${
        intent.service.image ?? service
      } and nothing else; the clusters need one that may pull it.`,
    });
  }
  const guarded = intent.environments.filter(
    environment =>
      environment.delivery.from !== undefined &&
      changeOf(intent, environment) === 'pull-request',
  );
  if (guarded.length > 0) {
    const byCommit = intent.environments.some(
      environment => changeOf(intent, environment) === 'commit',
    );
    steps.push({
      id: 'branch-protection',
      title: 'See that the main branch is protected',
      text: `Publication asks the git host for it and says in the task's output what was refused; set that up by hand. On \`main\` of both repositories it takes a review by code owners and the checks \`validate\` and \`check\`, without exceptions for people${
        byCommit ? `; ${PAST[dialect]}` : ''
      }. ${listOf(guarded.map(({ name }) => name))} relies on it.`,
    });
  }
  if (intent.prodGate?.includes('github-environment')) {
    const reviewers = intent.scm?.github?.reviewers ?? [];
    const production = intent.environments.filter(
      ({ kind }) => kind === 'production',
    );
    steps.push({
      id: 'environment-reviewers',
      title: 'Name who approves',
      text: `In the settings of the deploy-config repository, give the environment ${production
        .map(({ name }) => `\`${name}\``)
        .join(', ')} its required reviewers (${
        reviewers.length > 0 ? reviewers.join(', ') : 'at least one team'
      }), prevent self-review, and allow \`main\` only.`,
    });
  }
  return steps;
}

function credentials(intent: Intent): RemainingStep {
  switch (intent.scm?.dialect ?? 'gitea') {
    case 'github':
      return {
        id: 'app',
        title: 'Give the workflows an app',
        text: `Install a GitHub App with write access to contents and pull requests on the deploy-config repository alone; its private key is the secret \`DEPLOY_APP_PRIVATE_KEY\` of the deploy-config and the source repository${
          intent.scm?.github?.appClientId === undefined
            ? ', its client id the variable `DEPLOY_APP_CLIENT_ID`'
            : ''
        }.`,
      };
    case 'gitlab':
      return {
        id: 'project-token',
        title: 'Give the pipelines a project access token',
        text: 'Make an access token of the deploy-config project with the role Maintainer (others may not push to its main branch) and `write_repository` alone; it is the protected, masked variable `DEPLOY_TOKEN` of the deploy-config and the source project. The source project has one of its own, `RELEASE_TOKEN`, for tags.',
      };
    default:
      return {
        id: 'deploy-key',
        title: 'Give the source repository a deploy key',
        text: 'Add a deploy key with write access to the deploy-config repository; its private half is the secret `DEPLOY_KEY` of the source repository.',
      };
  }
}

function infrastructure(intent: Intent): RemainingStep[] {
  if (intent.cloud !== 'aws') {
    return [];
  }
  const accounts = [
    ...new Set(
      intent.clusters.flatMap(cluster => cluster.aws?.accountId ?? []),
    ),
  ];
  const where =
    accounts.length > 0
      ? `each account (${accounts.join(', ')})`
      : 'each account';
  return [
    ...guards(intent),
    {
      id: 'bootstrap',
      title: 'Make the place for Terraform state, and the roles',
      text: `Run \`make bootstrap ACCOUNT=<name>\` in the infrastructure repository once for ${where}, as an administrator: it makes the state bucket${
        intent.scm?.dialect === 'github' || intent.scm?.dialect === 'gitlab'
          ? ', the trust in the git host'
          : ''
      } and the roles that plan and apply. Then \`make lock\`, and commit what it writes.`,
    },
  ];
}

/** What has to be there before anybody can take a role that changes. */
function guards(intent: Intent): RemainingStep[] {
  switch (intent.scm?.dialect ?? 'gitea') {
    case 'github':
      return [
        {
          id: 'root-environments',
          title: 'Guard what applies Terraform',
          text: 'Before the bootstrap, make the environments `<root>` (for `main` only) and `<root>-plan` in the settings of the infrastructure repository, as its README says: GitHub would make them unguarded, and the roles trust them.',
        },
      ];
    case 'gitlab':
      return [];
    default:
      return [
        {
          id: 'runner-roles',
          title: 'Give the infrastructure repository its runners',
          text: 'Register runners with the labels `terraform-plan` and `terraform-apply` for it alone, and enter their roles in `bootstrap/accounts.auto.tfvars` before the bootstrap.',
        },
      ];
  }
}

/** What is in the clusters before the service is, and how Argo CD comes to know all of it. */
function clusters(intent: Intent): RemainingStep[] {
  const { exposure } = intent.service;
  const keys = intent.service.secrets ?? [];
  const gateway = intent.ingress?.gateway ?? {
    name: 'public',
    namespace: 'gateway-system',
  };
  const operators = [
    'the Prometheus operator, with the namespace `monitoring`, and kube-state-metrics',
    'metrics-server',
    ...(exposure === 'none' ? [] : ['cert-manager']),
    ...(exposure === 'gateway'
      ? [
          `a controller for the Gateway \`${gateway.name}\` in \`${gateway.namespace}\`, whose listener names the Secret \`${intent.metadata.name}-tls\` of each environment; without it Argo CD calls the application \`Progressing\` for ever, and where its pods are in another namespace, \`base/networkpolicy.yaml\` has to say so`,
        ]
      : []),
    ...(exposure === 'ingress'
      ? [
          `an ingress controller of the class \`${
            intent.ingress?.class ?? 'nginx'
          }\``,
        ]
      : []),
    ...(keys.length > 0
      ? ['External Secrets, and Reloader with `--reload-strategy=annotations`']
      : []),
  ];
  const names = intent.clusters
    .map(({ name, argocd }) => `\`${argocd?.destination ?? name}\``)
    .join(', ');
  return [
    {
      id: 'platform',
      title: 'See that the clusters have what the manifests need',
      text: `In every cluster: ${operators.join('; ')}.`,
    },
    {
      id: 'argocd',
      title: 'Tell Argo CD',
      text: `Register the clusters under the names ${names}${
        intent.cloud === 'aws'
          ? ' (their API servers are private: Argo CD has to be in a network that reaches them, with an access entry of its own)'
          : ''
      }, give Argo CD a key that reads the deploy-config repository, and apply \`argocd/root.yaml\` once, as its first lines say.`,
    },
    {
      id: 'egress',
      title: 'Say what the service may call',
      text: `Its pods reach DNS${
        intent.service.database === 'none' ? '' : ', the database'
      } and nothing else: write a policy for each dependency into \`apps/${
        intent.metadata.name
      }/base/networkpolicy.yaml\`.`,
    },
  ];
}

function secrets(intent: Intent): RemainingStep[] {
  const keys = intent.service.secrets ?? [];
  const stores = intent.environments.filter(
    environment => environment.secrets?.strategy !== 'fake',
  );
  if (keys.length === 0 || stores.length === 0) {
    return [];
  }
  const mount = intent.secretStore?.kvMount ?? 'secret';
  return [
    {
      id: 'vault-roles',
      title: 'Write the policies and roles to Vault',
      text: 'Someone who may administer Vault writes the policies and roles of `vault/`, as its README says.',
    },
    ...(intent.cloud === 'aws' && intent.service.database === 'postgres'
      ? [
          {
            id: 'database-user',
            title: 'Give the service a user of its own',
            text: 'In each database, make a user with the rights that the service needs, and put its address into the secret below: the password of the administrator is rotated by RDS, and nobody else is to use it.',
          },
        ]
      : []),
    {
      id: 'vault-values',
      title: 'Put the secrets in',
      text: `Write ${keys.map(key => `\`${key}\``).join(', ')} to ${stores
        .map(({ name }) => `\`${mount}/${name}/${intent.metadata.name}\``)
        .join(', ')}: a value of its own for each environment.`,
    },
  ];
}

function observability(): RemainingStep[] {
  return [
    {
      id: 'alert-keys',
      title: 'Give Alertmanager its keys',
      text: 'Put the keys of Slack and PagerDuty into the secret `alertmanager` of the namespace `monitoring`, under the file names in `monitoring/alertmanager/alertmanager.yaml`, and the configuration itself into `alertmanager-config`. Point `watchdog` at what raises the alarm when it stays silent.',
    },
    {
      id: 'notifications',
      title: 'Let Argo CD tell of releases',
      text: 'Merge `argocd/notifications.yaml` into the ConfigMap `argocd-notifications-cm` of Argo CD, which names Slack and Grafana as `service.slack` and `service.grafana`.',
    },
  ];
}
