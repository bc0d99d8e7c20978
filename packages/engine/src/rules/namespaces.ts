import { ModelObject } from '../model/environmentModel';
import { stringAt } from '../model/json';
import { Applicability, EnvironmentView, Rule, Verdict, always } from './rule';
import { listed, objectsOfKind } from './view';
import { describe } from './subjects';

const LEVELS: readonly unknown[] = ['privileged', 'baseline', 'restricted'];

const PSA = 'pod-security.kubernetes.io/';

export const ownNamespaces: Rule = {
  id: 'ENV-03',
  kind: 'must differ',
  title: 'Every environment has a namespace of its own',
  guideStep: 2,
  sources: ['intent', 'manifests'],
  semantics:
    'No two environments share a namespace of a cluster; everything in the manifests goes into the namespace of its environment; namespaces are called <service>-<environment>.',
  remedy:
    "Set the namespace in the overlay's kustomization.yaml to the one of the intent.",
  appliesTo: always,
  evaluate: context =>
    context.environments.flatMap(environment => {
      const strays = [...environment.objects.values()].flatMap(object =>
        strayVerdict(environment, object),
      );
      const unusual = environment.tokens.namespaces.filter(
        namespace => namespace !== `${context.service}-${environment.name}`,
      );
      const named: Verdict[] = unusual.map(namespace => ({
        outcome: 'warn',
        environments: [environment.name],
        subject: `Namespace ${namespace}`,
        values: { [environment.name]: namespace },
        reason: `The namespace is not called ${context.service}-${environment.name}`,
        remedy: 'Nothing needs to change where the name is meant.',
      }));
      const verdicts = [...strays, ...named];
      return verdicts.length > 0
        ? verdicts
        : [
            {
              outcome: 'pass' as const,
              environments: [environment.name],
              subject: context.service,
              values: {
                [environment.name]: environment.tokens.namespaces.join(', '),
              },
            },
          ];
    }),
};

function strayVerdict(
  environment: EnvironmentView,
  { source, subject, kind }: ModelObject,
): Verdict[] {
  const { namespaces } = environment.tokens;
  const namespace = kind === 'Namespace' ? source.name : source.namespace;
  return namespace === undefined || namespaces.includes(namespace)
    ? []
    : [
        {
          outcome: 'fail',
          environments: [environment.name],
          subject,
          path: ['metadata', kind === 'Namespace' ? 'name' : 'namespace'],
          values: { [environment.name]: namespace },
          reason: `It goes into namespace ${namespace}; ${
            environment.name
          } is ${listed(namespaces)}`,
        },
      ];
}

function namespaceObjectsOf(environment: EnvironmentView): ModelObject[] {
  return objectsOfKind(environment, 'Namespace').filter(({ source }) =>
    environment.tokens.namespaces.includes(source.name),
  );
}

export const podSecurity: Rule = {
  id: 'ENV-07',
  kind: 'must match',
  title: 'The same pod security standard is enforced everywhere',
  guideStep: 3,
  sources: ['manifests', 'cluster'],
  semantics:
    'The namespace of every environment enforces the same level and version of the pod security standards; audit and warn are at least as strict.',
  remedy:
    'Set the pod-security.kubernetes.io labels of the Namespace in the base.',
  appliesTo: (context): Applicability => {
    const without = context.environments.filter(
      environment =>
        !namespaceObjectsOf(environment).some(
          ({ source }) => levelOf(source.value, 'enforce') !== undefined,
        ),
    );
    return without.length === context.environments.length
      ? {
          applies: false,
          outcome: 'unknown',
          reason:
            'No manifest labels the namespaces with a pod security level; what they enforce is for the clusters to tell',
        }
      : { applies: true };
  },
  subjects: context => [
    ...new Set(
      context.environments.flatMap(environment =>
        namespaceObjectsOf(environment).map(({ subject }) => subject),
      ),
    ),
  ],
  claims: [
    {
      at: ['enforce', 'enforce-version'].map(
        mode => `/metadata/labels/pod-security.kubernetes.io~1${mode}`,
      ),
      kinds: ['Namespace'],
      judge: (change, pair) => ({
        class: 'violation',
        reason: describe(change, pair, `the label ${change.place[2]}`),
      }),
    },
    {
      at: ['audit', 'audit-version', 'warn', 'warn-version'].map(
        mode => `/metadata/labels/pod-security.kubernetes.io~1${mode}`,
      ),
      kinds: ['Namespace'],
      judge: () => ({
        class: 'expected',
        reason: 'What is only reported may be stricter than what is enforced',
      }),
    },
  ],
  evaluate: context =>
    context.environments.flatMap(environment =>
      namespaceObjectsOf(environment).flatMap(({ source, subject }) => {
        const enforced = LEVELS.indexOf(levelOf(source.value, 'enforce'));
        return ['audit', 'warn'].flatMap((mode): Verdict[] => {
          const level = levelOf(source.value, mode);
          return level === undefined || LEVELS.indexOf(level) >= enforced
            ? []
            : [
                {
                  outcome: 'fail',
                  environments: [environment.name],
                  subject,
                  path: ['metadata', 'labels', `${PSA}${mode}`],
                  reason: `${mode} is ${level}, less strict than what is enforced`,
                },
              ];
        });
      }),
    ),
};

function levelOf(namespace: unknown, mode: string): string | undefined {
  return stringAt(namespace, 'metadata', 'labels', `${PSA}${mode}`);
}
