import { CommitFact, Intent } from '@envmatrix/engine';
import { RepositoryRef, ScmHost, ScmHosts } from '@envmatrix/scm';
import { ReleaseTrailer } from './findTrailer';

interface Options {
  readonly hosts: ScmHosts;
  readonly intent: Intent;
  readonly signal?: AbortSignal;
}

/**
 * Which commit of the source repository a version is: the one that the deploy-config repository names where the release was brought, else the
 * tag of that name.
 */
export async function commitFact(
  options: Options & {
    readonly version: string;
    readonly trailer?: ReleaseTrailer;
  },
): Promise<CommitFact> {
  const { version, trailer, signal } = options;
  return await inSource(options, version, async (host, repository) => {
    const byTrailer =
      trailer &&
      (await host.getCommit({ repository, ref: trailer.sha, signal }));
    const commit =
      byTrailer ?? (await host.getCommit({ repository, ref: version, signal }));
    if (!commit) {
      return await missing(host, repository, version, signal);
    }
    return {
      version,
      sha: commit.sha,
      link: commit.link,
      origin:
        byTrailer && trailer
          ? {
              kind: 'trailer',
              source: `scm/${trailer.host}`,
              text: `trailer of commit ${trailer.commit.slice(0, 7)} in ${
                trailer.repository
              }`,
            }
          : { kind: 'tag', source: `scm/${host.host}`, text: `tag ${version}` },
      ...(trailer && !byTrailer
        ? {
            conflict: `${trailer.repository} names ${trailer.sha.slice(
              0,
              7,
            )} where it brought ${version}, which is no commit of ${nameOf(
              repository,
            )}`,
          }
        : {}),
    };
  });
}

/** What a commit is that an image names: it may be written in short, and need not be of the source repository. */
export async function namedCommitFact(
  options: Options & { readonly name: string },
): Promise<CommitFact> {
  const { name, signal } = options;
  return await inSource(options, name, async (host, repository) => {
    const commit = await host.getCommit({ repository, ref: name, signal });
    return commit
      ? { version: name, sha: commit.sha, link: commit.link }
      : await missing(host, repository, name, signal);
  });
}

async function inSource(
  { hosts, intent }: Options,
  version: string,
  read: (host: ScmHost, repository: RepositoryRef) => Promise<CommitFact>,
): Promise<CommitFact> {
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
    return await read(host, repository);
  } catch (error) {
    if (error instanceof Error && error.name === 'NotFoundError') {
      return { version, unknown: error.message };
    }
    throw error;
  }
}

/** A repository that the portal may not read looks as if it had nothing in it. */
async function missing(
  host: ScmHost,
  repository: RepositoryRef,
  version: string,
  signal: AbortSignal | undefined,
): Promise<CommitFact> {
  return (await host.getRepository({ repository, signal }))
    ? {
        version,
        unknown: `${nameOf(repository)} has no tag or commit '${version}'`,
        isMissing: true,
      }
    : {
        version,
        unknown: `There is no repository ${nameOf(repository)} on ${
          host.host
        }, or the portal may not read it`,
      };
}

function nameOf({ owner, name }: RepositoryRef): string {
  return `${owner}/${name}`;
}
