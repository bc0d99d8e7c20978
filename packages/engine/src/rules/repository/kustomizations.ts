import { isObject, objectsAt, stringAt } from '../../model/json';
import { EnvironmentView, Rule, RuleContext, Verdict } from '../rule';
import { containersOf, workloadsOf } from '../view';
import { idlePatches } from './idlePatches';
import { replacedLists } from './replacedLists';
import { staleReferences } from './staleReferences';
import { needsRepository, onFile, RepositoryText, yamlFiles } from './files';

/** What Kustomize still takes, and says that it will not. */
const DEPRECATED: Readonly<Record<string, string>> = {
  bases: 'resources',
  commonLabels: 'labels',
  patchesStrategicMerge: 'patches',
  patchesJson6902: 'patches',
  vars: 'replacements',
  imageTags: 'images',
};

export const kustomizations: Rule = {
  id: 'K8S-21',
  kind: 'absolute',
  title:
    'Every line of a kustomization has an effect, and none reaches elsewhere',
  guideStep: 10,
  sources: ['repository', 'manifests'],
  semantics:
    'Each entry of images and each patch with a target matches something: Kustomize passes over one that does not without a word. What it renames is renamed where an Argo Rollout names it too, which takes configurations. A patch of a custom resource leaves out no entry of a list, which it replaces as a whole. No deprecated field is used, and a base that is somewhere else is pinned to a tag or commit.',
  remedy: 'Put the name right, or take the entry out.',
  appliesTo: needsRepository,
  evaluate: context => {
    const files = yamlFiles(context, /(^|\/)kustomization\.ya?ml$/);
    return files.flatMap(({ file, value }) => {
      const problems = [
        ...deprecated(context, file, value),
        ...remotes(context, file, value),
        ...idleImages(context, file, value),
        ...idlePatches(context, file, value, environmentOf(context, file)),
        ...replacedLists(context, file, value, environmentOf(context, file)),
        ...staleNames(context, file, value),
      ];
      return problems.length > 0 ? problems : [onFile(context, file)];
    });
  },
};

function deprecated(
  context: RuleContext,
  file: RepositoryText,
  value: object,
): Verdict[] {
  return Object.entries(DEPRECATED)
    .filter(([field]) => Object.hasOwn(value, field))
    .map(([field, instead]) =>
      onFile(context, file, {
        outcome: 'warn',
        near: `${field}:`,
        reason: `${field} is deprecated`,
        remedy: `Use ${instead}.`,
      }),
    );
}

/** `github.com/org/repo//path?ref=v1`, `https://...` */
const REMOTE =
  /^(https?:|ssh:|git@|git::|github\.com\/|gitlab\.com\/)|\.git(\/|\?|$)/;

function remotes(
  context: RuleContext,
  file: RepositoryText,
  value: Record<string, unknown> | object,
): Verdict[] {
  return ['resources', 'components', 'bases']
    .flatMap(field => {
      const list: unknown = isObject(value) ? value[field] : undefined;
      return Array.isArray(list) ? list : [];
    })
    .filter(
      (entry): entry is string =>
        typeof entry === 'string' &&
        REMOTE.test(entry) &&
        !/[?&](ref|version)=[^&]+/.test(entry),
    )
    .map(entry =>
      onFile(context, file, {
        near: entry,
        reason: `${entry} is not pinned: it may be another thing tomorrow`,
        remedy: 'Add ?ref= with a tag or a commit.',
      }),
    );
}

/** Entries of an overlay's `images` that none of the rendered images came from. */
function idleImages(
  context: RuleContext,
  file: RepositoryText,
  value: object,
): Verdict[] {
  const environment = environmentOf(context, file);
  if (!environment) {
    return [];
  }
  const rendered = workloadsOf(environment).flatMap(workload =>
    containersOf(workload).map(container =>
      repositoryOf(stringAt(container.value, 'image') ?? ''),
    ),
  );
  return objectsAt(value, 'images').flatMap(entry => {
    const name = stringAt(entry, 'name') ?? '';
    const wanted = stringAt(entry, 'newName') ?? name;
    return rendered.includes(repositoryOf(wanted))
      ? []
      : [
          onFile(context, file, {
            near: `name: ${name}`,
            environments: [environment.name],
            reason: `No container of ${environment.name} uses the image ${name}, so the entry has no effect`,
          }),
        ];
  });
}

/** The environment whose overlay a kustomization is. */
function environmentOf(
  context: RuleContext,
  file: RepositoryText,
): EnvironmentView | undefined {
  const overlay = /(^|\/)overlays\/([^/]+)\/kustomization\.ya?ml$/.exec(
    file.name,
  );
  return context.environments.find(({ name }) => name === overlay?.[2]);
}

/** Names that Kustomize changed where they are given, and not where an Argo Rollout or its autoscaler says them. */
function staleNames(
  context: RuleContext,
  file: RepositoryText,
  value: object,
): Verdict[] {
  const environment = environmentOf(context, file);
  return environment
    ? staleReferences(environment, {
        prefix: stringAt(value, 'namePrefix') ?? '',
        suffix: stringAt(value, 'nameSuffix') ?? '',
      }).map(({ holder, reference, renamed }) =>
        onFile(context, file, {
          environments: [environment.name],
          reason: `${holder} names ${reference.kind} ${reference.name}, which Kustomize has renamed to ${renamed}: it follows names into an Argo Rollout only where it is told to`,
          remedy:
            'List a file under configurations that gives the nameReference of Rollouts; Argo Rollouts publishes one.',
        }),
      )
    : [];
}

function repositoryOf(image: string): string {
  return image.replace(/@.*$/, '').replace(/:[^/:]*$/, '');
}
