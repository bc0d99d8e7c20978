import { ModelObject } from '../model/environmentModel';
import { objectAt, stringAt } from '../model/json';
import { lenderOf, templatePath } from '../model/workloads';
import { EnvironmentView, Rule, Verdict, always } from './rule';

export const LABEL = 'environment';

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
    const isLent = lenderOf(object.kind, object.source.value) !== undefined;
    const pods =
      template && template.length > 0 && !isLent
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
  const missing = wrong.filter(({ value }) => value === undefined);
  if (missing.length * 2 > places.length) {
    // A repository without the label is one cause, whatever few objects have it.
    return [
      {
        outcome: 'fail',
        environments: [name],
        subject: `environment ${name}`,
        reason:
          missing.length === places.length
            ? `None of its objects has the label ${LABEL}: ${name}`
            : `Most of its objects have no label ${LABEL}: ${name}`,
      },
      ...wrong
        .filter(({ value }) => value !== undefined)
        .map(entry => labelFailure(name, entry)),
    ];
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
