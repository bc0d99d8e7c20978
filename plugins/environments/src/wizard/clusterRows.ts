import type { TranslationFunction } from '@backstage/frontend-plugin-api';
import { environmentsTranslationRef } from '../translation';
import { ClusterAnswer } from './clusters';
import {
  DEFAULT_KUBERNETES_VERSION,
  DEFAULT_REGION,
  defaultNetwork,
  defaultNodes,
} from './clusterDefaults';
import type { SettingGroup, SettingInput } from './SettingsTable';

type Input = SettingInput<ClusterAnswer>;

/** What the rows of the table of clusters depend on. */
export interface ClusterRowsContext {
  readonly t: TranslationFunction<typeof environmentsTranslationRef.T>;
  readonly isAws: boolean;
  readonly service: string;
  readonly asksRegion: boolean;
  readonly hasSecrets: boolean;
  readonly hasBuckets: boolean;
  readonly holdsProduction: (cluster: ClusterAnswer) => boolean;
  readonly set: (index: number, change: Partial<ClusterAnswer>) => void;
}

/** What the table asks of each cluster. */
export function clusterRows(
  context: ClusterRowsContext,
): SettingGroup<ClusterAnswer>[] {
  const { t, isAws, set } = context;
  const row = (...inputs: Input[]) => ({ label: inputs[0].label, inputs });
  const text = (
    setting:
      | 'kubernetesVersion'
      | 'vpcCidr'
      | 'destination'
      | 'authMount'
      | 'stateBucket',
    placeholder: Input['placeholder'],
  ): Input => ({
    setting,
    label: t(`clusters.${setting}`),
    kind: 'text',
    placeholder,
    value: cluster => cluster[setting] ?? '',
    onChange: (_, index, value) =>
      set(index, { [setting]: value.trim() || undefined }),
  });
  const region: Input = {
    setting: 'region',
    label: t('clusters.region'),
    kind: 'text',
    placeholder: () => DEFAULT_REGION,
    value: cluster => cluster.region ?? '',
    onChange: ({ aws }, index, value) =>
      set(index, {
        region: value.trim(),
        ...(aws
          ? { aws: { ...aws, region: value.trim() || DEFAULT_REGION } }
          : {}),
      }),
  };
  const account: Input = {
    setting: 'accountId',
    label: t('clusters.accountId'),
    kind: 'text',
    placeholder: () => '123456789012',
    value: ({ aws }) => aws?.accountId ?? '',
    onChange: ({ region: at }, index, value) =>
      set(index, {
        aws: { accountId: value.trim(), region: at || DEFAULT_REGION },
      }),
  };
  return [
    {
      rows: [
        ...(isAws || context.asksRegion ? [row(region)] : []),
        ...(isAws ? [row(account)] : []),
        row(text('kubernetesVersion', () => DEFAULT_KUBERNETES_VERSION)),
        row(nodeType(context)),
        { label: t('clusters.nodes'), inputs: nodeCounts(context) },
        row(text('vpcCidr', (_, index) => defaultNetwork(index))),
      ],
    },
    {
      title: t('clusters.known'),
      isFolded: true,
      rows: [
        row(text('destination', ({ name }) => name)),
        ...(context.hasSecrets
          ? [row(text('authMount', ({ name }) => `kubernetes-${name}`))]
          : []),
        ...(context.hasBuckets
          ? [
              row(
                text(
                  'stateBucket',
                  ({ name, aws }) =>
                    `${context.service}-terraform-state-${
                      aws?.accountId || name
                    }`,
                ),
              ),
            ]
          : []),
      ],
    },
  ];
}

/** How many nodes there are, and may be; of the usual type, unless another was said. */
function nodeCounts(context: ClusterRowsContext): Input[] {
  const { t, isAws, set, holdsProduction } = context;
  const defaults = (cluster: ClusterAnswer) =>
    defaultNodes(isAws, holdsProduction(cluster));
  const number = (name: 'count' | 'max'): Input => ({
    setting: `nodes.${name}`,
    label: t(`clusters.node.${name}`),
    kind: 'number',
    value: ({ nodes }) => String(nodes?.[name] ?? ''),
    placeholder: cluster => {
      const count = cluster.nodes?.count ?? defaults(cluster).count;
      return String(name === 'count' ? count : count * 2);
    },
    onChange: (cluster, index, value) => {
      const nodes = { ...defaults(cluster), ...cluster.nodes };
      set(index, {
        nodes:
          name === 'max'
            ? { ...nodes, max: value === '' ? undefined : Number(value) }
            : {
                ...nodes,
                count: value === '' ? defaults(cluster).count : Number(value),
              },
      });
    },
  });
  return [number('count'), number('max')];
}

function nodeType({
  t,
  isAws,
  set,
  holdsProduction,
}: ClusterRowsContext): Input {
  const defaults = (cluster: ClusterAnswer) =>
    defaultNodes(isAws, holdsProduction(cluster));
  return {
    setting: 'nodes.type',
    label: t('clusters.node.type'),
    kind: 'text',
    value: ({ nodes }) => nodes?.type ?? '',
    placeholder: cluster => defaults(cluster).type,
    onChange: (cluster, index, value) =>
      set(index, {
        nodes: {
          ...defaults(cluster),
          ...cluster.nodes,
          type: value.trim() || defaults(cluster).type,
        },
      }),
  };
}
