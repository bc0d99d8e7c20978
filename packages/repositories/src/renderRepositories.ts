import { Liquid } from 'liquidjs';
import { intentToYaml } from './intentToYaml';
import { conditionOf, holds, readSkeleton, SkeletonRules } from './skeleton';
import { assertRenderable } from './problems';
import { templateValues, TemplateValues } from './templateValues';
import {
  RenderError,
  RenderedRepositories,
  RenderOptions,
  RepositoryFile,
} from './types';

type RepositoryName = SkeletonRules['layers'][number]['repository'];

interface RenderContext {
  readonly engine: Liquid;
  readonly rules: SkeletonRules;
  readonly values: TemplateValues;
  readonly skeleton: readonly RepositoryFile[];
}

/** Name of the intent in both repositories; the one in deploy-config is the authority. */
export const INTENT_FILE = 'environments.yaml';

/**
 * The files of the two repositories, from an intent and the skeleton. Pure: the same input gives the same bytes.
 *
 * @throws {@link RenderError} for an intent that contradicts itself, and for a skeleton that does not render.
 * @public
 */
export function renderRepositories(
  options: RenderOptions,
): RenderedRepositories {
  const { intent, skeleton } = options;
  assertRenderable(intent);
  const engine = new Liquid({
    strictVariables: true,
    strictFilters: true,
    ownPropertyOnly: true,
    tagDelimiterLeft: '{%',
    tagDelimiterRight: '%}',
    outputDelimiterLeft: '{=',
    outputDelimiterRight: '=}',
  });
  const context: RenderContext = {
    engine,
    rules: readSkeleton(skeleton),
    values: withNulls(templateValues(intent)),
    skeleton,
  };
  const intentFile: RepositoryFile = {
    path: INTENT_FILE,
    content: options.intentText ?? intentToYaml(intent),
  };
  return {
    infrastructure: renderRepository(context, 'infrastructure', intentFile),
    deployConfig: renderRepository(context, 'deploy-config', intentFile),
  };
}

function renderRepository(
  context: RenderContext,
  repository: RepositoryName,
  intentFile: RepositoryFile,
): RepositoryFile[] {
  const { engine, rules, skeleton, values } = context;
  const files = new Map([[intentFile.path, intentFile]]);
  let found = false;
  for (const layer of rules.layers) {
    if (layer.repository === repository && holds(engine, layer.when, values)) {
      const prefix = `${layer.folder}/`;
      for (const file of skeleton) {
        if (file.path.startsWith(prefix)) {
          found = true;
          for (const rendered of renderFile(context, file, prefix)) {
            files.set(rendered.path, rendered);
          }
        }
      }
    }
  }
  if (!found) {
    throw new RenderError(
      `${repository}/`,
      `the skeleton has no files for the ${repository} repository`,
    );
  }
  return [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** One file of the skeleton becomes one file, or one per environment, target or Terraform root when its path says so. */
function renderFile(
  context: RenderContext,
  file: RepositoryFile,
  prefix: string,
): RepositoryFile[] {
  const { engine, rules, values } = context;
  const when = conditionOf(rules, file.path);
  return scopesOf(file.path.slice(prefix.length), values)
    .filter(({ scope }) => holds(engine, when, scope))
    .map(({ path, scope }) => ({
      ...file,
      path: path.replaceAll('__service__', values.service),
      content: renderText(engine, file, scope),
    }));
}

function scopesOf(
  path: string,
  values: TemplateValues,
): { path: string; scope: object }[] {
  if (path.includes('__target__')) {
    return values.environments.flatMap(environment =>
      environment.targets.map(target => ({
        path: path
          .replaceAll('__target__', target.name)
          .replaceAll('__environment__', environment.name),
        scope: { ...values, environment, target },
      })),
    );
  }
  if (path.includes('__environment__')) {
    return values.environments.map(environment => ({
      path: path.replaceAll('__environment__', environment.name),
      scope: { ...values, environment },
    }));
  }
  if (path.includes('__root__')) {
    return values.roots.map(root => ({
      path: path.replaceAll('__root__', root.name),
      scope: { ...values, root },
    }));
  }
  return [{ path, scope: values }];
}

function renderText(
  engine: Liquid,
  file: RepositoryFile,
  scope: object,
): string {
  try {
    const text: unknown = engine.parseAndRenderSync(file.content, scope);
    return `${String(text).replace(/\n+$/, '')}\n`;
  } catch (error) {
    throw new RenderError(
      `skeleton file ${file.path}`,
      error instanceof Error ? error.message.split('\n')[0] : String(error),
    );
  }
}

/** An absent value is null in a template, which may be asked for; undefined means that the name does not exist, which is an error. */
function withNulls<T extends object>(scope: T): T {
  return JSON.parse(
    JSON.stringify(scope, (_, value: unknown) =>
      value === undefined ? null : value,
    ),
  );
}
