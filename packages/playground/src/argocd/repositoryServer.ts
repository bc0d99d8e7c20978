import fs from 'fs/promises';
import os from 'os';
import path from 'path';
import { renderOverlay } from '@envmatrix/checkout';
import type { GitStore, KubeObject, RepositoryId } from '../core';
import { customise, kubeObjectsOf, readManifests } from './manifestFiles';
import type { ApplicationSource } from './resources';

/** What goes wrong between a source and its manifests, in Argo CD's words. */
export class SourceError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SourceError';
  }
}

/** Renderings that are kept: some revisions of some tens of environments. */
const CACHED_RENDERINGS = 200;

const COMMIT = /^[0-9a-f]{40}$/;

/** From a source and a revision to manifests. */
export class RepositoryServer {
  private readonly renderings = new Map<string, Promise<KubeObject[]>>();

  constructor(
    private readonly options: { git: GitStore; gitBaseUrl: string },
  ) {}

  /** The repository of the git host that a URL names. */
  repositoryOf(repoURL: string): RepositoryId | undefined {
    const base = `${this.options.gitBaseUrl.replace(/\/$/, '')}/`;
    if (!repoURL.startsWith(base)) {
      return undefined;
    }
    const [owner, name, ...more] = repoURL
      .slice(base.length)
      .replace(/\/$/, '')
      .replace(/\.git$/, '')
      .split('/');
    return owner && name && more.length === 0 ? { owner, name } : undefined;
  }

  /**
   * Commit that a revision stands for; the target revision of the source when none is given.
   *
   * @throws SourceError
   */
  async resolve(source: ApplicationSource, revision?: string): Promise<string> {
    const repository = await this.existing(source);
    const wanted = revision || source.targetRevision || 'HEAD';
    const ref =
      wanted === 'HEAD'
        ? await this.options.git.defaultBranch(repository)
        : wanted;
    const sha = await this.options.git.resolve(repository, ref);
    if (sha === undefined) {
      throw new SourceError(`unable to resolve '${wanted}' to a commit SHA`);
    }
    return sha;
  }

  /**
   * The rendered objects of a source at a commit. They are shared: copy before changing one.
   *
   * @throws SourceError
   */
  async manifests(
    source: ApplicationSource,
    sha: string,
  ): Promise<readonly KubeObject[]> {
    const repository = await this.existing(source);
    const key = JSON.stringify([
      repository,
      sha,
      source.path,
      source.kustomize,
      source.directory,
    ]);
    const cached = this.renderings.get(key);
    if (cached) {
      return await cached;
    }
    const rendering = this.render(repository, source, sha);
    this.renderings.set(key, rendering);
    const [oldest] = this.renderings.keys();
    if (this.renderings.size > CACHED_RENDERINGS) {
      this.renderings.delete(oldest);
    }
    try {
      return await rendering;
    } catch (error) {
      // The next comparison tries again.
      this.renderings.delete(key);
      throw error;
    }
  }

  /** Runs something over the files of a commit, in a folder that is gone afterwards. */
  async withTree<T>(
    repository: RepositoryId,
    sha: string,
    use: (directory: string) => Promise<T>,
  ): Promise<T> {
    const directory = await fs.mkdtemp(path.join(os.tmpdir(), 'argocd-'));
    try {
      await this.options.git.checkout(repository, sha, directory);
      return await use(directory);
    } finally {
      await fs.rm(directory, { recursive: true, force: true });
    }
  }

  /**
   * Who made a commit.
   *
   * @throws SourceError
   */
  async revisionMetadata(
    source: ApplicationSource,
    revision: string,
  ): Promise<{ author: string; date: string; message: string }> {
    const repository = await this.existing(source);
    const known =
      COMMIT.test(revision) &&
      (await this.options.git.resolve(repository, revision)) !== undefined;
    const [commit] = known
      ? await this.options.git.log(repository, { ref: revision, limit: 1 })
      : [];
    if (!commit) {
      throw new SourceError(
        `error acquiring repo lock: failed to initialize repository resources: rpc error: code = Internal desc = Failed to checkout revision ${revision}: \`git fetch origin ${revision} --tags --force --prune\` failed exit status 128: fatal: remote error: upload-pack: not our ref ${revision}`,
      );
    }
    return {
      author: `${commit.author} <${commit.email}>`,
      date: `${new Date(commit.at).toISOString().slice(0, 19)}Z`,
      message: commit.message.trim(),
    };
  }

  private async existing(source: ApplicationSource): Promise<RepositoryId> {
    const repository = this.repositoryOf(source.repoURL);
    if (!repository || !(await this.options.git.exists(repository))) {
      throw new SourceError('failed to list refs: repository not found: ');
    }
    return repository;
  }

  private async render(
    repository: RepositoryId,
    source: ApplicationSource,
    sha: string,
  ): Promise<KubeObject[]> {
    const folder = source.path ?? '.';
    return await this.withTree(repository, sha, async root => {
      const directory = path.resolve(root, folder);
      const inside =
        directory === root || directory.startsWith(`${root}${path.sep}`);
      const found = inside && (await fs.stat(directory).catch(() => undefined));
      if (!found || !found.isDirectory()) {
        throw new SourceError(`${folder}: app path does not exist`);
      }
      if (source.directory) {
        return await readManifests(directory, source.directory);
      }
      await customise(directory, source.kustomize ?? {});
      const result = await renderOverlay({
        root,
        overlay: path.relative(root, directory) || '.',
      });
      if ('problem' in result) {
        throw new SourceError(
          `\`kustomize build <path to cached source>/${folder}\` failed exit status 1: Error: ${result.problem}`,
        );
      }
      return kubeObjectsOf(result.manifests);
    });
  }
}
