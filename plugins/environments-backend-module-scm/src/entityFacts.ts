import {
  ArgoCdFilesFact,
  DesiredFact,
  Intent,
  parseIntent,
} from '@envmatrix/engine';
import { withTemporaryFiles, renderOverlay } from '@envmatrix/checkout';
import { ScmHost } from '@envmatrix/scm';
import { DeployConfigFiles } from './DeployConfigReader';
import { declaredVersion } from './declaredVersion';
import { DeployConfigLocation } from './deployConfigLocation';
import { OverlayHistory } from './findTrailer';
import { withoutSecrets } from './withoutSecrets';

/** Commits of an overlay among which the one is looked for that brought a release: one page of every git host. */
const HISTORY = 20;

/** Folder of an environment's overlay: the layout of the generated repositories. */
export function overlayPath(service: string, environment: string): string {
  return `apps/${service}/overlays/${environment}`;
}

/**
 * The intent that the repository holds, or one sentence that says what is wrong with it.
 */
export function readIntent(
  files: DeployConfigFiles,
  location: DeployConfigLocation,
): { intent: Intent } | { problem: string } {
  const text = files.files[location.path];
  if (text === undefined) {
    return {
      problem: `There is no ${location.path} in ${location.repository.owner}/${location.repository.name}`,
    };
  }
  const result = parseIntent(text);
  if (result.ok) {
    return { intent: result.intent };
  }
  const { field, line, message } = result.problems[0];
  const more =
    result.problems.length > 1
      ? `, and ${result.problems.length - 1} more`
      : '';
  return {
    problem: `${location.path}${line ? `:${line}` : ''}: ${
      field ? `${field} ` : ''
    }${message}${more}`,
  };
}

/**
 * Renders every declared environment from the files of one commit, with the commits that last touched its overlay.
 */
export async function desiredFacts(options: {
  intent: Intent;
  files: DeployConfigFiles;
  location: DeployConfigLocation;
  host: ScmHost;
  signal?: AbortSignal;
}): Promise<
  { environment: string; fact: DesiredFact; history: OverlayHistory }[]
> {
  const { intent, files, location, host, signal } = options;
  const service = intent.metadata.name;
  return await withTemporaryFiles(filesOf(files), async root =>
    Promise.all(
      intent.environments.map(async ({ name }) => {
        const path = overlayPath(service, name);
        const [rendered, commits] = await Promise.all([
          renderOverlay({ root, overlay: path, signal }),
          host.listCommits({
            repository: location.repository,
            ref: files.revision,
            path,
            limit: HISTORY,
            signal,
          }),
        ]);
        const [lastChange] = commits;
        const version = declaredVersion(
          files.files[`${path}/kustomization.yaml`],
          intent,
        );
        const fact: DesiredFact = {
          revision: files.revision,
          path,
          link: host.links.file(location.repository, path, files.revision),
          ...('manifests' in rendered
            ? { manifests: withoutSecrets(rendered.manifests) }
            : { problem: rendered.problem }),
          ...(version === undefined ? {} : { version }),
          ...(lastChange && {
            lastChange: {
              sha: lastChange.sha,
              subject: lastChange.subject,
              author: lastChange.author,
              at: lastChange.at,
              link: lastChange.link,
            },
          }),
        };
        return {
          environment: name,
          fact,
          history: { environment: name, path, commits },
        };
      }),
    ),
  );
}

/** The files that tell Argo CD what to run. */
export function argoCdFilesFact(files: DeployConfigFiles): ArgoCdFilesFact {
  const repository = filesOf(files)
    .filter(({ path }) => /\.ya?ml$/.test(path))
    .map(({ path, content }) => ({
      name: path,
      text: withoutSecrets(content),
    }));
  return {
    revision: files.revision,
    files: repository.filter(({ name }) => name.startsWith('argocd/')),
    repository,
  };
}

/** The files of a snapshot as a list. */
export function filesOf(files: {
  readonly files: Readonly<Record<string, string>>;
}) {
  return Object.entries(files.files).map(([path, content]) => ({
    path,
    content,
  }));
}
