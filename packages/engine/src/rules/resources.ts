import { ModelObject } from '../model/environmentModel';
import { formatQuantity } from '../model/quantity';
import { amountOf, FilledIn, filledInBy, judgeAmount } from './amounts';
import {
  EnvironmentView,
  Rule,
  RuleContext,
  Verdict,
  notApplicable,
} from './rule';
import { ContainerView, containersOf, leafAt, workloadsOf } from './view';

const hasWorkloads = (context: RuleContext) =>
  context.environments.some(environment => workloadsOf(environment).length > 0)
    ? ({ applies: true } as const)
    : notApplicable('No workload is defined');

export const resources: Rule = {
  id: 'K8S-10',
  kind: 'ordered',
  title: 'Requests and limits are set, and grow towards production',
  guideStep: 11,
  sources: ['manifests'],
  semantics:
    'Every container sets requests and limits of CPU and memory (or gets them from a LimitRange); requests <= limits; dev <= staging <= production. Staging and production that differ are a warning: what was tried is not what runs.',
  remedy: 'Set the resources of staging to those of production.',
  appliesTo: hasWorkloads,
  subjects: context => [
    ...new Set(
      context.environments.flatMap(environment =>
        workloadsOf(environment).map(({ subject }) => subject),
      ),
    ),
  ],
  claims: [
    {
      at: ['/pod/containers|initContainers/*/resources'],
      judge: (change, pair) => {
        const [, , container, , kind, resource] = change.place;
        const judgement = judgeAmount(
          change,
          pair,
          `The ${
            kind === 'limits' ? 'limit' : 'request'
          } of ${resource} of ${container}`,
        );
        return pair.strict && judgement.class === 'expected'
          ? { ...judgement, class: 'warn' }
          : judgement;
      },
    },
  ],
  evaluate: context =>
    context.environments.flatMap(environment => {
      const filledIn = filledInBy(environment);
      return workloadsOf(environment).flatMap(object =>
        containersOf(object).flatMap(container =>
          resourceVerdicts(context, environment, object, container, filledIn),
        ),
      );
    }),
};

/** Of a request and the limit that it exceeds, the one that fewer environments have as it is here. */
function oddOneOf(
  context: RuleContext,
  environment: EnvironmentView,
  { subject }: ModelObject,
  path: readonly string[],
  resource: string,
): 'requests' | 'limits' {
  const alike = (kind: 'requests' | 'limits') => {
    const texts = context.environments.map(({ name, objects }) => ({
      name,
      text: leafAt(objects.get(subject), [...path, 'resources', kind, resource])
        ?.text,
    }));
    const own = texts.find(({ name }) => name === environment.name)?.text;
    return texts.filter(({ text }) => text === own).length;
  };
  return alike('limits') < alike('requests') ? 'limits' : 'requests';
}

function resourceVerdicts(
  context: RuleContext,
  environment: EnvironmentView,
  object: ModelObject,
  { name, value, path, isInit }: ContainerView,
  filledIn: FilledIn,
): Verdict[] {
  return ['cpu', 'memory'].flatMap((resource): Verdict[] => {
    const request = amountOf(value, 'requests', resource, filledIn);
    const limit = amountOf(value, 'limits', resource, filledIn);
    const base = {
      outcome: 'fail' as const,
      environments: [environment.name],
      subject: object.subject,
    };
    if (!isInit && (request === undefined || limit === undefined)) {
      const lacking = request === undefined ? 'requests' : 'limits';
      return [
        {
          ...base,
          path: [...path, 'resources', lacking, resource],
          reason: `${name} sets no ${resource} ${lacking} in ${environment.name}`,
          remedy: `Set ${lacking}.${resource} of the container.`,
        },
      ];
    }
    return request !== undefined && limit !== undefined && request > limit
      ? [
          {
            ...base,
            path: [
              ...path,
              'resources',
              oddOneOf(context, environment, object, path, resource),
              resource,
            ],
            reason: `${name} requests more ${resource} than its limit: ${formatQuantity(
              request,
            )} and ${formatQuantity(limit)}`,
            remedy: 'Raise the limit, or lower the request.',
          },
        ]
      : [];
  });
}
