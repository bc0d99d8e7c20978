import { objectAt, objectsAt, stringAt, valueAt } from '../model/json';
import { ManifestObject } from '../model/parseManifests';
import { REPLICA_SET_MAKERS } from '../model/workloads';
import {
  EnvironmentApplication,
  applicationsOf,
  hasApplications,
  verdictOn,
} from './argocd';
import { Rule, RuleContext, Verdict, notApplicable, unknown } from './rule';

/** What controllers make for the kinds in git: Argo CD shows neither pods nor images of a project that does not permit them. */
const MADE_BY_CONTROLLERS: readonly { group: string; kind: string }[] = [
  { group: 'apps', kind: 'ReplicaSet' },
  { group: '', kind: 'Pod' },
];

export const projects: Rule = {
  id: 'PIPE-03',
  kind: 'absolute',
  title: 'Argo CD projects permit what is needed, and no more',
  guideStep: 17,
  sources: ['argocd', 'manifests'],
  semantics:
    'The AppProject of an environment has no * in its repositories, destinations and cluster resources; it permits every kind in the manifests, and those that controllers make, ReplicaSet and Pod, without which Argo CD shows no pods. Only release managers may sync production.',
  remedy: 'Name repositories, destinations and kinds in the AppProject.',
  appliesTo: context => {
    if (!context.argocd) {
      return unknown('The argocd folder of the repository was not given');
    }
    if (context.argocd.some(({ kind }) => kind === 'AppProject')) {
      return { applies: true };
    }
    return hasApplications(context).applies
      ? unknown('The AppProjects are defined somewhere else')
      : notApplicable('The repository has no Argo CD AppProject');
  },
  evaluate: context =>
    applicationsOf(context).flatMap(entry => projectVerdicts(context, entry)),
};

function projectVerdicts(
  context: RuleContext,
  { application, environment, role }: EnvironmentApplication,
): Verdict[] {
  const name = stringAt(application.value, 'spec', 'project');
  const project = (context.argocd ?? []).find(
    object => object.kind === 'AppProject' && object.name === name,
  );
  if (!project) {
    return [
      {
        outcome: 'unknown',
        environments: [environment.name],
        subject: `argoproj.io/AppProject ${name}`,
        reason: `The AppProject ${name} is defined somewhere else`,
      },
    ];
  }
  const problems = [
    ...wildcards(project, environment.name),
    ...forbiddenKinds(context, project, environment.name),
  ];
  return [
    ...(problems.length > 0
      ? problems
      : [verdictOn(project, environment.name)]),
    ...(role === 'prod'
      ? [
          {
            ...verdictOn(project, environment.name),
            outcome: 'unknown' as const,
            reason:
              "Who may sync production is in Argo CD's own RBAC configuration, which was not given",
          },
        ]
      : []),
  ];
}

function wildcards(project: ManifestObject, environment: string): Verdict[] {
  const spec = objectAt(project.value, 'spec');
  const found: { path: (string | number)[]; value: unknown }[] = [];
  const repositories = valueAt(spec, 'sourceRepos');
  (Array.isArray(repositories) ? repositories : []).forEach((value, index) => {
    if (value === '*') {
      found.push({ path: ['spec', 'sourceRepos', index], value });
    }
  });
  for (const [list, fields] of [
    ['destinations', ['name', 'server', 'namespace']],
    ['clusterResourceWhitelist', ['group', 'kind']],
  ] as const) {
    objectsAt(spec, list).forEach((entry, index) => {
      for (const field of fields) {
        if (entry[field] === '*') {
          found.push({ path: ['spec', list, index, field], value: '*' });
        }
      }
    });
  }
  return found.map(({ path, value }) =>
    verdictOn(project, environment, {
      path,
      value,
      reason: `The project permits * in ${path[1]}`,
    }),
  );
}

function forbiddenKinds(
  context: RuleContext,
  project: ManifestObject,
  environment: string,
): Verdict[] {
  const spec = objectAt(project.value, 'spec');
  const view = context.environments.find(({ name }) => name === environment);
  if (valueAt(spec, 'namespaceResourceWhitelist') === undefined || !view) {
    return [];
  }
  const allowed = [
    ...objectsAt(spec, 'namespaceResourceWhitelist'),
    ...objectsAt(spec, 'clusterResourceWhitelist'),
  ];
  const permits = (group: string, kind: string) =>
    allowed.some(
      entry =>
        (entry.group === group || entry.group === '*') &&
        (entry.kind === kind || entry.kind === '*'),
    );
  const path = ['spec', 'namespaceResourceWhitelist'];
  const objects = [...view.objects.values()].map(({ source }) => source);
  const refused = [
    ...new Set(
      objects
        .filter(({ group, kind }) => !permits(group, kind))
        .map(({ group, kind }) => (group ? `${group}/${kind}` : kind)),
    ),
  ];
  const hidden = [...view.byKind.keys()].some(kind =>
    REPLICA_SET_MAKERS.includes(kind),
  )
    ? MADE_BY_CONTROLLERS.filter(({ group, kind }) => !permits(group, kind))
    : [];
  return [
    ...refused.map(kind =>
      verdictOn(project, environment, {
        path,
        value: kind,
        reason: `The manifests have a ${kind}, which the project does not permit, so the sync fails`,
        remedy: 'Add the kind to the whitelist of the project.',
      }),
    ),
    ...(hidden.length > 0
      ? [
          verdictOn(project, environment, {
            outcome: 'warn',
            path,
            value: hidden.map(({ kind }) => kind).join(', '),
            reason: `The project does not permit ${hidden
              .map(({ kind }) => kind)
              .join(
                ' and ',
              )}, so Argo CD shows neither pods nor images nor logs`,
            remedy:
              'Permit apps/ReplicaSet, Pod, Endpoints and EndpointSlice too.',
          }),
        ]
      : []),
  ];
}
