import { Intent } from '@envmatrix/engine';
import { remainingSteps } from '../remainingSteps';
import { approversOf } from './approvers';
import { codeOwners } from './codeOwners';
import { environmentValues } from './environments';
import { infrastructureValues } from './infrastructure';
import { observabilityValues } from './observability';
import {
  CLI_VERSION,
  fileAddress,
  imagePlatforms,
  isAttested,
  placeOf,
  registryOf,
} from './pipelines';
import { rootValues } from './roots';
import { isolationSentence, listOf, portalGates, runsIn } from './sentences';

/** What nobody answered is not there, rather than unheard of. */
const NOTHING_OF_GITHUB = {
  appClientId: undefined,
  plan: undefined,
  private: undefined,
  reviewers: undefined,
};

/** Where the usual installation of an ingress controller puts its pods, which the network policies let in. */
const INGRESS_NAMESPACES: Readonly<Record<string, string | undefined>> = {
  contour: 'projectcontour',
  haproxy: 'haproxy-controller',
  kong: 'kong',
  nginx: 'ingress-nginx',
  traefik: 'traefik',
};

/** What the skeleton's files may use; documented in the skeleton's README. */
export type TemplateValues = ReturnType<typeof templateValues>;

export function templateValues(intent: Intent) {
  const environments = intent.environments.map((environment, index) =>
    environmentValues(intent, environment, index),
  );
  const { metadata, service } = intent;
  const ingressClass = intent.ingress?.class ?? 'nginx';
  const gates = intent.prodGate ?? ['pull-request', 'argo-manual-sync'];
  return {
    service: metadata.name,
    title: metadata.title ?? metadata.name,
    description:
      metadata.description ??
      `Runs in ${environments.map(environment => environment.name).join(', ')}`,
    owner: metadata.owner,
    owner_name: lastPart(metadata.owner),
    system: metadata.system,
    system_name:
      metadata.system === undefined ? undefined : lastPart(metadata.system),
    image: service.image,
    version: service.initialVersion,
    port: service.port,
    probes: service.probes,
    exposure: service.exposure,
    ingress_class: ingressClass,
    ingress_namespace:
      INGRESS_NAMESPACES[ingressClass] ?? `ingress-${ingressClass}`,
    gateway: {
      sectionName: undefined,
      ...(intent.ingress?.gateway ?? {
        name: 'public',
        namespace: 'gateway-system',
      }),
    },
    database: service.database,
    secrets: service.secrets ?? [],
    secret_store: intent.secretStore,
    kv_mount: intent.secretStore?.kvMount ?? 'secret',
    parameterised:
      service.exposure !== 'none' || (service.secrets ?? []).length > 0,
    code_owners: codeOwners(intent),
    release_groups: releaseGroups(intent),
    pod_security: service.podSecurity,
    autoscaled: environments.some(({ workload }) => workload.autoscaled),
    isolation: intent.isolation,
    cloud: intent.cloud,
    terraform: intent.terraformFlavour,
    dialect: intent.scm?.dialect ?? 'gitea',
    github: intent.scm?.github && {
      ...NOTHING_OF_GITHUB,
      ...intent.scm.github,
    },
    app_client_id: intent.scm?.github?.appClientId,
    gates: {
      pull_request: gates.includes('pull-request'),
      github_environment: gates.includes('github-environment'),
      manual_sync: gates.includes('argo-manual-sync'),
    },
    portal_gates: portalGates(intent),
    argocd: {
      namespace: intent.argocd?.namespace ?? 'argocd',
      style: intent.argocd?.style ?? 'applications',
      sync_windows: intent.argocd?.syncWindows ?? [],
    },
    argocd_instance: intent.clusters.find(cluster => cluster.argocd)?.argocd
      ?.instance,
    alerts: {
      pagerduty: intent.alerts?.pagerdutyServiceKeyRef,
      slack: intent.alerts?.slackApiUrlRef,
    },
    slo: {
      availability: intent.slo?.availability ?? 99.9,
      latency_ms: intent.slo?.latencyMs ?? 500,
      window: intent.slo?.window ?? '30d',
    },
    repositories: {
      infrastructure: intent.repositories.infrastructure,
      deployConfig: intent.repositories.deployConfig,
      source: intent.repositories.source,
    },
    observability: observabilityValues(intent, environments),
    cli_version: CLI_VERSION,
    deploy_place: placeOf(intent.repositories.deployConfig),
    registry: registryOf(service.image),
    image_platforms: imagePlatforms(intent),
    attested: isAttested(intent),
    runbook_url: fileAddress(intent, `docs/runbooks/${metadata.name}.md`),
    remaining_steps: remainingSteps(intent),
    environments,
    first: environments[0],
    production: environments[environments.length - 1],
    promoted: environments.filter(
      environment => environment.from !== undefined,
    ),
    guarded: listOf(
      environments
        .filter(environment => environment.guarded)
        .map(environment => environment.name),
    ),
    clusters: intent.clusters.map(cluster => {
      const inside = intent.environments
        .filter(environment => runsIn(environment, cluster.name))
        .map(environment => environment.name);
      return {
        name: cluster.name,
        destination: cluster.argocd?.destination ?? cluster.name,
        environments: inside,
        environments_text: listOf(inside),
        shared: inside.length > 1,
        vault_mount: cluster.vault?.authMount,
        account_id: cluster.aws?.accountId,
        region: cluster.aws?.region,
      };
    }),
    roots: rootValues(intent),
    ...infrastructureValues(intent),
    isolation_sentence: isolationSentence(intent),
  };
}

/** Groups that may start a sync of production: those that may approve a promotion into it, else the owner. */
function releaseGroups(intent: Intent): string[] {
  const approvers = intent.environments
    .filter(({ kind }) => kind === 'production')
    .flatMap(approversOf);
  const reviewers = intent.scm?.github?.reviewers ?? [];
  const groups = [...approvers, ...reviewers].map(lastPart);
  return groups.length > 0
    ? [...new Set(groups)]
    : [lastPart(intent.metadata.owner)];
}

function lastPart(reference: string): string {
  return reference.slice(
    Math.max(reference.lastIndexOf('/'), reference.lastIndexOf(':')) + 1,
  );
}
