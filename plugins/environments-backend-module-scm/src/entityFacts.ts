import {
  ArgoCdFilesFact,
  CommitFact,
  ComparisonFact,
  DesiredFact,
  Intent,
  parseIntent,
} from '@envmatrix/engine';
import { withTemporaryFiles, renderOverlay } from '@envmatrix/checkout';
import { NotFoundError } from '@backstage/errors';
import { ScmHost, ScmHosts } from '@envmatrix/scm';
import { parse } from 'yaml';
import { DeployConfigFiles } from './DeployConfigReader';
import { DeployConfigLocation } from './deployConfigLocation';
import { withoutSecrets } from './withoutSecrets';

/** The pages that a person sees list no more; the count is exact. */
const MAX_COMMITS = 250;

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
 * Renders every declared environment from the files of one commit.
 */
export async function desiredFacts(options: {
  intent: Intent;
  files: DeployConfigFiles;
  location: DeployConfigLocation;
  host: ScmHost;
  signal?: AbortSignal;
}): Promise<{ environment: string; fact: DesiredFact }[]> {
  const { intent, files, location, host, signal } = options;
  const service = intent.metadata.name;
  return await withTemporaryFiles(filesOf(files), async root =>
    Promise.all(
      intent.environments.map(async ({ name }) => {
        const path = overlayPath(service, name);
        const [rendered, [lastChange]] = await Promise.all([
          renderOverlay({ root, overlay: path, signal }),
          host.listCommits({
            repository: location.repository,
            ref: files.revision,
            path,
            limit: 1,
            signal,
          }),
        ]);
        const version = versionOf(
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
        return { environment: name, fact };
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

function versionOf(
  kustomization: string | undefined,
  intent: Intent,
): string | undefined {
  if (kustomization === undefined) {
    return undefined;
  }
  let content: unknown;
  try {
    content = parse(kustomization, { maxAliasCount: 100 });
  } catch {
    return undefined; // the rendering says what is wrong
  }
  const images: unknown =
    typeof content === 'object' && content !== null && 'images' in content
      ? content.images
      : undefined;
  for (const image of Array.isArray(images) ? images : []) {
    const ours =
      image?.name === intent.metadata.name ||
      (intent.service.image !== undefined &&
        [image?.name, image?.newName].includes(intent.service.image));
    if (ours && image.newTag !== undefined) {
      return String(image.newTag);
    }
  }
  return undefined;
}

/**
 * Which commit of the source repository each version is: the tag of that name.
 */
export async function commitFact(options: {
  hosts: ScmHosts;
  intent: Intent;
  version: string;
  signal?: AbortSignal;
}): Promise<CommitFact> {
  const { hosts, intent, version, signal } = options;
  const { source } = intent.repositories;
  if (source === undefined) {
    return {
      version,
      unknown:
        "The intent names no source repository; add 'repositories.source'",
    };
  }
  try {
    const { host, repository } = hosts.byUrl(source);
    const commit = await host.getCommit({ repository, ref: version, signal });
    return commit
      ? { version, sha: commit.sha, link: commit.link }
      : {
          version,
          unknown: `${repository.owner}/${repository.name} has no tag or commit '${version}'`,
        };
  } catch (error) {
    if (error instanceof Error && error.name === 'NotFoundError') {
      return { version, unknown: error.message };
    }
    throw error;
  }
}

/**
 * How the later environment's version stands to the earlier one's, in commits of the source repository.
 */
export async function comparisonFact(options: {
  hosts: ScmHosts;
  intent: Intent;
  from: CommitFact;
  to: CommitFact;
  signal?: AbortSignal;
}): Promise<ComparisonFact> {
  const { hosts, intent, from, to, signal } = options;
  const pair = { from: from.version, to: to.version };
  if (
    from.sha === undefined ||
    to.sha === undefined ||
    intent.repositories.source === undefined
  ) {
    return { ...pair, status: 'unknown', reason: from.unknown ?? to.unknown };
  }
  const { host, repository } = hosts.byUrl(intent.repositories.source);
  const {
    aheadBy: behindBy,
    behindBy: aheadBy,
    commits,
  } = await host.compare({ repository, base: to.sha, head: from.sha, signal });
  return {
    ...pair,
    status: statusOf(behindBy, aheadBy),
    behindBy,
    aheadBy,
    commits: commits
      .slice(0, MAX_COMMITS)
      .map(({ sha, subject, author, at, link }) => ({
        sha,
        subject,
        author,
        at,
        link,
      })),
  };
}

function statusOf(behindBy: number, aheadBy: number): ComparisonFact['status'] {
  if (behindBy > 0) {
    return aheadBy > 0 ? 'diverged' : 'behind';
  }
  return aheadBy > 0 ? 'ahead' : 'identical';
}

/** @throws NotFoundError where a version has no commit. */
export function requireCommit(fact: CommitFact): string {
  if (fact.sha === undefined) {
    throw new NotFoundError(
      fact.unknown ?? `No commit is known for version ${fact.version}`,
    );
  }
  return fact.sha;
}
