import { textOf } from '../model/canonical';
import { WORKLOAD_KINDS } from '../model/workloads';
import { describe } from './subjects';
import { kindSubjects } from './subjects';
import { followsRelease, isOwnName, namesCommit } from './releases';
import { always, notApplicable, Rule } from './rule';

export const configurationKeys: Rule = {
  id: 'K8S-22',
  kind: 'must match',
  title: 'ConfigMaps have the same keys everywhere',
  guideStep: 11,
  sources: ['manifests'],
  semantics:
    'Every ConfigMap has the same keys in every environment. Values may differ, and so may the checksums of them.',
  remedy: 'Add the key to the ConfigMap of the environment that lacks it.',
  appliesTo: context =>
    kindSubjects('ConfigMap')(context).length > 0
      ? { applies: true }
      : notApplicable('There is no ConfigMap'),
  subjects: kindSubjects('ConfigMap'),
  claims: [
    {
      at: ['/data/*', '/binaryData/*'],
      kinds: ['ConfigMap'],
      judge: (change, pair) =>
        change.before && change.after
          ? { class: 'expected', reason: 'Values of ConfigMaps may differ' }
          : {
              class: 'violation',
              reason: describe(change, pair, `key ${change.place[1]}`),
            },
    },
    {
      at: ['/metadata/annotations/*', '/pod-metadata/annotations/*'],
      judge: ({ place, before, after }) =>
        before && after && /(^|[/.-])(checksum|hash)\b/.test(place[2])
          ? {
              class: 'expected',
              reason: 'A checksum follows the values, which may differ',
            }
          : undefined,
    },
  ],
};

export const operation: Rule = {
  id: 'K8S-26',
  kind: 'must match',
  title: 'Staging is rolled out and run as production is',
  guideStep: 11,
  sources: ['manifests'],
  semantics:
    'Update strategy and its deadlines, termination grace period, priority and ServiceAccount of staging are those of production; so are the steps, analyses and routing of traffic of an Argo Rollout, and where it takes its template from. Dev may differ.',
  remedy: 'Define it in the base, or in a component that both use.',
  appliesTo: context =>
    context.environments.some(({ role }) => role === 'staging')
      ? { applies: true }
      : notApplicable('No environment is staging'),
  subjects: kindSubjects(...WORKLOAD_KINDS),
  claims: [
    {
      at: [
        '/spec/strategy',
        '/spec/updateStrategy',
        '/spec/podManagementPolicy',
        '/spec/minReadySeconds',
        '/spec/progressDeadlineSeconds',
        '/spec/revisionHistoryLimit',
        '/spec/progressDeadlineAbort',
        '/spec/rollbackWindow',
        '/spec/analysis',
        '/spec/workloadRef',
        '/pod/terminationGracePeriodSeconds',
        '/pod/priorityClassName',
        '/pod/serviceAccountName',
        '/pod/automountServiceAccountToken',
      ],
      judge: (change, pair) => {
        if (isOwnName(change, pair)) {
          return {
            class: 'expected',
            reason: 'Each names its own environment',
          };
        }
        return pair.strict
          ? {
              class: 'violation',
              reason: describe(change, pair, change.place.slice(1).join(' ')),
            }
          : {
              class: 'expected',
              reason: 'Only staging is held to how production is run',
            };
      },
    },
    {
      at: ['/automountServiceAccountToken', '/imagePullSecrets'],
      kinds: ['ServiceAccount'],
      judge: (change, pair) =>
        pair.strict
          ? {
              class: 'violation',
              reason: describe(change, pair, change.place[0]),
            }
          : {
              class: 'expected',
              reason: 'Only staging is held to how production is run',
            },
    },
  ],
};

export const residual: Rule = {
  id: 'K8S-28',
  kind: 'must match',
  title: 'Every difference between environments has a reason',
  guideStep: 13,
  sources: ['manifests', 'intent'],
  semantics:
    'Whatever differs between two environments is allowed by a rule, or by an entry of parity.allow. What is not is unclassified. Labels and annotations that carry the version, or its commit by their OCI names, follow the release.',
  remedy:
    'Remove the difference, or add it to parity.allow in environments.yaml with the reason.',
  appliesTo: always,
  claims: [
    {
      at: [
        '/metadata/labels|annotations/*',
        '/pod-metadata/labels|annotations/*',
        '/spec/jobTemplate/metadata/labels|annotations/*',
        '/spec/volumeClaimTemplates/*/metadata/labels|annotations/*',
      ],
      judge: (change, pair) => {
        const { before, after } = change;
        const carriesVersion =
          before?.type === 'leaf' &&
          after?.type === 'leaf' &&
          followsRelease(
            change,
            textOf(before.value),
            textOf(after.value),
            pair,
          );
        return carriesVersion || namesCommit(change, pair)
          ? { class: 'lag', reason: 'It follows the release' }
          : undefined;
      },
    },
  ],
};
