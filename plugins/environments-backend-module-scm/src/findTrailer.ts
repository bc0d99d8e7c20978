import { Intent, readRevision, SOURCE_COMMIT_TRAILER } from '@envmatrix/engine';
import { CommitInfo, ScmHost } from '@envmatrix/scm';
import { DeployConfigLocation } from './deployConfigLocation';
import { declaredVersion } from './declaredVersion';

/** Commits with a trailer that are looked into, per environment. */
const MAX_LOOKS = 5;

/** The last commits that touched an overlay, newest first. */
export interface OverlayHistory {
  readonly environment: string;
  /** Folder of the overlay. */
  readonly path: string;
  readonly commits: readonly CommitInfo[];
}

/** What the deploy-config repository says of the commit that a release was built from. */
export interface ReleaseTrailer {
  readonly sha: string;
  /** The commit of the deploy-config repository that says so. */
  readonly commit: string;
  /** `acme/checkout-deploy-config` */
  readonly repository: string;
  readonly host: string;
}

/** Which version an overlay named at a commit: that never changes. */
export type VersionsAt = Map<string, string | undefined>;

/**
 * The trailer of the commit that brought a version to an overlay. The last commit with a trailer is not always it: something else may have
 * been brought, or taken back, since.
 */
export async function findTrailer(options: {
  readonly intent: Intent;
  readonly version: string;
  /** Those of the environments in which the version runs first. */
  readonly histories: readonly OverlayHistory[];
  readonly host: ScmHost;
  readonly location: DeployConfigLocation;
  readonly versionsAt: VersionsAt;
  readonly signal?: AbortSignal;
}): Promise<ReleaseTrailer | undefined> {
  const { intent, version, histories, host, location, versionsAt, signal } =
    options;
  const { repository } = location;
  for (const { path, commits } of histories) {
    const candidates = commits.flatMap(commit => {
      const sha = readRevision(
        commit.trailers[SOURCE_COMMIT_TRAILER.toLowerCase()],
      );
      return sha === undefined ? [] : [{ commit, sha }];
    });
    for (const { commit, sha } of candidates.slice(0, MAX_LOOKS)) {
      const file = `${path}/kustomization.yaml`;
      const key = `${repository.owner}/${repository.name} ${commit.sha} ${file}`;
      if (!versionsAt.has(key)) {
        const text = await host.readFile({
          repository,
          path: file,
          ref: commit.sha,
          signal,
        });
        versionsAt.set(key, declaredVersion(text, intent));
      }
      if (versionsAt.get(key) === version) {
        return {
          sha,
          commit: commit.sha,
          repository: `${repository.owner}/${repository.name}`,
          host: host.host,
        };
      }
    }
  }
  return undefined;
}
