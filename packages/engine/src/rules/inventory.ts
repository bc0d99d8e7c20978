import { SCALED_OBJECT } from '../model/workloads';
import {
  EnvironmentView,
  Judgement,
  Pair,
  PlacedChange,
  Rule,
  RuleContext,
  Verdict,
  always,
} from './rule';
import { describe } from './subjects';
import { leafAt, leavesOf } from './view';

/** Kinds that only keep a service up, which nobody needs in dev. */
export const GUARDS: ReadonlySet<string> = new Set([
  'policy/PodDisruptionBudget',
  'autoscaling/HorizontalPodAutoscaler',
  'autoscaling.k8s.io/VerticalPodAutoscaler',
  SCALED_OBJECT,
]);

/** Versions that API servers no longer serve. */
const REMOVED = new Set([
  'external-secrets.io/v1beta1',
  'external-secrets.io/v1alpha1',
  'extensions/v1beta1',
  'apps/v1beta1',
  'apps/v1beta2',
  'networking.k8s.io/v1beta1',
  'policy/v1beta1',
  'batch/v1beta1',
  'autoscaling/v2beta1',
  'autoscaling/v2beta2',
  'rbac.authorization.k8s.io/v1beta1',
  'apiextensions.k8s.io/v1beta1',
  'admissionregistration.k8s.io/v1beta1',
  'scheduling.k8s.io/v1beta1',
  'storage.k8s.io/v1beta1',
]);

export const inventory: Rule = {
  id: 'K8S-01',
  kind: 'must match',
  title: 'The same objects exist everywhere',
  guideStep: 11,
  sources: ['manifests'],
  semantics:
    'Staging and production have the same objects. Dev has them too, but for disruption budgets and autoscalers, and may have more.',
  remedy: 'Move the object into the base, or into a component that both use.',
  appliesTo: always,
  claims: [{ at: ['/$'], judge: judgePresence }],
  evaluate: context => {
    const conflicts = context.environments.flatMap(environment =>
      environment.conflicting.map(
        ({ subject, source }): Verdict => ({
          outcome: 'fail',
          environments: [environment.name],
          subject,
          reason: `It is defined twice in ${environment.name}, and differently`,
          remedy: 'Remove one of the definitions.',
          locations: { [environment.name]: source.location },
        }),
      ),
    );
    return conflicts;
  },
  subjects: context => [context.service],
};

function judgePresence(
  change: PlacedChange,
  pair: Pair,
  context: RuleContext,
): Judgement {
  const [has, lacks] = change.before
    ? [pair.from, pair.to]
    : [pair.to, pair.from];
  if (lacks.role !== 'dev') {
    if (has.role === 'dev' && isNeeded(change, has, lacks)) {
      return {
        class: 'violation',
        reason: `${has.name} has ${change.subject}, ${lacks.name} has not, and something in ${lacks.name} refers to it`,
      };
    }
    // What only dev has is its own affair.
    return has.role === 'dev' && !isGuarded(change.subject, context)
      ? onlyInDev(has)
      : violation(change, has, lacks);
  }
  if (GUARDS.has(change.kind)) {
    return {
      class: 'expected',
      reason: `${lacks.name} needs no ${change.kind.split('/')[1]}`,
    };
  }
  return isGuarded(change.subject, context)
    ? violation(change, has, lacks)
    : onlyInDev(has);
}

/** Whether staging or production have the object. */
function isGuarded(subject: string, context: RuleContext): boolean {
  return context.environments.some(
    environment =>
      environment.role !== 'dev' && environment.objects.has(subject),
  );
}

/** Fields that name another object, by the end of their paths, and the kinds that they name. */
const REFERENCES: readonly [RegExp, RegExp][] = [
  [/(^|\/)backend\/service\/name$/i, /^Service$/],
  [/(^|\/)backendRefs\/[^/]+\/name$/, /^Service$/],
  [/(^|\/)serviceName$/, /^Service$/],
  [/(^|\/)claimName$/, /^PersistentVolumeClaim$/],
  [/(^|\/)configMap(Ref)?\/name$/, /^ConfigMap$/],
  [/(^|\/)serviceAccountName$/, /^ServiceAccount$/],
  [/(^|\/)scaleTargetRef\/name$/, /^(apps\/|argoproj\.io\/Rollout)/],
  [/^roleRef\/name$/, /^rbac\.authorization\.k8s\.io\//],
];

/** Whether an environment refers to an object that it lacks, where the one that has it does so too. */
function isNeeded(
  change: PlacedChange,
  has: EnvironmentView,
  lacks: EnvironmentView,
): boolean {
  const missing = has.objects.get(change.subject);
  const fields = REFERENCES.filter(([, kind]) => kind.test(change.kind)).map(
    ([field]) => field,
  );
  if (!missing || fields.length === 0) {
    return false;
  }
  return [...lacks.objects.values()].some(({ subject, node }) => {
    let found = false;
    leavesOf(node, (path, leaf) => {
      found ||=
        leaf.text === missing.name &&
        fields.some(field => field.test(path.join('/'))) &&
        leafAt(has.objects.get(subject), path)?.text === missing.name;
    });
    return found;
  });
}

function onlyInDev(environment: EnvironmentView): Judgement {
  return {
    class: 'expected',
    reason: `${environment.name} may have objects that production has not`,
  };
}

export function violation(
  { subject }: PlacedChange,
  has: EnvironmentView,
  lacks: EnvironmentView,
): Judgement {
  return {
    class: 'violation',
    reason: `${has.name} has ${subject}, ${lacks.name} has not`,
  };
}

export const apiVersions: Rule = {
  id: 'K8S-20',
  kind: 'absolute',
  title: 'Objects use the same API versions, and none that is gone',
  guideStep: 10,
  sources: ['manifests', 'cluster'],
  semantics:
    'An object has the same apiVersion in every environment, and none that current servers no longer serve.',
  remedy: 'Use the version that current servers serve.',
  appliesTo: always,
  subjects: context => [context.service],
  claims: [
    {
      at: ['/apiVersion$'],
      judge: (change, pair) => ({
        class: 'violation',
        reason: describe(change, pair, 'the apiVersion'),
      }),
    },
  ],
  evaluate: context =>
    context.environments.flatMap(environment =>
      [...environment.objects.values()]
        .filter(({ source }) => REMOVED.has(source.apiVersion))
        .map(({ source, subject }) => ({
          outcome: 'fail' as const,
          environments: [environment.name],
          subject,
          path: ['apiVersion'],
          reason: `${source.apiVersion} is no longer served`,
        })),
    ),
};
