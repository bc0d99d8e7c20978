import { targetsOf } from '../intent';
import { stringAt, objectAt, objectsAt } from '../model/json';
import { Rule, RuleContext, Verdict, always } from './rule';

export const declaredEnvironments: Rule = {
  id: 'ENV-01',
  kind: 'sources agree',
  title: 'Exactly the declared environments exist',
  guideStep: 1,
  sources: ['intent', 'manifests', 'argocd'],
  semantics:
    'Every environment of the intent has manifests and an Argo CD Application, and nothing else has.',
  remedy:
    'Declare the environment in environments.yaml, or remove what is left of it.',
  appliesTo: always,
  evaluate: context => {
    const failures = [
      ...context.undeclared.map(
        (what): Verdict => ({
          outcome: 'fail',
          environments: [],
          subject: what,
          reason: `${what} belongs to no environment of the intent`,
        }),
      ),
      ...context.missing.map(
        (name): Verdict => ({
          outcome: 'unknown',
          environments: [name],
          subject: context.service,
          reason: `The manifests of ${name} are not known`,
        }),
      ),
      ...applicationVerdicts(context),
    ];
    return failures.length > 0
      ? failures
      : [
          {
            outcome: 'pass',
            environments: context.intent.environments.map(({ name }) => name),
            subject: context.service,
          },
        ];
  },
};

function applicationVerdicts(context: RuleContext): Verdict[] {
  const { argocd, intent } = context;
  if (!argocd) {
    return [];
  }
  const applications = argocd.filter(({ kind }) => kind === 'Application');
  if (argocd.some(({ kind }) => kind === 'ApplicationSet')) {
    return [
      {
        outcome: 'unknown',
        environments: [],
        subject: context.service,
        reason:
          'An ApplicationSet makes the Applications; which ones is for Argo CD to tell',
      },
    ];
  }
  if (applications.length === 0) {
    return [
      {
        outcome: 'unknown',
        environments: [],
        subject: context.service,
        reason:
          'The repository has no Argo CD Application; what brings the overlays into the clusters is defined somewhere else',
      },
    ];
  }
  const declared = new Set(intent.environments.map(({ name }) => name));
  const served = new Set<string>();
  const verdicts: Verdict[] = [];
  for (const application of applications) {
    const environment = environmentOfApplication(context, application.value);
    if (environment !== undefined && declared.has(environment)) {
      served.add(environment);
    } else if (environment !== undefined) {
      verdicts.push({
        outcome: 'fail',
        environments: [],
        subject: `argoproj.io/Application ${application.name}`,
        reason: `The Application is for ${environment}, which the intent does not declare`,
        locations: { [environment]: application.location },
      });
    }
  }
  for (const name of declared) {
    if (!served.has(name)) {
      verdicts.push({
        outcome: 'fail',
        environments: [name],
        subject: `argoproj.io/Application ${context.service}`,
        reason: `No Application brings ${name} into its cluster`,
        remedy: 'Add an Application for the overlay to argocd/applications.',
      });
    }
  }
  return verdicts;
}

/**
 * The environment of an Application: by its label, else by the overlay that it applies, else by destination. Undefined for
 * one that is none of the service's, an app of apps for example.
 */
export function environmentOfApplication(
  { intent }: RuleContext,
  application: Readonly<Record<string, unknown>>,
): string | undefined {
  const label = stringAt(application, 'metadata', 'labels', 'environment');
  if (label !== undefined) {
    return label;
  }
  const namespace = stringAt(application, 'spec', 'destination', 'namespace');
  const cluster = stringAt(application, 'spec', 'destination', 'name');
  const byDestination = intent.environments.find(environment =>
    targetsOf(environment).some(
      target =>
        target.namespace === namespace &&
        (cluster === undefined ||
          intent.clusters.some(
            entry =>
              entry.name === target.cluster &&
              (entry.argocd?.destination ?? entry.name) === cluster,
          )),
    ),
  );
  if (byDestination) {
    return byDestination.name;
  }
  const sources = [
    objectAt(application, 'spec', 'source'),
    ...objectsAt(application, 'spec', 'sources'),
  ];
  return sources
    .map(
      source =>
        /(?:^|\/)overlays\/([^/]+)\/?$/.exec(
          stringAt(source, 'path') ?? '',
        )?.[1],
    )
    .find(name => name !== undefined);
}
