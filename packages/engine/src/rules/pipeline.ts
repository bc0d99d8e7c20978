import { IntentEnvironment, targetsOf } from '../intent';
import {
  isObject,
  JsonObject,
  objectAt,
  objectsAt,
  stringAt,
  valueAt,
} from '../model/json';
import { ManifestObject } from '../model/parseManifests';
import { environmentOfApplication } from './topology';
import {
  Applicability,
  notApplicable,
  Role,
  Rule,
  RuleContext,
  unknown,
  Verdict,
} from './rule';
import { rolesOf } from './view';

const hasApplications = (context: RuleContext): Applicability => {
  if (!context.argocd) {
    return unknown('The argocd folder of the repository was not given');
  }
  if (context.argocd.some(({ kind }) => kind === 'Application')) {
    return { applies: true };
  }
  return context.argocd.some(({ kind }) => kind === 'ApplicationSet')
    ? unknown(
        'An ApplicationSet makes the Applications; what they say is for Argo CD to tell',
      )
    : notApplicable('The repository has no Argo CD Application');
};

interface EnvironmentApplication {
  readonly application: ManifestObject;
  readonly environment: IntentEnvironment;
  readonly role: Role;
}

function applicationsOf(context: RuleContext): EnvironmentApplication[] {
  const roles = rolesOf(context.intent);
  return (context.argocd ?? [])
    .filter(({ kind }) => kind === 'Application')
    .flatMap(application => {
      const name = environmentOfApplication(context, application.value);
      const environment = context.intent.environments.find(
        entry => entry.name === name,
      );
      return environment
        ? [
            {
              application,
              environment,
              role: roles.get(environment.name) ?? 'dev',
            },
          ]
        : [];
    });
}

/** A verdict on a field of an Argo CD object, which is no part of the environment's own manifests. */
function verdictOn(
  object: ManifestObject,
  environment: string,
  problem?: {
    path: readonly (string | number)[];
    value: unknown;
    reason: string;
    remedy?: string;
    outcome?: 'fail' | 'warn';
  },
): Verdict {
  const base = {
    environments: [environment],
    subject: `${object.group}/${object.kind} ${object.name}`,
    locations: {
      [environment]: problem
        ? locationOf(object, problem.path)
        : object.location,
    },
  };
  return problem
    ? {
        ...base,
        outcome: problem.outcome ?? 'fail',
        path: problem.path.map(String),
        values: { [environment]: problem.value },
        reason: problem.reason,
        ...(problem.remedy ? { remedy: problem.remedy } : {}),
      }
    : { ...base, outcome: 'pass', values: {} };
}

function locationOf(
  object: ManifestObject,
  path: readonly (string | number)[],
): string {
  let location = object.location;
  let container: unknown = object.value;
  for (const part of path) {
    if (typeof container !== 'object' || container === null) {
      break;
    }
    location = object.locate(container, String(part)) ?? location;
    container = valueAt(container, part);
  }
  return location;
}

export const applicationSources: Rule = {
  id: 'PIPE-01',
  kind: 'sources agree',
  title: 'Every Application takes its overlay to its place',
  guideStep: 17,
  sources: ['argocd', 'intent'],
  semantics:
    "The Application of an environment reads the deploy-config repository at the branch that all read (production may be pinned to a commit), applies the environment's overlay to the cluster and namespace of the intent, and belongs to a project other than default.",
  remedy: 'Set the field in the Application.',
  appliesTo: hasApplications,
  evaluate: context => {
    const applications = applicationsOf(context);
    const branch = commonBranch(applications);
    return applications.flatMap(entry => {
      const problems = sourceProblems(context, entry, branch);
      return problems.length > 0
        ? problems
        : [verdictOn(entry.application, entry.environment.name)];
    });
  },
};

function sourceOf({ value }: ManifestObject): {
  source: JsonObject;
  path: readonly (string | number)[];
} {
  const sources = objectsAt(value, 'spec', 'sources');
  const index = sources.findIndex(source => isOverlayPath(source));
  return index >= 0
    ? { source: sources[index], path: ['spec', 'sources', index] }
    : { source: objectAt(value, 'spec', 'source'), path: ['spec', 'source'] };
}

function isOverlayPath(source: JsonObject): boolean {
  return (stringAt(source, 'path') ?? '').includes('overlays/');
}

/** The revision that most Applications follow. */
function commonBranch(
  applications: readonly EnvironmentApplication[],
): string | undefined {
  const counts = new Map<string, number>();
  for (const { application } of applications) {
    const revision = revisionOf(application);
    counts.set(revision, (counts.get(revision) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}

function revisionOf(application: ManifestObject): string {
  return stringAt(sourceOf(application).source, 'targetRevision') ?? 'HEAD';
}

function sourceProblems(
  context: RuleContext,
  { application, environment, role }: EnvironmentApplication,
  branch: string | undefined,
): Verdict[] {
  const { source, path } = sourceOf(application);
  const problems: Verdict[] = [];
  const add = (
    at: readonly (string | number)[],
    value: unknown,
    reason: string,
  ) =>
    problems.push(
      verdictOn(application, environment.name, { path: at, value, reason }),
    );

  const declared = context.intent.repositories.deployConfig;
  const repository = stringAt(source, 'repoURL');
  if (
    declared !== undefined &&
    normaliseUrl(repository) !== normaliseUrl(declared)
  ) {
    add(
      [...path, 'repoURL'],
      repository,
      `It reads ${repository}; the deploy-config repository is ${declared}`,
    );
  }
  const revision = revisionOf(application);
  const pinned = role === 'prod' && /^[0-9a-f]{40}$/.test(revision);
  if (revision !== branch && !pinned) {
    add(
      [...path, 'targetRevision'],
      revision,
      `It follows ${revision}, the others ${branch}`,
    );
  }
  const folder = stringAt(source, 'path') ?? '';
  if (folder.replace(/\/$/, '').split('/').at(-1) !== environment.name) {
    add(
      [...path, 'path'],
      folder,
      `It applies ${folder || 'no folder'}, which is not the overlay of ${
        environment.name
      }`,
    );
  }
  const destination = objectAt(application.value, 'spec', 'destination');
  const targets = targetsOf(environment);
  const namespace = stringAt(destination, 'namespace');
  if (!targets.some(target => target.namespace === namespace)) {
    add(
      ['spec', 'destination', 'namespace'],
      namespace,
      `It goes into namespace ${namespace}; ${environment.name} is ${targets
        .map(target => target.namespace)
        .join(', ')}`,
    );
  }
  const cluster = stringAt(destination, 'name');
  const clusters = targets.map(
    target =>
      context.intent.clusters.find(entry => entry.name === target.cluster)
        ?.argocd?.destination ?? target.cluster,
  );
  // A destination by address cannot be held to a name.
  if (cluster !== undefined && !clusters.includes(cluster)) {
    add(
      ['spec', 'destination', 'name'],
      cluster,
      `It goes to cluster ${cluster}; ${
        environment.name
      } runs in ${clusters.join(', ')}`,
    );
  }
  const project = stringAt(application.value, 'spec', 'project');
  if (project === undefined || project === 'default') {
    add(
      ['spec', 'project'],
      project,
      'It belongs to the project default, which allows everything',
    );
  }
  return problems;
}

function normaliseUrl(url: string | undefined): string | undefined {
  return url
    ?.replace(/\/+$/, '')
    .replace(/\.git$/, '')
    .toLowerCase();
}

export const syncPolicies: Rule = {
  id: 'PIPE-02',
  kind: 'absolute',
  title: 'Dev follows git by itself, production waits for a person',
  guideStep: 17,
  sources: ['argocd', 'intent'],
  semantics:
    'The Application of dev syncs by itself, prunes and heals; that of production does not sync by itself, unless every change comes through a pull request. Each does what the intent says.',
  remedy: 'Set spec.syncPolicy.automated as the intent says.',
  appliesTo: hasApplications,
  evaluate: context => applicationsOf(context).map(entry => syncVerdict(entry)),
};

function syncVerdict({
  application,
  environment,
  role,
}: EnvironmentApplication): Verdict {
  const automated = valueAt(
    application.value,
    'spec',
    'syncPolicy',
    'automated',
  );
  const on = isObject(automated) && automated.enabled !== false;
  const { sync, way } = environment.delivery;
  const path = ['spec', 'syncPolicy', 'automated'];
  const fail = (reason: string) =>
    verdictOn(application, environment.name, {
      path,
      value: automated,
      reason,
    });
  if (on && sync === 'manual') {
    return fail(
      `It syncs by itself; the intent says that a person starts each sync of ${environment.name}`,
    );
  }
  if (!on && sync === 'automatic') {
    return fail(
      `It does not sync by itself; the intent says that ${environment.name} does`,
    );
  }
  if (on && role === 'prod') {
    return way === 'pull-request'
      ? {
          ...verdictOn(application, environment.name),
          outcome: 'unknown',
          reason:
            'It syncs by itself; that pull requests are demanded is for the git host to tell',
        }
      : fail('It syncs by itself, and no pull request stands before it');
  }
  if (role === 'dev' && isObject(automated)) {
    const lacking = ['prune', 'selfHeal'].filter(
      field => automated[field] !== true,
    );
    if (on && lacking.length > 0) {
      return fail(
        `It syncs by itself without ${lacking.join(
          ' and ',
        )}, so what is removed from git, or changed by hand, stays`,
      );
    }
  }
  return verdictOn(application, environment.name);
}

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
    return context.argocd.some(({ kind }) => kind === 'AppProject')
      ? { applies: true }
      : hasApplications(context).applies
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
  const hidden = objects.some(({ kind }) => kind === 'Deployment')
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
