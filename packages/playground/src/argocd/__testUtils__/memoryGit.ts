import { createHash } from 'crypto';
import fs from 'fs/promises';
import path from 'path';
import type { CommitInput, GitStore, RepositoryId } from '../../core';

interface Commit {
  sha: string;
  parent?: string;
  files: Readonly<Record<string, string>>;
  message: string;
  author: string;
  email: string;
  at: string;
}

interface Repository {
  id: RepositoryId;
  commits: Map<string, Commit>;
  branches: Map<string, string>;
  tags: Map<string, string>;
}

type PushListener = Parameters<GitStore['onPush']>[0];

const keyOf = ({ owner, name }: RepositoryId) => `${owner}/${name}`;

/** Repositories without a disk, for tests of what reads them. */
export class MemoryGit implements GitStore {
  private readonly repositories = new Map<string, Repository>();
  private readonly listeners = new Set<PushListener>();

  async list() {
    return [...this.repositories.values()].map(({ id }) => id);
  }

  async exists(id: RepositoryId) {
    return this.repositories.has(keyOf(id));
  }

  async create(id: RepositoryId) {
    this.repositories.set(keyOf(id), {
      id,
      commits: new Map(),
      branches: new Map(),
      tags: new Map(),
    });
  }

  /** As the host does when somebody deletes a repository. */
  delete(id: RepositoryId) {
    this.repositories.delete(keyOf(id));
  }

  async defaultBranch() {
    return 'main';
  }

  async resolve(id: RepositoryId, ref: string) {
    const { branches, tags, commits } = this.repository(id);
    return branches.get(ref) ?? tags.get(ref) ?? commits.get(ref)?.sha;
  }

  async readFile(id: RepositoryId, ref: string, file: string) {
    return this.commitAt(id, ref)?.files[file];
  }

  async checkout(id: RepositoryId, ref: string, directory: string) {
    for (const [file, text] of Object.entries(
      this.commitAt(id, ref)?.files ?? {},
    )) {
      const target = path.join(directory, file);
      await fs.mkdir(path.dirname(target), { recursive: true });
      await fs.writeFile(target, text);
    }
  }

  async commit(id: RepositoryId, input: CommitInput) {
    const repository = this.repository(id);
    const parent = repository.branches.get(input.branch);
    const files = {
      ...(parent === undefined ? {} : repository.commits.get(parent)?.files),
    };
    for (const [file, text] of Object.entries(input.files)) {
      if (text === undefined) {
        delete files[file];
      } else {
        files[file] = text;
      }
    }
    const at = new Date().toISOString();
    const sha = createHash('sha1')
      .update(JSON.stringify([parent, files, input.message, at]))
      .digest('hex');
    const { name: author, email } = input.author;
    repository.commits.set(sha, {
      sha,
      parent,
      files,
      message: input.message,
      author,
      email,
      at,
    });
    const branch = input.newBranch ?? input.branch;
    repository.branches.set(branch, sha);
    this.listeners.forEach(listener =>
      listener(id, { ref: `refs/heads/${branch}`, sha }),
    );
    return sha;
  }

  async tag(id: RepositoryId, name: string, sha: string) {
    this.repository(id).tags.set(name, sha);
  }

  async tags(id: RepositoryId) {
    return [...this.repository(id).tags].map(([name, sha]) => ({ name, sha }));
  }

  async log(id: RepositoryId, options: { ref: string; limit: number }) {
    const found: Commit[] = [];
    let next = this.commitAt(id, options.ref);
    while (next && found.length < options.limit) {
      found.push(next);
      next = this.repository(id).commits.get(next.parent ?? '');
    }
    return found.map(commit => ({
      ...commit,
      subject: commit.message.split('\n')[0],
    }));
  }

  onPush(listener: PushListener) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private repository(id: RepositoryId): Repository {
    const found = this.repositories.get(keyOf(id));
    if (!found) {
      throw new Error(`There is no repository ${keyOf(id)}`);
    }
    return found;
  }

  private commitAt(id: RepositoryId, ref: string): Commit | undefined {
    const { branches, tags, commits } = this.repository(id);
    return commits.get(branches.get(ref) ?? tags.get(ref) ?? ref);
  }
}
