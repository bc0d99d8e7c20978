import { Liquid } from 'liquidjs';
import { intentToYaml } from './intentToYaml';
import { assertSupported } from './supported';
import { templateValues, TemplateValues } from './templateValues';
import {
  RenderError,
  RenderedRepositories,
  RenderOptions,
  RepositoryFile,
} from './types';

const PARTS = {
  infrastructure: 'infrastructure/',
  deployConfig: 'deploy-config/',
} as const;

/** Name of the intent in both repositories; the one in deploy-config is the authority. */
export const INTENT_FILE = 'environments.yaml';

/**
 * The files of the two repositories, from an intent and the skeleton. Pure: the same input gives the same bytes.
 *
 * @throws {@link RenderError} for what is not rendered yet, and for a skeleton that does not render.
 * @public
 */
export function renderRepositories(
  options: RenderOptions,
): RenderedRepositories {
  const { intent, skeleton } = options;
  assertSupported(intent);
  const values = templateValues(intent);
  const engine = new Liquid({
    strictVariables: true,
    strictFilters: true,
    ownPropertyOnly: true,
    tagDelimiterLeft: '{%',
    tagDelimiterRight: '%}',
    outputDelimiterLeft: '{=',
    outputDelimiterRight: '=}',
  });
  const intentFile: RepositoryFile = {
    path: INTENT_FILE,
    content: options.intentText ?? intentToYaml(intent),
  };
  const part = (prefix: string) =>
    [
      intentFile,
      ...skeleton
        .filter(file => file.path.startsWith(prefix))
        .flatMap(file =>
          renderFile(
            engine,
            { ...file, path: file.path.slice(prefix.length) },
            values,
          ),
        ),
    ].sort((a, b) => (a.path < b.path ? -1 : 1));
  const rendered = {
    infrastructure: part(PARTS.infrastructure),
    deployConfig: part(PARTS.deployConfig),
  };
  for (const [name, prefix] of Object.entries(PARTS)) {
    if (!skeleton.some(file => file.path.startsWith(prefix))) {
      throw new RenderError(
        prefix,
        `the skeleton has no files for the ${
          name === 'infrastructure' ? 'infrastructure' : 'deploy-config'
        } repository`,
      );
    }
  }
  return rendered;
}

/** One file of the skeleton becomes one file, or one per environment or Terraform root when its path says so. */
function renderFile(
  engine: Liquid,
  file: RepositoryFile,
  values: TemplateValues,
): RepositoryFile[] {
  const scopes: { path: string; scope: object }[] = [];
  if (file.path.includes('__environment__')) {
    scopes.push(
      ...values.environments.map(environment => ({
        path: file.path.replaceAll('__environment__', environment.name),
        scope: { ...values, environment },
      })),
    );
  } else if (file.path.includes('__root__')) {
    scopes.push(
      ...values.roots.map(root => ({
        path: file.path.replaceAll('__root__', root.name),
        scope: { ...values, root },
      })),
    );
  } else {
    scopes.push({ path: file.path, scope: values });
  }
  return scopes.map(({ path, scope }) => ({
    ...file,
    path: path.replaceAll('__service__', values.service),
    content: renderText(engine, file, scope),
  }));
}

function renderText(
  engine: Liquid,
  file: RepositoryFile,
  scope: object,
): string {
  try {
    const text: unknown = engine.parseAndRenderSync(
      file.content,
      withNulls(scope),
    );
    return `${String(text).replace(/\n+$/, '')}\n`;
  } catch (error) {
    throw new RenderError(
      `skeleton file ${file.path}`,
      error instanceof Error ? error.message.split('\n')[0] : String(error),
    );
  }
}

/** An absent value is null in a template, which may be asked for; undefined means that the name does not exist, which is an error. */
function withNulls(scope: object): object {
  return JSON.parse(
    JSON.stringify(scope, (_, value: unknown) =>
      value === undefined ? null : value,
    ),
  );
}
