import { objectAt } from '../model/json';
import { objectsOfKind } from './view';
import { judgeAmount } from './amounts';
import { Rule, notApplicable } from './rule';
import { kindSubjects } from './subjects';

export const quotaParity: Rule = {
  id: 'K8S-13',
  kind: 'must match',
  title: 'Staging has the resource quotas of production',
  guideStep: 3,
  sources: ['manifests'],
  semantics:
    'Resource quotas limit the same resources in every environment; those of staging are those of production, those of dev at most as large.',
  remedy: 'Set the quota of staging to that of production.',
  appliesTo: context =>
    kindSubjects('ResourceQuota')(context).length > 0
      ? { applies: true }
      : notApplicable('There is no ResourceQuota'),
  subjects: kindSubjects('ResourceQuota'),
  claims: [
    {
      at: ['/spec/hard/*'],
      kinds: ['ResourceQuota'],
      judge: (change, pair) => {
        const what = `The quota of ${change.place[2]}`;
        const judgement = judgeAmount(change, pair, what);
        return pair.strict && judgement.class === 'expected'
          ? {
              class: 'violation',
              reason: `${what} differs between ${pair.from.name} and ${pair.to.name}`,
            }
          : judgement;
      },
    },
  ],
};

export const limitRanges: Rule = {
  id: 'K8S-14',
  kind: 'must match',
  title: 'Staging has the limit ranges of production',
  guideStep: 3,
  sources: ['manifests'],
  semantics:
    'Limit ranges of staging are those of production, those of dev at most as large. Where a quota counts limits, a LimitRange gives defaults.',
  remedy: 'Set the LimitRange of staging to that of production.',
  appliesTo: context =>
    kindSubjects('LimitRange', 'ResourceQuota')(context).length > 0
      ? { applies: true }
      : notApplicable('There is neither a LimitRange nor a ResourceQuota'),
  subjects: kindSubjects('LimitRange'),
  claims: [
    {
      at: ['/spec/limits'],
      kinds: ['LimitRange'],
      judge: (change, pair) => {
        const [, , type, ...field] = change.place;
        const what = `The limit range's ${(field.length > 0
          ? field
          : [type]
        ).join(' ')}`;
        const judgement = judgeAmount(change, pair, what);
        return pair.strict && judgement.class === 'expected'
          ? {
              class: 'violation',
              reason: `${what} differs between ${pair.from.name} and ${pair.to.name}`,
            }
          : judgement;
      },
    },
  ],
  evaluate: context =>
    context.environments.flatMap(environment =>
      objectsOfKind(environment, 'ResourceQuota')
        .filter(({ source }) =>
          Object.keys(objectAt(source.value, 'spec', 'hard')).some(key =>
            key.startsWith('limits.'),
          ),
        )
        .filter(() => objectsOfKind(environment, 'LimitRange').length === 0)
        .map(({ subject }) => ({
          outcome: 'fail' as const,
          environments: [environment.name],
          subject,
          reason: `A quota counts limits in ${environment.name}, and no LimitRange gives a pod without limits any; it would be refused`,
          remedy: 'Add a LimitRange with default and defaultRequest.',
          explains: ({ kind, path }) =>
            kind === 'LimitRange' && path.length === 0,
        })),
    ),
};
