import { KubernetesObject } from '../observations';
import { EnvironmentState } from './environmentState';
import { healthOf, syncOf } from './health';
import { versionOf } from './image';
import { Known, map } from './known';
import {
  limitRangeSchema,
  networkPolicySchema,
  quotaSchema,
} from './kubernetesTypes';
import { LiveWorkload } from './liveWorkload';
import { behindOf } from './summary';
import { Behind, Cell, GroupId } from './types';

/** One value of a row, before it is compared. */
export interface Reading {
  readonly known: Known<unknown>;
  readonly display?: string;
  readonly detail?: string;
  readonly state?: Cell['state'];
}

/**
 * One row of the matrix: what it reads of an environment, and how values of two environments are compared.
 */
export interface RowDefinition {
  readonly id: string;
  readonly group: GroupId;
  readonly title: string;
  readonly read: (state: EnvironmentState) => Reading;
  readonly comparison: RowComparison;
}

export type RowComparison =
  /** Moves with a promotion: different is behind, or ahead. */
  | { readonly kind: 'release' }
  /** Declared in git: judged as the differences below these pointers are. */
  | {
      readonly kind: 'declared';
      readonly subject: string;
      readonly pointers: readonly string[];
    }
  /** Measured: may differ, and this is why. */
  | { readonly kind: 'measured'; readonly reason: string };

const GROUPS: Readonly<Record<GroupId, string>> = {
  release: 'Release',
  delivery: 'Delivery',
  rollout: 'Rollout',
  configuration: 'Configuration',
  platform: 'Platform',
  secrets: 'Secrets and certificates',
  infrastructure: 'Infrastructure',
  'service-levels': 'Service levels',
};

export const GROUP_ORDER = Object.keys(GROUPS) as GroupId[];

export function groupTitle(id: GroupId): string {
  return GROUPS[id];
}

/** The rows that these environments have: some depend on what is declared, such as a row per environment variable. */
export function rowsOf(
  service: string,
  states: readonly EnvironmentState[],
): RowDefinition[] {
  return [
    ...releaseRows(),
    ...deliveryRows(),
    ...rolloutRows(),
    ...configurationRows(service, states),
    ...platformRows(),
  ];
}

function releaseRows(): RowDefinition[] {
  const comparison = { kind: 'release' } as const;
  return [
    {
      id: 'release.version',
      group: 'release',
      title: 'Version',
      comparison,
      read: state => versionReading(state),
    },
    {
      id: 'release.digest',
      group: 'release',
      title: 'Image digest',
      comparison,
      read: ({ workload }) => ({
        known: map(
          workload,
          live =>
            live.digests.length > 0 ? live.digests.join(', ') : undefined,
          'No pod is ready',
        ),
        display: workload.value?.digests.map(shortDigest).join(' and '),
        detail:
          workload.value && workload.value.digests.length === 1
            ? `all ${workload.value.readyReplicas} ready pods`
            : undefined,
      }),
    },
    {
      id: 'release.commit',
      group: 'release',
      title: 'Commit',
      comparison,
      read: ({ workload, input }) => {
        const sha = input.commit?.sha;
        const reason =
          input.commit?.unknown ??
          'The commit of this version has not been looked up yet';
        const known: Known<unknown> =
          sha === undefined
            ? {
                observation:
                  workload.value?.version === undefined
                    ? workload.observation
                    : { status: 'unknown', reason },
              }
            : {
                observation: workload.observation,
                value: sha,
                ...(workload.provenance
                  ? {
                      provenance: {
                        ...workload.provenance,
                        link: input.commit?.link,
                      },
                    }
                  : {}),
              };
        return { known, display: sha?.slice(0, 7) };
      },
    },
    {
      id: 'release.deployed',
      group: 'release',
      title: 'Deployed',
      comparison: {
        kind: 'measured',
        reason: 'Every environment gets a release at its own time',
      },
      read: state => {
        const at =
          state.input.arrived?.at ??
          state.application.value?.history.at(-1)?.deployedAt;
        const by = state.input.arrived?.by;
        return {
          known: map(state.workload, () => at, 'Nothing was deployed'),
          detail: by ? `by ${by}` : undefined,
        };
      },
    },
    {
      id: 'release.behind',
      group: 'release',
      title: 'Behind',
      comparison,
      read: state => {
        const behind = behindOf(state);
        if (!behind) {
          return {
            known: {
              observation: {
                status: 'absent',
                reason: 'The first environment lags behind nothing',
              },
            },
          };
        }
        return {
          known:
            behind.status === 'unknown'
              ? { observation: { status: 'unknown', reason: behind.reason } }
              : { observation: state.workload.observation, value: behind },
          display: behindText(behind),
        };
      },
    },
  ];
}

function versionReading({ workload, input }: EnvironmentState): Reading {
  const live = workload.value;
  const wanted = live && versionOf(live.wanted);
  const moving =
    live !== undefined &&
    live.version !== undefined &&
    (live.versions.length > 1 || live.version !== wanted);
  const desired = input.desired?.value.version;
  return {
    known: map(workload, ({ version }) => version, 'No pod is ready'),
    state: moving ? (live.trouble ? 'degraded' : 'progressing') : undefined,
    detail: moving
      ? `${live.versions
          .filter(version => version !== wanted)
          .join(', ')} → ${wanted}`
      : desired !== undefined && live === undefined
      ? `git says ${desired}`
      : undefined,
  };
}

function deliveryRows(): RowDefinition[] {
  return [
    {
      id: 'delivery.sync',
      group: 'delivery',
      title: 'Sync',
      comparison: {
        kind: 'measured',
        reason: 'Sync tells of one environment alone',
      },
      read: state => {
        const sync = syncOf(state);
        return {
          known: sync,
          state: sync.value === 'OutOfSync' ? 'out-of-sync' : undefined,
        };
      },
    },
    {
      id: 'delivery.health',
      group: 'delivery',
      title: 'Health',
      comparison: {
        kind: 'measured',
        reason: 'Health tells of one environment alone',
      },
      read: state => {
        const health = healthOf(state);
        return {
          known: health,
          state: healthState(health.value),
          detail:
            state.workload.value?.trouble?.text ??
            state.application.value?.unhealthyResources.find(
              resource => resource.message,
            )?.message,
        };
      },
    },
    {
      id: 'delivery.revision',
      group: 'delivery',
      title: 'Revision',
      comparison: {
        kind: 'measured',
        reason: 'Every environment is synced at its own time',
      },
      read: ({ application }) => ({
        known: map(
          application,
          ({ sync }) => sync.revision,
          'Nothing was synced',
        ),
        display: application.value?.sync.revision?.slice(0, 7),
      }),
    },
    {
      id: 'delivery.auto-sync',
      group: 'delivery',
      title: 'Sync policy',
      comparison: {
        kind: 'measured',
        reason: 'The intent declares it for each environment',
      },
      read: ({ application }) => ({
        known: map(application, ({ automated }) =>
          automated ? 'automatic' : 'manual',
        ),
      }),
    },
    {
      id: 'delivery.gate',
      group: 'delivery',
      title: 'A release arrives',
      comparison: {
        kind: 'measured',
        reason: 'The intent declares it for each environment',
      },
      read: ({ input }) => {
        const { from, way = 'commit', sync } = input.definition.delivery;
        const text =
          from === undefined
            ? 'when it is built'
            : `${
                way === 'pull-request' ? 'by pull request' : `by ${way}`
              } from ${from}${sync === 'manual' ? ', then a sync' : ''}`;
        return { known: { observation: { status: 'observed' }, value: text } };
      },
    },
  ];
}

function rolloutRows(): RowDefinition[] {
  const measured = {
    kind: 'measured',
    reason: 'It tells of one environment alone',
  } as const;
  return [
    {
      id: 'rollout.ready',
      group: 'rollout',
      title: 'Ready pods',
      comparison: measured,
      read: ({ workload }) => {
        const live = workload.value;
        return {
          known: map(
            workload,
            ({ readyReplicas, desiredReplicas }) =>
              `${readyReplicas}/${desiredReplicas}`,
          ),
          state:
            live && !live.rolledOut
              ? live.trouble
                ? 'degraded'
                : 'progressing'
              : undefined,
          detail: live?.trouble?.text,
        };
      },
    },
    {
      id: 'rollout.restarts',
      group: 'rollout',
      title: 'Restarts',
      comparison: measured,
      read: ({ workload }) => ({ known: map(workload, live => live.restarts) }),
    },
    {
      id: 'rollout.pdb',
      group: 'rollout',
      title: 'Disruption budget',
      comparison: {
        kind: 'measured',
        reason: 'Only environments with several replicas have one',
      },
      read: state => ({
        known: map(state.objects('PodDisruptionBudget'), ([budget]) =>
          budgetText(budget),
        ),
      }),
    },
  ];
}

function configurationRows(
  service: string,
  states: readonly EnvironmentState[],
): RowDefinition[] {
  const subject = `apps/Deployment ${service}`;
  const containerName =
    states.find(state => state.workload.value)?.workload.value?.container
      .name ?? service;
  const inContainer = `/spec/template/spec/containers/${containerName}`;
  const declared = (
    id: string,
    title: string,
    pointers: readonly string[],
    read: (live: LiveWorkload) => unknown,
  ): RowDefinition => ({
    id: `configuration.${id}`,
    group: 'configuration',
    title,
    comparison: { kind: 'declared', subject, pointers },
    read: ({ workload }) => ({ known: map(workload, read, 'Not set') }),
  });
  const variables = new Set(
    states.flatMap(state =>
      envOf(state.workload.value).map(({ name }) => name),
    ),
  );
  return [
    declared(
      'replicas',
      'Replicas',
      ['/spec/replicas'],
      live => live.desiredReplicas,
    ),
    declared(
      'image',
      'Image repository',
      [`${inContainer}/image/repository`],
      live => live.wanted.repository,
    ),
    declared(
      'command',
      'Command',
      [`${inContainer}/command`, `${inContainer}/args`],
      live =>
        joined(
          [...listOf(live.container.command), ...listOf(live.container.args)],
          ' ',
        ),
    ),
    declared('ports', 'Ports', [`${inContainer}/ports`], live =>
      joined(listOf(live.container.ports).map(portText), ', '),
    ),
    declared(
      'startup-probe',
      'Startup probe',
      [`${inContainer}/startupProbe`],
      live => probeText(live.container.startupProbe),
    ),
    declared(
      'readiness-probe',
      'Readiness probe',
      [`${inContainer}/readinessProbe`],
      live => probeText(live.container.readinessProbe),
    ),
    declared(
      'liveness-probe',
      'Liveness probe',
      [`${inContainer}/livenessProbe`],
      live => probeText(live.container.livenessProbe),
    ),
    declared(
      'requests',
      'Requests',
      [`${inContainer}/resources/requests`],
      live => resourcesText(live.container.resources, 'requests'),
    ),
    declared('limits', 'Limits', [`${inContainer}/resources/limits`], live =>
      resourcesText(live.container.resources, 'limits'),
    ),
    declared('mounts', 'Volume mounts', [`${inContainer}/volumeMounts`], live =>
      joined(
        listOf(live.container.volumeMounts).map(mount =>
          field(mount, 'mountPath'),
        ),
        ', ',
      ),
    ),
    declared(
      'security',
      'Security context',
      [`${inContainer}/securityContext`, '/spec/template/spec/securityContext'],
      live => securityText(live),
    ),
    ...[...variables]
      .sort()
      .map(name =>
        declared(
          `env.${name}`,
          name,
          [`${inContainer}/env/${name}`],
          live => envOf(live).find(entry => entry.name === name)?.value,
        ),
      ),
  ];
}

function platformRows(): RowDefinition[] {
  const quota = (resource: string, title: string): RowDefinition => ({
    id: `platform.quota.${resource}`,
    group: 'platform',
    title,
    comparison: {
      kind: 'declared',
      subject: 'ResourceQuota compute',
      pointers: [`/spec/hard/${resource}`],
    },
    read: state => ({
      known: map(
        state.objects('ResourceQuota'),
        quotas => {
          for (const object of quotas) {
            const parsed = quotaSchema.safeParse(object);
            const hard = parsed.data?.spec.hard[resource];
            if (hard !== undefined) {
              return `${
                parsed.data?.status?.used?.[resource] ?? '?'
              } / ${hard}`;
            }
          }
          return undefined;
        },
        'No quota on it',
      ),
    }),
  });
  return [
    {
      id: 'platform.kubernetes',
      group: 'platform',
      title: 'Kubernetes',
      comparison: {
        kind: 'measured',
        reason:
          'Clusters are upgraded one after the other; one minor version apart is allowed',
      },
      read: ({ cluster }) => ({
        known: map(cluster, ({ gitVersion }) => gitVersion.replace(/^v/, '')),
      }),
    },
    {
      id: 'platform.pod-security',
      group: 'platform',
      title: 'Pod security',
      comparison: {
        kind: 'declared',
        subject: 'Namespace',
        pointers: ['/metadata/labels/pod-security.kubernetes.io'],
      },
      read: state => ({
        known: map(
          state.objects('Namespace'),
          ([namespace]) =>
            namespace.metadata.labels?.['pod-security.kubernetes.io/enforce'],
          'Not enforced',
        ),
      }),
    },
    {
      id: 'platform.network-policy',
      group: 'platform',
      title: 'Network policy',
      comparison: {
        kind: 'declared',
        subject: 'networking.k8s.io/NetworkPolicy',
        pointers: [''],
      },
      read: state => ({
        known: map(state.objects('NetworkPolicy'), networkPolicyText),
      }),
    },
    quota('requests.cpu', 'Quota, CPU requests'),
    quota('requests.memory', 'Quota, memory requests'),
    quota('limits.cpu', 'Quota, CPU limits'),
    quota('limits.memory', 'Quota, memory limits'),
    quota('pods', 'Quota, pods'),
    {
      id: 'platform.limit-range',
      group: 'platform',
      title: 'Limit range',
      comparison: {
        kind: 'declared',
        subject: 'LimitRange defaults',
        pointers: ['/spec'],
      },
      read: state => ({
        known: map(state.objects('LimitRange'), ([object]) => {
          const limits = limitRangeSchema
            .safeParse(object)
            .data?.spec.limits.find(({ type }) => type === 'Container');
          return (
            limits &&
            `${resourceList(limits.defaultRequest)} – ${resourceList(
              limits.default,
            )}`
          );
        }),
      }),
    },
  ];
}

export function behindText(behind: Behind): string {
  const count =
    behind.commits === undefined
      ? ''
      : `${behind.commits} ${behind.commits === 1 ? 'commit' : 'commits'} `;
  switch (behind.status) {
    case 'identical':
      return `same as ${behind.environment}`;
    case 'behind':
      return `${count}behind ${behind.environment}`;
    case 'ahead':
      return `${count}ahead of ${behind.environment}`;
    case 'diverged':
      return `diverged from ${behind.environment}`;
    case 'unknown':
      return 'not known';
    default:
      throw new Error(`Unknown status ${behind.status satisfies never}`);
  }
}

export function healthState(health: string | undefined): Cell['state'] {
  switch (health) {
    case 'Progressing':
      return 'progressing';
    case 'Degraded':
    case 'Missing':
      return 'degraded';
    case 'Suspended':
      return 'suspended';
    default:
      return undefined;
  }
}

function shortDigest(digest: string): string {
  return `${digest.slice(0, 'sha256:'.length + 8)}…`;
}

function envOf(
  live: LiveWorkload | undefined,
): { name: string; value: string }[] {
  return listOf(live?.container.env).flatMap(entry => {
    const name = field(entry, 'name');
    const value = field(entry, 'value');
    return name === undefined
      ? []
      : [{ name, value: value ?? 'from a reference' }];
  });
}

function portText(port: unknown): string {
  return `${field(port, 'name') ?? ''}:${field(port, 'containerPort')}`;
}

function probeText(probe: unknown): string | undefined {
  if (!isRecord(probe)) {
    return undefined;
  }
  if (isRecord(probe.httpGet)) {
    return `GET ${field(probe.httpGet, 'path') ?? '/'} :${field(
      probe.httpGet,
      'port',
    )}`;
  }
  if (isRecord(probe.tcpSocket)) {
    return `TCP :${field(probe.tcpSocket, 'port')}`;
  }
  if (isRecord(probe.grpc)) {
    return `gRPC :${field(probe.grpc, 'port')}`;
  }
  return isRecord(probe.exec)
    ? listOf(probe.exec.command).join(' ')
    : undefined;
}

function resourcesText(
  resources: unknown,
  part: 'requests' | 'limits',
): string | undefined {
  return isRecord(resources) && isRecord(resources[part])
    ? resourceList(resources[part])
    : undefined;
}

function resourceList(
  resources: Readonly<Record<string, unknown>> | undefined,
): string {
  return Object.entries(resources ?? {})
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([, value]) => String(value))
    .join(' · ');
}

function securityText(live: LiveWorkload): string {
  const pod = live.workload.spec.template.spec.securityContext;
  const container = live.container.securityContext;
  const both = {
    ...(isRecord(pod) ? pod : {}),
    ...(isRecord(container) ? container : {}),
  };
  const facts = [
    both.runAsNonRoot === true ? 'non-root' : 'may be root',
    both.readOnlyRootFilesystem === true ? 'read-only' : 'writable',
    both.allowPrivilegeEscalation === false ? 'no escalation' : 'may escalate',
  ];
  return facts.join(', ');
}

function networkPolicyText(policies: readonly KubernetesObject[]): string {
  const denied = new Set<string>();
  for (const object of policies) {
    const spec = networkPolicySchema.safeParse(object).data?.spec;
    const selectsAll =
      spec &&
      Object.keys(spec.podSelector.matchLabels ?? {}).length === 0 &&
      (spec.podSelector.matchExpressions ?? []).length === 0;
    for (const type of selectsAll ? spec.policyTypes : []) {
      const rules = type === 'Ingress' ? spec?.ingress : spec?.egress;
      if ((rules ?? []).length === 0) {
        denied.add(type);
      }
    }
  }
  if (denied.size === 2) {
    return 'default deny';
  }
  return denied.size === 0
    ? 'open'
    : `${denied.has('Ingress') ? 'egress' : 'ingress'} open`;
}

function budgetText(budget: KubernetesObject): string | undefined {
  const spec = budget.spec;
  const min = field(spec, 'minAvailable');
  const max = field(spec, 'maxUnavailable');
  return min === undefined
    ? max && `at most ${max} unavailable`
    : `at least ${min} available`;
}

function joined(
  values: readonly (string | undefined)[],
  separator: string,
): string | undefined {
  return values.length === 0 ? undefined : values.join(separator);
}

function listOf(value: unknown): readonly unknown[] & string[] {
  return Array.isArray(value) ? value : [];
}

function field(value: unknown, name: string): string | undefined {
  const entry = isRecord(value) ? value[name] : undefined;
  return typeof entry === 'string' || typeof entry === 'number'
    ? String(entry)
    : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
