import { JsonObject, stringAt } from '../json';
import { plain, quantity, reference } from './leaves';
import { claim, labelSelector, map, metadata, without } from './parts';
import { podSpec, podTemplate } from './podSpec';
import { rolloutStrategy } from './rolloutStrategy';
import { MapShape, ShapeContext } from './shape';

/** Replicas are the autoscaler's where there is one; the field is then no statement, and K8S-09 speaks of it. */
function withReplicas(defaults: JsonObject) {
  return (_value: JsonObject, context: ShapeContext): JsonObject =>
    context.autoscaled.has(`${context.subjectKind} ${context.name}`)
      ? defaults
      : { replicas: 1, ...defaults };
}

const alwaysRestart = map(podSpec.fields, {
  ...podSpec,
  defaults: (value, context) => ({
    restartPolicy: 'Always',
    ...podSpec.defaults?.(value, context),
  }),
});

const runningTemplate = map(
  { ...podTemplate.fields, spec: alwaysRestart },
  { split: true },
);

const rollingUpdate = { maxSurge: '25%', maxUnavailable: '25%' };

const deploymentStrategy = map(
  { rollingUpdate: map({}, { defaults: () => rollingUpdate }) },
  {
    split: true,
    defaults: value =>
      value.type === undefined || value.type === 'RollingUpdate'
        ? { type: 'RollingUpdate', rollingUpdate }
        : {},
  },
);

export const deployment: MapShape = map(
  {
    replicas: plain,
    selector: labelSelector,
    template: runningTemplate,
    strategy: deploymentStrategy,
  },
  {
    split: true,
    defaults: withReplicas({
      strategy: { type: 'RollingUpdate' },
      progressDeadlineSeconds: 600,
      revisionHistoryLimit: 10,
      minReadySeconds: 0,
      paused: false,
    }),
  },
);

export const persistentVolumeClaim = claim;

export const statefulSet: MapShape = map(
  {
    selector: labelSelector,
    template: runningTemplate,
    serviceName: reference,
    volumeClaimTemplates: {
      type: 'list',
      item: map(
        { metadata, spec: claim },
        {
          split: true,
          prepare: value =>
            without(value, new Set(['apiVersion', 'kind', 'status'])),
        },
      ),
      key: item => stringAt(item, 'metadata', 'name'),
    },
    updateStrategy: map(
      {
        rollingUpdate: map(
          {},
          { split: true, defaults: () => ({ partition: 0 }) },
        ),
      },
      {
        split: true,
        defaults: value => ({
          type: 'RollingUpdate',
          ...(value.type === undefined || value.type === 'RollingUpdate'
            ? { rollingUpdate: { partition: 0 } }
            : {}),
        }),
      },
    ),
    persistentVolumeClaimRetentionPolicy: map(
      {},
      {
        split: true,
        defaults: () => ({ whenDeleted: 'Retain', whenScaled: 'Retain' }),
      },
    ),
  },
  {
    split: true,
    defaults: withReplicas({
      podManagementPolicy: 'OrderedReady',
      updateStrategy: { type: 'RollingUpdate' },
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain' },
      revisionHistoryLimit: 10,
      minReadySeconds: 0,
    }),
  },
);

export const daemonSet: MapShape = map(
  {
    selector: labelSelector,
    template: runningTemplate,
    updateStrategy: map(
      {
        rollingUpdate: map(
          {},
          {
            split: true,
            defaults: () => ({ maxSurge: 0, maxUnavailable: 1 }),
          },
        ),
      },
      {
        split: true,
        defaults: value =>
          value.type === undefined || value.type === 'RollingUpdate'
            ? { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0 } }
            : {},
      },
    ),
  },
  {
    split: true,
    defaults: () => ({
      updateStrategy: { type: 'RollingUpdate' },
      revisionHistoryLimit: 10,
      minReadySeconds: 0,
    }),
  },
);

export const rollout: MapShape = map(
  {
    replicas: plain,
    selector: labelSelector,
    template: runningTemplate,
    workloadRef: map(
      { name: reference },
      {
        defaults: () => ({
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          scaleDown: 'never',
        }),
      },
    ),
    strategy: rolloutStrategy,
    analysis: map(
      {},
      {
        defaults: () => ({
          successfulRunHistoryLimit: 5,
          unsuccessfulRunHistoryLimit: 5,
        }),
      },
    ),
  },
  {
    split: true,
    // A restart that somebody asked for at a time.
    prepare: value => without(value, new Set(['restartAt'])),
    defaults: withReplicas({
      analysis: {
        successfulRunHistoryLimit: 5,
        unsuccessfulRunHistoryLimit: 5,
      },
      progressDeadlineSeconds: 600,
      progressDeadlineAbort: false,
      revisionHistoryLimit: 10,
      minReadySeconds: 0,
      paused: false,
    }),
  },
);

export const job: MapShape = map(
  { template: podTemplate, selector: labelSelector },
  {
    split: true,
    defaults: () => ({
      backoffLimit: 6,
      completions: 1,
      parallelism: 1,
      completionMode: 'NonIndexed',
      suspend: false,
      manualSelector: false,
      podReplacementPolicy: 'TerminatingOrFailed',
    }),
  },
);

export const cronJob: MapShape = map(
  {
    jobTemplate: map({ metadata, spec: job }, { split: true }),
  },
  {
    split: true,
    defaults: () => ({
      concurrencyPolicy: 'Allow',
      suspend: false,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
    }),
  },
);

export const horizontalPodAutoscaler: MapShape = map(
  {
    scaleTargetRef: map({ name: reference }),
    metrics: {
      type: 'list',
      item: map({ value: quantity }),
      key: item =>
        [
          stringAt(item, 'type'),
          stringAt(item, 'resource', 'name') ??
            stringAt(item, 'containerResource', 'name') ??
            stringAt(item, 'pods', 'metric', 'name') ??
            stringAt(item, 'object', 'metric', 'name') ??
            stringAt(item, 'external', 'metric', 'name'),
        ]
          .filter(Boolean)
          .join('/'),
    },
  },
  { split: true, defaults: () => ({ minReplicas: 1 }) },
);

export const podDisruptionBudget: MapShape = map(
  { selector: labelSelector },
  { split: true },
);
