import { KubernetesObject } from '../../observations';
import { EnvironmentState } from '../environmentState';
import { map } from '../known';
import {
  limitRangeSchema,
  networkPolicySchema,
  quotaSchema,
} from '../kubernetesTypes';
import { resourceList } from './resourceList';
import { RowDefinition } from './RowDefinition';

/** What the cluster and the namespace give and allow. */
export function platformRows(): RowDefinition[] {
  const declared = (
    id: string,
    title: string,
    subject: string,
    pointers: readonly string[],
    read: RowDefinition['read'],
  ): RowDefinition => ({
    id: `platform.${id}`,
    group: 'platform',
    title,
    comparison: { kind: 'declared', subject, pointers },
    read,
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
      read: ({ clusterVersion }) => ({
        known: map(clusterVersion, version => version.replace(/^v/, '')),
      }),
    },
    declared(
      'pod-security',
      'Pod security',
      'Namespace',
      ['/metadata/labels/pod-security.kubernetes.io~1enforce'],
      state => ({
        known: map(
          state.objects('Namespace'),
          ([namespace]) =>
            namespace.metadata.labels?.['pod-security.kubernetes.io/enforce'],
          'Not enforced',
        ),
      }),
    ),
    declared(
      'network-policy',
      'Network policy',
      'networking.k8s.io/NetworkPolicy',
      [''],
      state => ({
        known: map(state.objects('NetworkPolicy'), networkPolicyText),
      }),
    ),
    quotaRow('requests.cpu', 'Quota, CPU requests'),
    quotaRow('requests.memory', 'Quota, memory requests'),
    quotaRow('limits.cpu', 'Quota, CPU limits'),
    quotaRow('limits.memory', 'Quota, memory limits'),
    quotaRow('pods', 'Quota, pods'),
    declared('limit-range', 'Limit range', 'LimitRange', ['/spec'], state => ({
      known: map(
        state.objects('LimitRange'),
        ([object]) => limitRangeText(object),
        'No limits for containers',
      ),
    })),
  ];
}

/** What is used is measured, what is allowed is declared. */
function quotaRow(resource: string, title: string): RowDefinition {
  return {
    id: `platform.quota.${resource}`,
    group: 'platform',
    title,
    comparison: {
      kind: 'declared',
      subject: 'ResourceQuota',
      pointers: [`/spec/hard/${resource}`],
      declaredPart: value => String(value).split(' / ')[1],
    },
    read: state => quotaReading(state, resource),
  };
}

function quotaReading(state: EnvironmentState, resource: string) {
  return {
    known: map(
      state.objects('ResourceQuota'),
      quotas => {
        for (const object of quotas) {
          const quota = quotaSchema.safeParse(object).data;
          const hard = quota?.spec.hard[resource];
          if (hard !== undefined) {
            return `${quota?.status?.used?.[resource] ?? '?'} / ${hard}`;
          }
        }
        return undefined;
      },
      'No quota on it',
    ),
  };
}

function limitRangeText(object: KubernetesObject): string | undefined {
  const limits = limitRangeSchema
    .safeParse(object)
    .data?.spec.limits.find(({ type }) => type === 'Container');
  return (
    limits &&
    `${resourceList(limits.defaultRequest)} – ${resourceList(limits.default)}`
  );
}

/** Traffic is denied by default where a policy selects every pod and allows nothing. */
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
