import { CommitFact, CommitOrigin } from '../observations';
import { NamedRevision } from './annotatedRevision';

/**
 * Which commit a release is, of all that is known. What the running image names wins, as it belongs to what really runs; else what
 * git tells of the version. Where the two disagree, the answer says so. A label that names a commit of another repository is not the service's
 * own: images inherit the labels of the image that they are built on.
 *
 * @public
 */
export function decideCommit(options: {
  readonly version: string;
  /** The commit that the image or its pods name. */
  readonly named?: NamedRevision & { readonly origin: CommitOrigin };
  /** What the source repository says of that commit; absent until it was asked. */
  readonly resolved?: CommitFact;
  /** What is known of the version. */
  readonly told?: CommitFact;
  /** Address of the source repository. */
  readonly repository?: string;
  /** Why nobody knows what the image names. */
  readonly unreadable?: string;
}): CommitFact | undefined {
  const { version, named, resolved, told, repository, unreadable } = options;
  if (!named) {
    return told?.sha === undefined && unreadable !== undefined
      ? { version, unknown: sentences(told?.unknown, unreadable) }
      : told;
  }
  const { sha: name, source, origin } = named;
  const isForeign =
    resolved?.sha === undefined &&
    source !== undefined &&
    repository !== undefined &&
    isAnotherRepository(source, repository);
  if (isForeign || resolved?.isMissing) {
    const why = `${capital(origin.text)} names ${short(name)}${
      isForeign ? ` of ${source}` : ''
    }, which is no commit of this service's source repository: it may be of the image that this one was built on`;
    return told?.sha === undefined
      ? { version, unknown: sentences(told?.unknown, why) }
      : { ...told, conflict: why };
  }
  const sha = resolved?.sha ?? name;
  const isDisputed = told?.sha !== undefined && !isSameCommit(told.sha, sha);
  return {
    version,
    sha,
    ...(resolved?.link === undefined ? {} : { link: resolved.link }),
    origin,
    ...(isDisputed
      ? {
          conflict: `${capital(
            told.origin?.text ?? `version ${version}`,
          )} is ${short(told.sha)}, but what runs was built from ${short(
            sha,
          )}, says the ${origin.text}`,
        }
      : {}),
  };
}

function sentences(...parts: readonly (string | undefined)[]): string {
  return parts.filter(Boolean).join('. ');
}

/** Pipelines may write a commit in short. */
function isSameCommit(left: string, right: string): boolean {
  return left.startsWith(right) || right.startsWith(left);
}

/** False where one of the two is no address that can be compared. */
function isAnotherRepository(source: string, repository: string): boolean {
  const [theirs, ours] = [source, repository].map(placeOf);
  return (
    theirs !== undefined &&
    ours !== undefined &&
    theirs !== ours &&
    !theirs.startsWith(`${ours}/`)
  );
}

/** `git.example.com/acme/checkout` of any of the ways to write it. */
function placeOf(address: string): string | undefined {
  const match =
    /^(?:[a-z+]+:\/\/)?(?:[^@/]+@)?([^/:]+(?::\d+)?)[/:](.+)$/i.exec(
      address.trim(),
    );
  return match
    ? `${match[1]}/${match[2]}`
        .replace(/[#?].*$/, '')
        .replace(/\/+$/, '')
        .replace(/\.git$/, '')
        .toLowerCase()
    : undefined;
}

function short(sha: string): string {
  return sha.slice(0, 7);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
