import fs from 'fs/promises';
import os from 'os';
import path from 'path';
import { spawn } from 'child_process';
import { CommitInput, GitStore, RepositoryId } from '../core/types';
import { isName, isPath, isRefName, isSha } from './names';
import { gitText, GitError, runGit } from './runGit';

const BRANCH = 'main';

const FILE_STATES: Readonly<Record<string, string>> = {
  A: 'added',
  D: 'deleted',
};

const COMMITTED_STATES: Readonly<Record<string, CommittedFile['status']>> = {
  A: 'added',
  D: 'removed',
};

export interface Commit {
  readonly sha: string;
  readonly subject: string;
  readonly message: string;
  readonly author: string;
  readonly email: string;
  readonly at: string;
  readonly committer: string;
  readonly committerEmail: string;
  readonly committedAt: string;
  readonly tree: string;
  readonly parents: readonly string[];
  /** What it changes, against its first parent. */
  readonly files: readonly CommittedFile[];
}

export interface CommittedFile {
  readonly path: string;
  readonly status: 'added' | 'removed' | 'modified';
  readonly additions: number;
  readonly deletions: number;
}

export interface TreeEntry {
  readonly mode: string;
  readonly type: 'blob' | 'tree' | 'commit';
  readonly sha: string;
  readonly size: number;
  readonly path: string;
}

const SEPARATOR = '\u001e';

const FORMAT = [
  '%x1e%H',
  '%an',
  '%ae',
  '%aI',
  '%cn',
  '%ce',
  '%cI',
  '%T',
  '%P',
  '%B',
  '',
].join('%x1f');

/**
 * Bare repositories on disk, read and written with the git command line.
 */
export class GitRepositories implements GitStore {
  readonly #directory: string;
  readonly #listeners = new Set<
    (id: RepositoryId, change: { ref: string; sha: string }) => void
  >();
  /** One write to a repository at a time. */
  readonly #writes = new Map<string, Promise<unknown>>();

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Folder of a bare repository. */
  folder(id: RepositoryId): string {
    if (!isName(id.owner) || !isName(id.name)) {
      throw new Error(
        `'${id.owner}/${id.name}' is not the name of a repository`,
      );
    }
    return path.join(this.#directory, id.owner, `${id.name}.git`);
  }

  get directory(): string {
    return this.#directory;
  }

  async list(): Promise<RepositoryId[]> {
    const ids: RepositoryId[] = [];
    for (const owner of await foldersOf(this.#directory)) {
      for (const name of await foldersOf(path.join(this.#directory, owner))) {
        ids.push({ owner, name: name.replace(/\.git$/, '') });
      }
    }
    return ids;
  }

  async exists(id: RepositoryId): Promise<boolean> {
    try {
      await fs.access(path.join(this.folder(id), 'HEAD'));
      return true;
    } catch {
      return false;
    }
  }

  async create(id: RepositoryId): Promise<void> {
    const folder = this.folder(id);
    await fs.mkdir(folder, { recursive: true });
    await runGit(folder, [
      'init',
      '--quiet',
      '--bare',
      `--initial-branch=${BRANCH}`,
    ]);
    await runGit(folder, ['config', 'http.receivepack', 'true']);
    await runGit(folder, ['config', 'uploadpack.allowAnySHA1InWant', 'true']);
  }

  async remove(id: RepositoryId): Promise<void> {
    await fs.rm(this.folder(id), { recursive: true, force: true });
  }

  async defaultBranch(): Promise<string> {
    return BRANCH;
  }

  async resolve(id: RepositoryId, ref: string): Promise<string | undefined> {
    for (const candidate of candidatesOf(ref)) {
      try {
        return await gitText(this.folder(id), [
          'rev-parse',
          '--verify',
          '--quiet',
          '--end-of-options',
          `${candidate}^{commit}`,
        ]);
      } catch (error) {
        if (!(error instanceof GitError)) {
          throw error;
        }
      }
    }
    return undefined;
  }

  async readFile(
    id: RepositoryId,
    ref: string,
    file: string,
  ): Promise<string | undefined> {
    return (await this.readBlob(id, ref, file))?.toString('utf8');
  }

  async readBlob(
    id: RepositoryId,
    ref: string,
    file: string,
  ): Promise<Buffer | undefined> {
    const entry = await this.entry(id, ref, file);
    return entry?.type === 'blob'
      ? await runGit(this.folder(id), ['cat-file', 'blob', entry.sha])
      : undefined;
  }

  /** The file or folder at a path; the root has no entry. */
  async entry(
    id: RepositoryId,
    ref: string,
    file: string,
  ): Promise<TreeEntry | undefined> {
    const sha = isPath(file) ? await this.resolve(id, ref) : undefined;
    return sha === undefined
      ? undefined
      : (await this.#tree(id, sha, [file]))[0];
  }

  /** What a folder holds; undefined when there is no such folder. */
  async folderEntries(
    id: RepositoryId,
    ref: string,
    folder: string,
  ): Promise<TreeEntry[] | undefined> {
    const sha = await this.resolve(id, ref);
    if (sha === undefined) {
      return undefined;
    }
    if (folder === '') {
      return await this.#tree(id, sha, []);
    }
    const entry = await this.entry(id, ref, folder);
    return entry?.type === 'tree'
      ? await this.#tree(id, sha, [`${folder}/`])
      : undefined;
  }

  async checkout(
    id: RepositoryId,
    ref: string,
    directory: string,
  ): Promise<void> {
    const sha = await this.resolve(id, ref);
    if (sha === undefined) {
      throw new Error(`There is no '${ref}' in ${id.owner}/${id.name}`);
    }
    const archive = await runGit(this.folder(id), [
      'archive',
      '--format=tar',
      sha,
    ]);
    await new Promise<void>((resolve, reject) => {
      const child = spawn('tar', ['-x', '-C', directory], {
        stdio: ['pipe', 'ignore', 'inherit'],
      });
      child.on('error', reject);
      child.on('close', code =>
        code === 0 ? resolve() : reject(new Error(`tar ended with ${code}`)),
      );
      child.stdin.end(archive);
    });
  }

  async archive(id: RepositoryId, sha: string): Promise<Buffer> {
    return await runGit(this.folder(id), [
      'archive',
      '--format=tar.gz',
      `--prefix=${id.name}/`,
      sha,
    ]);
  }

  async commit(id: RepositoryId, input: CommitInput): Promise<string> {
    return await this.exclusively(id, async () => {
      const parent = await this.resolve(id, input.branch);
      const tree = await this.#writeTree(id, parent, input.files);
      return await this.#writeCommit(id, {
        tree,
        parents: parent ? [parent] : [],
        message: input.message,
        author: input.author,
        ref: `refs/heads/${input.newBranch ?? input.branch}`,
        expected: input.newBranch ? undefined : parent,
      });
    });
  }

  async tag(id: RepositoryId, name: string, sha: string): Promise<void> {
    if (!isRefName(name)) {
      throw new Error(`'${name}' is not the name of a tag`);
    }
    await this.exclusively(id, () =>
      runGit(this.folder(id), ['update-ref', `refs/tags/${name}`, sha, '']),
    );
    this.announce(id, { ref: `refs/tags/${name}`, sha });
  }

  async tags(id: RepositoryId): Promise<{ name: string; sha: string }[]> {
    return await this.refs(id, 'refs/tags');
  }

  async branches(id: RepositoryId): Promise<{ name: string; sha: string }[]> {
    return await this.refs(id, 'refs/heads');
  }

  async refs(
    id: RepositoryId,
    prefix: string,
  ): Promise<{ name: string; sha: string }[]> {
    const text = await gitText(this.folder(id), [
      'for-each-ref',
      '--sort=-creatordate',
      '--format=%(objectname) %(refname)',
      prefix,
    ]);
    return lines(text).map(line => {
      const space = line.indexOf(' ');
      return {
        sha: line.slice(0, space),
        name: line.slice(space + 1 + prefix.length + 1),
      };
    });
  }

  async log(
    id: RepositoryId,
    options: { ref: string; path?: string; limit: number; skip?: number },
  ): Promise<Commit[]> {
    const sha = await this.resolve(id, options.ref);
    if (
      sha === undefined ||
      (options.path !== undefined && !isPath(options.path))
    ) {
      return [];
    }
    return await this.#commits(id, [
      '-n',
      String(options.limit),
      '--skip',
      String(options.skip ?? 0),
      sha,
      ...(options.path === undefined ? [] : ['--', options.path]),
    ]);
  }

  /** Commits reachable from head and not from base, newest first. */
  async between(
    id: RepositoryId,
    base: string,
    head: string,
  ): Promise<Commit[]> {
    return await this.#commits(id, [`${base}..${head}`]);
  }

  async mergeBase(
    id: RepositoryId,
    left: string,
    right: string,
  ): Promise<string | undefined> {
    return await gitText(this.folder(id), ['merge-base', left, right]).catch(
      () => undefined,
    );
  }

  async diff(id: RepositoryId, from: string, to: string): Promise<string> {
    return (
      await runGit(this.folder(id), ['diff', '--no-color', from, to])
    ).toString('utf8');
  }

  async changedFiles(
    id: RepositoryId,
    from: string,
    to: string,
  ): Promise<
    { path: string; additions: number; deletions: number; status: string }[]
  > {
    const [numbers, states] = await Promise.all([
      gitText(this.folder(id), ['diff', '--numstat', '--no-renames', from, to]),
      gitText(this.folder(id), [
        'diff',
        '--name-status',
        '--no-renames',
        from,
        to,
      ]),
    ]);
    const status = new Map(
      lines(states).map(line => [line.split('\t')[1], line[0]]),
    );
    return lines(numbers).map(line => {
      const [additions, deletions, file] = line.split('\t');
      const letter = status.get(file);
      return {
        path: file,
        additions: Number(additions) || 0,
        deletions: Number(deletions) || 0,
        status: FILE_STATES[letter ?? ''] ?? 'changed',
      };
    });
  }

  /** The tree that a merge would give; undefined when it conflicts. */
  async mergedTree(
    id: RepositoryId,
    ours: string,
    theirs: string,
  ): Promise<string | undefined> {
    try {
      return lines(
        await gitText(this.folder(id), [
          'merge-tree',
          '--write-tree',
          ours,
          theirs,
        ]),
      )[0];
    } catch (error) {
      if (error instanceof GitError) {
        return undefined;
      }
      throw error;
    }
  }

  /** Puts commits on top of another one, with their authors and messages; undefined when one conflicts. */
  async rebase(
    id: RepositoryId,
    onto: string,
    commits: readonly Commit[],
    committer: { name: string; email: string },
  ): Promise<string | undefined> {
    let head = onto;
    for (const commit of commits) {
      const base = commit.parents[0];
      const tree = await gitText(this.folder(id), [
        'merge-tree',
        '--write-tree',
        `--merge-base=${base}`,
        head,
        commit.sha,
      ]).catch(() => undefined);
      if (tree === undefined) {
        return undefined;
      }
      head = await this.commitTree(id, {
        tree: lines(tree)[0],
        parents: [head],
        message: commit.message,
        author: { name: commit.author, email: commit.email, at: commit.at },
        committer,
      });
    }
    return head;
  }

  async commitTree(
    id: RepositoryId,
    options: {
      tree: string;
      parents: readonly string[];
      message: string;
      author: { name: string; email: string; at?: string };
      committer: { name: string; email: string };
    },
  ): Promise<string> {
    const { tree, parents, message, author, committer } = options;
    return await gitText(
      this.folder(id),
      ['commit-tree', tree, ...parents.flatMap(parent => ['-p', parent])],
      {
        input: message.endsWith('\n') ? message : `${message}\n`,
        env: {
          GIT_AUTHOR_NAME: author.name,
          GIT_AUTHOR_EMAIL: author.email,
          ...(author.at ? { GIT_AUTHOR_DATE: author.at } : {}),
          GIT_COMMITTER_NAME: committer.name,
          GIT_COMMITTER_EMAIL: committer.email,
        },
      },
    );
  }

  /** Moves a branch; refuses when it is no longer what was expected. */
  async moveBranch(
    id: RepositoryId,
    branch: string,
    sha: string,
    expected: string,
  ): Promise<void> {
    await runGit(this.folder(id), [
      'update-ref',
      `refs/heads/${branch}`,
      sha,
      expected,
    ]);
    this.announce(id, { ref: `refs/heads/${branch}`, sha });
  }

  async createBranch(
    id: RepositoryId,
    branch: string,
    sha: string,
  ): Promise<void> {
    await runGit(this.folder(id), [
      'update-ref',
      `refs/heads/${branch}`,
      sha,
      '',
    ]);
    this.announce(id, { ref: `refs/heads/${branch}`, sha });
  }

  async deleteBranch(id: RepositoryId, branch: string): Promise<void> {
    await runGit(this.folder(id), ['update-ref', '-d', `refs/heads/${branch}`]);
  }

  onPush(
    listener: (id: RepositoryId, change: { ref: string; sha: string }) => void,
  ): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  announce(id: RepositoryId, change: { ref: string; sha: string }): void {
    for (const listener of this.#listeners) {
      listener(id, change);
    }
  }

  async exclusively<T>(id: RepositoryId, work: () => Promise<T>): Promise<T> {
    const key = `${id.owner}/${id.name}`;
    const before = this.#writes.get(key) ?? Promise.resolve();
    const next = before.catch(() => undefined).then(work);
    this.#writes.set(key, next);
    return await next;
  }

  async #writeTree(
    id: RepositoryId,
    parent: string | undefined,
    files: CommitInput['files'],
  ): Promise<string> {
    const scratch = await fs.mkdtemp(path.join(os.tmpdir(), 'git-index-'));
    const env = { GIT_INDEX_FILE: path.join(scratch, 'index') };
    const folder = this.folder(id);
    try {
      await runGit(
        folder,
        parent ? ['read-tree', parent] : ['read-tree', '--empty'],
        { env },
      );
      const blobs = await this.#writeBlobs(id, scratch, files);
      const updates = Object.keys(files).map(file => {
        const sha = blobs.get(file);
        return sha === undefined
          ? `0 ${'0'.repeat(40)}\t${file}\0`
          : `100644 ${sha}\t${file}\0`;
      });
      await runGit(folder, ['update-index', '-z', '--index-info'], {
        env,
        input: updates.join(''),
      });
      return await gitText(folder, ['write-tree'], { env });
    } finally {
      await fs.rm(scratch, { recursive: true, force: true });
    }
  }

  /** The contents as blobs, by path: one process for all of them. */
  async #writeBlobs(
    id: RepositoryId,
    scratch: string,
    files: CommitInput['files'],
  ): Promise<ReadonlyMap<string, string>> {
    const written: { file: string; at: string }[] = [];
    for (const [file, content] of Object.entries(files)) {
      if (!isPath(file)) {
        throw new Error(`'${file}' is not a path in a repository`);
      }
      if (content !== undefined) {
        const at = path.join(scratch, String(written.length));
        await fs.writeFile(at, content);
        written.push({ file, at });
      }
    }
    if (written.length === 0) {
      return new Map();
    }
    const shas = await gitText(
      this.folder(id),
      ['hash-object', '-w', '--no-filters', '--stdin-paths'],
      { input: written.map(({ at }) => `${at}\n`).join('') },
    );
    return new Map(lines(shas).map((sha, index) => [written[index].file, sha]));
  }

  async #writeCommit(
    id: RepositoryId,
    options: {
      tree: string;
      parents: string[];
      message: string;
      author: { name: string; email: string };
      ref: string;
      expected: string | undefined;
    },
  ): Promise<string> {
    const { tree, parents, message, author, ref, expected } = options;
    const sha = await this.commitTree(id, {
      tree,
      parents,
      message,
      author,
      committer: author,
    });
    await runGit(this.folder(id), ['update-ref', ref, sha, expected ?? '']);
    this.announce(id, { ref, sha });
    return sha;
  }

  async #tree(
    id: RepositoryId,
    sha: string,
    paths: readonly string[],
  ): Promise<TreeEntry[]> {
    const text = (
      await runGit(this.folder(id), [
        'ls-tree',
        '-z',
        '--long',
        sha,
        '--',
        ...paths,
      ])
    ).toString('utf8');
    return text
      .split('\0')
      .filter(Boolean)
      .map(line => {
        const [facts, file] = [
          line.slice(0, line.indexOf('\t')),
          line.slice(line.indexOf('\t') + 1),
        ];
        const [mode, type, blob, size] = facts.split(/\s+/);
        return {
          mode,
          type: type === 'tree' || type === 'commit' ? type : 'blob',
          sha: blob,
          size: Number(size) || 0,
          path: file,
        };
      });
  }

  async #commits(id: RepositoryId, args: readonly string[]): Promise<Commit[]> {
    const text = (
      await runGit(this.folder(id), [
        '-c',
        'core.quotePath=false',
        'log',
        `--format=${FORMAT}`,
        '--raw',
        '--numstat',
        '--no-renames',
        '--full-diff',
        '--diff-merges=first-parent',
        ...args,
      ])
    ).toString('utf8');
    return text
      .split(SEPARATOR)
      .filter(record => record.trim() !== '')
      .map(record => {
        const [
          sha,
          author,
          email,
          at,
          committer,
          committerEmail,
          committedAt,
          tree,
          parents,
          message,
          changes,
        ] = record.split('\u001f');
        return {
          sha,
          author,
          email,
          at,
          committer,
          committerEmail,
          committedAt,
          tree,
          parents: parents.split(' ').filter(Boolean),
          message,
          subject: message.split('\n')[0],
          files: committedFiles(changes),
        };
      });
  }
}

/** `git log --raw --numstat`: a line with the letter of the status, and one with the counts, for each file. */
function committedFiles(text: string): CommittedFile[] {
  const letters = new Map<string, string>();
  const files: CommittedFile[] = [];
  for (const line of lines(text)) {
    const [first, ...rest] = line.split('\t');
    if (line.startsWith(':')) {
      letters.set(rest[0], first.slice(-1));
    } else {
      const [deletions, file] = rest;
      files.push({
        path: file,
        status: COMMITTED_STATES[letters.get(file) ?? ''] ?? 'modified',
        additions: Number(first) || 0,
        deletions: Number(deletions) || 0,
      });
    }
  }
  return files;
}

/** What a name may stand for, in the order in which Gitea looks. */
function candidatesOf(ref: string): string[] {
  if (!isSha(ref) && !isRefName(ref)) {
    return [];
  }
  return [
    `refs/heads/${ref}`,
    `refs/tags/${ref}`,
    ...(isSha(ref) ? [ref] : []),
  ];
}

function lines(text: string): string[] {
  return text.split('\n').filter(line => line !== '');
}

async function foldersOf(directory: string): Promise<string[]> {
  try {
    return (await fs.readdir(directory, { withFileTypes: true }))
      .filter(entry => entry.isDirectory())
      .map(entry => entry.name)
      .sort();
  } catch {
    return [];
  }
}
