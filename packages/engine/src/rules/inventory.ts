import { CanonicalLeaf, nodeAt } from '../model/canonical';
import { ModelObject } from '../model/environmentModel';
import { objectAt, stringAt } from '../model/json';
import {
  containsWord,
  EnvironmentTokens,
  replaceOwnTokens,
} from '../model/tokens';
import { templatePath } from '../model/workloads';
import { describe, namesOwnEnvironment } from './containers';
import {
  always,
  EnvironmentView,
  Judgement,
  Pair,
  PlacedChange,
  Rule,
  RuleContext,
  Verdict,
} from './rule';
import { envNames, leavesOf } from './view';

/** Kinds that only keep a service up, which nobody needs in dev. */
const GUARDS = new Set([
  'policy/PodDisruptionBudget',
  'autoscaling/HorizontalPodAutoscaler',
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

function onlyInDev(environment: EnvironmentView): Judgement {
  return {
    class: 'expected',
    reason: `${environment.name} may have objects that production has not`,
  };
}

function violation(
  { subject }: PlacedChange,
  has: EnvironmentView,
  lacks: EnvironmentView,
): Judgement {
  return {
    class: 'violation',
    reason: `${has.name} has ${subject}, ${lacks.name} has not`,
  };
}

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

const LABEL = 'environment';

export const environmentLabels: Rule = {
  id: 'K8S-23',
  kind: 'absolute',
  title: 'Everything carries the label of its environment',
  guideStep: 10,
  sources: ['manifests'],
  semantics:
    'Every object, and every pod, has the label environment with the name of its environment.',
  remedy:
    "Add the label in the overlay's kustomization.yaml: labels with pairs environment, includeSelectors: false, includeTemplates: true.",
  appliesTo: always,
  evaluate: context =>
    context.environments.flatMap(environment => labelVerdicts(environment)),
};

function labelVerdicts(environment: EnvironmentView): Verdict[] {
  const places = [...environment.objects.values()].flatMap(object => {
    const template = templatePath(object.kind);
    const pods =
      template && template.length > 0
        ? [[...template, 'metadata', 'labels']]
        : [];
    return [['metadata', 'labels'], ...pods].map(path => ({
      object,
      path: [...path, LABEL],
      value: stringAt(objectAt(object.source.value, ...path), LABEL),
    }));
  });
  const { name } = environment;
  const wrong = places.filter(({ value }) => value !== name);
  if (wrong.length > 0 && wrong.length === places.length) {
    return wrong.every(({ value }) => value === undefined)
      ? [
          {
            outcome: 'fail',
            environments: [name],
            subject: `environment ${name}`,
            reason: `None of its ${environment.objects.size} objects has the label ${LABEL}: ${name}`,
          },
        ]
      : wrong.map(entry => labelFailure(name, entry));
  }
  return wrong.length > 0
    ? wrong.map(entry => labelFailure(name, entry))
    : [
        {
          outcome: 'pass',
          environments: [name],
          subject: `environment ${name}`,
        },
      ];
}

function labelFailure(
  environment: string,
  entry: { object: ModelObject; path: readonly string[]; value?: string },
): Verdict {
  const { object, path, value } = entry;
  const whose = path.length > 3 ? 'Its pods have' : 'It has';
  return {
    outcome: 'fail',
    environments: [environment],
    subject: object.subject,
    path,
    reason:
      value === undefined
        ? `${whose} no label ${LABEL}`
        : `${whose} the label ${LABEL}: ${value}, in ${environment}`,
  };
}

export const foreignTokens: Rule = {
  id: 'K8S-24',
  kind: 'absolute',
  title: 'Nothing in an environment points at another one',
  guideStep: 11,
  sources: ['manifests', 'intent'],
  semantics:
    'The manifests of an environment contain no namespace, host, account, secret path or name of another environment. Values that name their own environment may differ.',
  remedy: 'Point it at what belongs to this environment.',
  appliesTo: always,
  claims: [
    {
      at: [''],
      fallback: true,
      judge: ({ before, after }, pair) =>
        before?.type === 'leaf' &&
        after?.type === 'leaf' &&
        namesOwnEnvironment(String(before.value), String(after.value), pair)
          ? {
              class: 'expected',
              reason: 'Each value names its own environment',
            }
          : undefined,
    },
  ],
  evaluate: context => {
    const failures = context.environments.flatMap(environment =>
      foreignVerdicts(context, environment),
    );
    return failures.length > 0
      ? failures
      : [
          {
            outcome: 'pass',
            environments: envNames(context.environments),
            subject: context.service,
          },
        ];
  },
};

function foreignVerdicts(
  context: RuleContext,
  environment: EnvironmentView,
): Verdict[] {
  const others = foreignWords(context, environment);
  const verdicts: Verdict[] = [];
  for (const object of environment.objects.values()) {
    leavesOf(object.node, (path, leaf) => {
      if (typeof leaf.value !== 'string' || isSpokenForElsewhere(path)) {
        return;
      }
      const own = replaceOwnTokens(leaf.value, environment.tokens);
      const found = others.find(
        ({ words, segments }) =>
          words.some(word => containsWord(own, word)) ||
          (segments.some(segment => nameSegments(path, leaf).has(segment)) &&
            !isSameEverywhere(context, object.subject, path)),
      );
      if (found) {
        verdicts.push({
          outcome: 'fail',
          environments: [environment.name],
          subject: object.subject,
          path,
          reason: `It names ${found.name}: ${
            leaf.value.length > 120
              ? `${leaf.value.slice(0, 117)}...`
              : leaf.value
          }`,
        });
      }
    });
  }
  return verdicts;
}

/** The namespace is judged by ENV-03, the label by K8S-23, the hosts by ENV-09. */
function isSpokenForElsewhere(path: readonly string[]): boolean {
  return (
    (path[0] === 'metadata' && path[1] === 'namespace') ||
    (path.at(-1) === LABEL && path.at(-2) === 'labels') ||
    (path[0] === 'spec' && (path[1] === 'hostnames' || path[3] === 'host'))
  );
}

interface ForeignWords {
  readonly name: string;
  /** Give the other environment away wherever they stand. */
  readonly words: readonly string[];
  /** Give it away only as a part of a name. */
  readonly segments: readonly string[];
}

function foreignWords(
  context: RuleContext,
  environment: EnvironmentView,
): ForeignWords[] {
  const { intent, service } = context;
  const own = ownWords(environment.tokens, service);
  return context.environments
    .filter(other => other.name !== environment.name)
    .map(({ name, tokens }) => ({
      name,
      words: [
        ...tokens.namespaces,
        ...tokens.hosts,
        ...tokens.accounts,
        `${service}-${name}`,
      ].filter(
        word =>
          // A word that is part of our own names says nothing: `checkout` in `checkout-dev`.
          word !== service && !own.some(text => containsWord(text, word)),
      ),
      segments: intent.environments.some(
        entry => entry.name !== name && entry.name.split(/[-.]/).includes(name),
      )
        ? []
        : [name],
    }));
}

function ownWords(tokens: EnvironmentTokens, service: string): string[] {
  return [
    ...tokens.namespaces,
    ...tokens.hosts,
    ...tokens.accounts,
    ...tokens.clusters,
    `${service}-${tokens.environment}`,
  ];
}

/** The parts of a value that is a name, a path of a secret, or the host of an address; empty for what is neither. */
function nameSegments(
  path: readonly string[],
  leaf: CanonicalLeaf,
): ReadonlySet<string> {
  const value = String(leaf.value);
  if (path.at(-2) === 'remoteRef' && path.at(-1) === 'key') {
    return new Set(value.split(/[/_.-]/));
  }
  const address = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/@\s]*@)?([^/:?#\s]+)/i.exec(
    value,
  );
  if (address) {
    return new Set(address[1].split(/[.-]/));
  }
  const isLabel = path.includes('labels') || path.includes('annotations');
  return leaf.alias !== undefined && !isLabel && /^[a-z0-9.-]+$/.test(value)
    ? new Set(value.split(/[.-]/))
    : new Set();
}

/** What every environment has alike is not this one's mistake. */
function isSameEverywhere(
  context: RuleContext,
  subject: string,
  path: readonly string[],
): boolean {
  const texts = context.environments.map(environment => {
    const object = environment.objects.get(subject);
    const node = object && nodeAt(object.node, path);
    return node?.type === 'leaf' ? String(node.value) : undefined;
  });
  return texts.every(text => text === texts[0]);
}
