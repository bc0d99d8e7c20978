import { z } from 'zod';
import { WrittenObject } from './objects';

const annotated = z.looseObject({
  metadata: z.looseObject({
    name: z.string(),
    annotations: z.record(z.string(), z.string()).default({}),
  }),
});

const source = z.looseObject({
  kustomize: z
    .looseObject({
      patches: z.array(z.looseObject({ patch: z.string() })).default([]),
    })
    .optional(),
});

const applied = z.looseObject({
  spec: z.looseObject({
    source,
    syncPolicy: z.looseObject({
      automated: z.looseObject({}).optional(),
      retry: z.looseObject({ limit: z.number() }).optional(),
    }),
  }),
});

const set = z.looseObject({
  spec: z.looseObject({
    syncPolicy: z
      .looseObject({
        applicationsSync: z.string().optional(),
        preserveResourcesOnDeletion: z.boolean().optional(),
      })
      .default({}),
    generators: z.array(
      z.looseObject({
        list: z.looseObject({ elements: z.array(z.looseObject({})) }),
      }),
    ),
    template: applied,
  }),
});

const named = z.looseObject({
  group: z.string().optional(),
  kind: z.string().optional(),
  weight: z.number().optional(),
});

const route = z.looseObject({
  spec: z.looseObject({
    parentRefs: z.array(named),
    rules: z.array(z.looseObject({ backendRefs: z.array(named) })),
  }),
});

const deployment = z.looseObject({
  spec: z.looseObject({ progressDeadlineSeconds: z.number().optional() }),
});

const externalSecret = z.looseObject({
  spec: z.looseObject({
    data: z.array(
      z.looseObject({ remoteRef: z.record(z.string(), z.unknown()) }),
    ),
  }),
});

/** What the API server of the operator writes where nothing is written. */
const REMOTE_DEFAULTS = [
  'conversionStrategy',
  'decodingStrategy',
  'metadataPolicy',
];

/** A rollout that goes nowhere reads as in progress until then: Kubernetes waits for ten minutes. */
const LONGEST_ROLLOUT_SECONDS = 300;

/** Kinds that others name, and are refused or in error without. */
const FIRST = ['AppProject', 'PriorityClass'];

const WAVE = 'argocd.argoproj.io/sync-wave';
const OPTIONS = 'argocd.argoproj.io/sync-options';

/** What Argo CD would stumble over, or destroy, however right each object is by itself. */
export function argoProblems(objects: readonly WrittenObject[]): string[] {
  const hasStore = objects.some(({ kind }) => kind === 'SecretStore');
  return objects.flatMap(({ kind, value }): string[] => {
    const { metadata } = annotated.parse(value);
    const { name, annotations } = metadata;
    if (FIRST.includes(kind)) {
      return Number(annotations[WAVE] ?? '0') < 0
        ? []
        : [`${kind} ${name} comes no sooner than what names it`];
    }
    switch (kind) {
      case 'Namespace':
        return ['Prune=false', 'Delete=false']
          .filter(option => !annotations[OPTIONS]?.split(',').includes(option))
          .map(option => `Namespace ${name} lacks ${option}`);
      case 'Deployment': {
        const { progressDeadlineSeconds: seconds } =
          deployment.parse(value).spec;
        return seconds !== undefined && seconds <= LONGEST_ROLLOUT_SECONDS
          ? []
          : [`Deployment ${name} may fail for minutes before it says so`];
      }
      case 'HTTPRoute': {
        const { parentRefs, rules } = route.parse(value).spec;
        const backends = rules.flatMap(({ backendRefs }) => backendRefs);
        const isWhole =
          [...parentRefs, ...backends].every(
            ref => ref.group !== undefined && ref.kind !== undefined,
          ) && backends.every(({ weight }) => weight !== undefined);
        return isWhole ? [] : [`HTTPRoute ${name} is OutOfSync for ever`];
      }
      case 'ExternalSecret': {
        const isWhole = externalSecret
          .parse(value)
          .spec.data.every(({ remoteRef }) =>
            REMOTE_DEFAULTS.every(field => field in remoteRef),
          );
        return isWhole ? [] : [`ExternalSecret ${name} is OutOfSync for ever`];
      }
      case 'Application':
        return retryProblems(name, applied.parse(value));
      case 'ApplicationSet': {
        const { spec } = set.parse(value);
        const clusters = spec.generators.flatMap(({ list }) => list.elements);
        const patches = spec.template.spec.source.kustomize?.patches ?? [];
        return [
          ...retryProblems(name, spec.template),
          ...(spec.syncPolicy.preserveResourcesOnDeletion &&
          spec.syncPolicy.applicationsSync === 'create-update'
            ? []
            : [`${name} takes all that runs with it when it goes`]),
          ...(clusters.length > 1 &&
          hasStore &&
          !patches.some(({ patch }) => patch.includes('mountPath'))
            ? [`${name} signs in to Vault as another cluster`]
            : []),
        ];
      }
      default:
        return [];
    }
  });
}

/** Argo CD tries once for each commit, where nothing says more. */
function retryProblems(
  name: string,
  { spec: { syncPolicy } }: z.infer<typeof applied>,
): string[] {
  return syncPolicy.automated && !syncPolicy.retry
    ? [`${name} is not tried again after a failure`]
    : [];
}
