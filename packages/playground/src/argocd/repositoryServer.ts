import fs from 'fs/promises';
import os from 'os';
import path from 'path';
import { renderOverlay } from '@envmatrix/checkout';
import { parseAllDocuments, parseDocument } from 'yaml';
import { isFields } from '../cluster/values';
import type { GitStore, KubeObject, RepositoryId } from '../core';
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

function isKubeObject(value: unknown): value is KubeObject {
  return (
    isFields(value) &&
    typeof value.apiVersion === 'string' &&
    typeof value.kind === 'string' &&
    isFields(value.metadata) &&
    typeof value.metadata.name === 'string'
  );
}

/** What `kustomize edit set image` does, with which Argo CD lets a source name its images: `checkout=ghcr.io/acme/checkout:1.4.0`. */
async function setImages(
  directory: string,
  images: readonly string[],
): Promise<void> {
  if (images.length === 0) {
    return;
  }
  const file = path.join(directory, 'kustomization.yaml');
  const document = parseDocument(await fs.readFile(file, 'utf8'));
  const kustomization: unknown = document.toJS();
  const before =
    isFields(kustomization) && Array.isArray(kustomization.images)
      ? kustomization.images.filter(isFields)
      : [];
  const set = images.map(image => {
    const match =
      /^(?:([^=]+)=)?([^@]+?)(?::([^:/@]+))?(?:@(.+))?$/.exec(image) ?? [];
    const [, name, newName = '', newTag, digest] = match;
    return {
      name: name ?? newName,
      newName,
      ...(newTag === undefined ? {} : { newTag }),
      ...(digest === undefined ? {} : { digest }),
    };
  });
  const others = before.filter(
    entry => !set.some(({ name }) => name === entry.name),
  );
  document.set('images', [...others, ...set]);
  await fs.writeFile(file, document.toString());
}

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
      source.kustomize?.images,
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
      await setImages(directory, source.kustomize?.images ?? []);
      const result = await renderOverlay({
        root,
        overlay: path.relative(root, directory) || '.',
      });
      if ('problem' in result) {
        throw new SourceError(
          `\`kustomize build <path to cached source>/${folder}\` failed exit status 1: Error: ${result.problem}`,
        );
      }
      return parseAllDocuments(result.manifests)
        .map((document): unknown => document.toJS())
        .filter(isKubeObject);
    });
  }
}
