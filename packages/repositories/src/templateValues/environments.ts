import { Intent, IntentEnvironment, targetsOf } from '@envmatrix/engine';
import {
  CERTIFICATE_DEFAULTS,
  OBSERVABILITY_DEFAULTS,
  positionOf,
  PURPOSE_DEFAULTS,
  QUOTA_DEFAULTS,
  WORKLOAD_DEFAULTS,
} from '../defaults';
import { approverOwners } from './codeOwners';
import { changeOf } from './pipelines';
import { arrival, arrivalSentence, gatesSentence } from './sentences';

export type EnvironmentValues = ReturnType<typeof environmentValues>;

/** What the files of one environment may use. */
export function environmentValues(
  intent: Intent,
  environment: IntentEnvironment,
  index: number,
) {
  const position = positionOf(environment, index);
  const { delivery } = environment;
  const automatic = delivery.sync === 'automatic';
  const way =
    delivery.way ??
    (environment.kind === 'production' ? 'pull-request' : 'commit');
  const targets = targetValues(intent, environment);
  const [first] = targets;
  return {
    name: environment.name,
    title: environment.title ?? environment.name,
    level: environment.level,
    kind: environment.kind,
    production: environment.kind === 'production',
    position,
    cluster: first?.cluster,
    namespace: first?.namespace,
    destination: first?.destination,
    targets,
    purpose: environment.purpose ?? PURPOSE_DEFAULTS[position].purpose,
    dataClass: environment.dataClass ?? PURPOSE_DEFAULTS[position].dataClass,
    automatic,
    pinned: environment.kind === 'production',
    priority: priorityOf(environment),
    guarded: position !== 'first',
    from: delivery.from,
    way: delivery.from === undefined ? undefined : way,
    change:
      delivery.from === undefined ? undefined : changeOf(intent, environment),
    arrival: arrival(delivery.from, way, automatic),
    arrival_sentence: arrivalSentence(intent, delivery.from, way),
    gates_sentence: gatesSentence(environment),
    approvers: approverOwners(intent, environment).join(' ') || undefined,
    workload: workloadValues(environment, position),
    quota: Object.entries(environment.quota ?? QUOTA_DEFAULTS[position]).map(
      ([name, value]) => ({ name, value: String(value) }),
    ),
    host: environment.host,
    certificate: environment.certificate ?? CERTIFICATE_DEFAULTS[position],
    vault_mount: first?.vault_mount,
    vault_role: `${intent.metadata.name}_${environment.name}`,
    secrets: environment.secrets?.strategy ?? 'vault',
    retention_days:
      environment.observability?.retentionDays ??
      OBSERVABILITY_DEFAULTS[position].retentionDays,
    paging:
      environment.observability?.paging ??
      OBSERVABILITY_DEFAULTS[position].paging,
    slack:
      environment.observability?.slack ??
      `#${intent.metadata.name}-${environment.name}`,
  };
}

/** Of its pods, beside those of other environments in one cluster. What has no class has 0. */
function priorityOf({ kind, level }: IntentEnvironment): number {
  return kind === 'production'
    ? (level + 1) * 1000
    : Math.min(-1, Math.max(-10, level - 11));
}

/** Where it runs: one Application each. A single one bears the name of the environment. */
function targetValues(intent: Intent, environment: IntentEnvironment) {
  const targets = targetsOf(environment);
  return targets.map(target => {
    const cluster = clusterOf(intent, target.cluster);
    return {
      name:
        targets.length === 1
          ? environment.name
          : `${environment.name}-${target.region ?? target.cluster}`,
      cluster: target.cluster,
      namespace: target.namespace,
      region: target.region,
      destination: cluster?.argocd?.destination ?? target.cluster,
      vault_mount: cluster?.vault?.authMount ?? `kubernetes-${target.cluster}`,
      vault_patch:
        targets.length > 1 &&
        (intent.service.secrets ?? []).length > 0 &&
        environment.secrets?.strategy !== 'fake',
    };
  });
}

function workloadValues(
  { workload }: IntentEnvironment,
  position: keyof typeof WORKLOAD_DEFAULTS,
) {
  const defaults = WORKLOAD_DEFAULTS[position];
  const replicas = workload?.replicas ?? defaults.replicas;
  const scales = typeof replicas === 'object';
  return {
    autoscaled: scales,
    replicas: scales ? replicas.min : replicas,
    min: scales ? replicas.min : undefined,
    max: scales ? replicas.max : undefined,
    replicas_text: scales
      ? `${replicas.min} – ${replicas.max}`
      : String(replicas),
    requests: { ...defaults.requests, ...workload?.requests },
    limits: { ...defaults.limits, ...workload?.limits },
    env: Object.entries({
      LOG_LEVEL: defaults.logLevel,
      ...workload?.env,
    }).map(([name, value]) => ({ name, value })),
  };
}

function clusterOf(intent: Intent, name: string | undefined) {
  return intent.clusters.find(candidate => candidate.name === name);
}
