import { targetsOf } from '../intent';
import { JsonObject, objectAt, objectsAt, stringAt } from '../model/json';
import { ManifestObject } from '../model/parseManifests';
import {
  EnvironmentApplication,
  applicationsOf,
  hasApplications,
  verdictOn,
} from './argocd';
import { Rule, RuleContext, Verdict } from './rule';

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
