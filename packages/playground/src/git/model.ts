import { JsonDocument } from '../core';

export interface User {
  readonly id: number;
  readonly login: string;
  readonly email: string;
  readonly created: string;
  readonly isOrganisation: boolean;
}

export interface HostedRepository {
  readonly id: number;
  readonly owner: string;
  readonly name: string;
  readonly description: string;
  readonly isPrivate: boolean;
  readonly created: string;
}

export interface PullRequest {
  readonly id: number;
  readonly number: number;
  readonly owner: string;
  readonly repository: string;
  readonly title: string;
  readonly body: string;
  readonly head: string;
  readonly base: string;
  readonly author: string;
  readonly created: string;
  updated: string;
  state: 'open' | 'closed';
  /** The head as it was when the pull request was closed or merged; its branch may be gone since. */
  headSha?: string;
  closedAt?: string;
  mergedAt?: string;
  mergeCommit?: string;
  mergedBy?: string;
  /** Base as it was before the merge. */
  mergedOnto?: string;
}

export interface Status {
  readonly id: number;
  readonly owner: string;
  readonly repository: string;
  readonly sha: string;
  readonly context: string;
  readonly state: string;
  readonly description: string;
  readonly targetUrl: string;
  /** Login of who wrote it. */
  readonly creator?: string;
  readonly created: string;
}

interface GitDocument {
  next: number;
  users: User[];
  repositories: HostedRepository[];
  pulls: PullRequest[];
  statuses: Status[];
}

/**
 * What the git host knows beside the repositories themselves.
 */
export class GitModel {
  private constructor(private readonly document: JsonDocument<GitDocument>) {}

  static async open(file: string): Promise<GitModel> {
    return new GitModel(
      await JsonDocument.open<GitDocument>({
        file,
        initial: () => ({
          next: 1,
          users: [],
          repositories: [],
          pulls: [],
          statuses: [],
        }),
      }),
    );
  }

  get users(): readonly User[] {
    return this.document.value.users;
  }

  get pulls(): readonly PullRequest[] {
    return this.document.value.pulls;
  }

  get statuses(): readonly Status[] {
    return this.document.value.statuses;
  }

  user(login: string): User | undefined {
    return this.users.find(
      user => user.login.toLowerCase() === login.toLowerCase(),
    );
  }

  userByEmail(email: string): User | undefined {
    return this.users.find(user => user.email !== '' && user.email === email);
  }

  ensureUser(
    login: string,
    options: { email?: string; isOrganisation?: boolean },
  ): User {
    const known = this.user(login);
    if (known) {
      return known;
    }
    const user: User = {
      id: this.#id(),
      login,
      email: options.email ?? '',
      created: now(),
      isOrganisation: options.isOrganisation ?? false,
    };
    this.document.value.users.push(user);
    this.document.changed();
    return user;
  }

  repository(owner: string, name: string): HostedRepository | undefined {
    return this.document.value.repositories.find(
      entry => entry.owner === owner && entry.name === name,
    );
  }

  addRepository(entry: {
    owner: string;
    name: string;
    description?: string;
    isPrivate?: boolean;
  }): HostedRepository {
    const repository: HostedRepository = {
      id: this.#id(),
      owner: entry.owner,
      name: entry.name,
      description: entry.description ?? '',
      isPrivate: entry.isPrivate ?? false,
      created: now(),
    };
    this.document.value.repositories.push(repository);
    this.document.changed();
    return repository;
  }

  removeRepository(owner: string, name: string): void {
    const { value } = this.document;
    value.repositories = value.repositories.filter(
      entry => entry.owner !== owner || entry.name !== name,
    );
    value.pulls = value.pulls.filter(
      pull => pull.owner !== owner || pull.repository !== name,
    );
    value.statuses = value.statuses.filter(
      status => status.owner !== owner || status.repository !== name,
    );
    this.document.changed();
  }

  pullsOf(owner: string, repository: string): PullRequest[] {
    return this.document.value.pulls.filter(
      pull => pull.owner === owner && pull.repository === repository,
    );
  }

  addPull(
    entry: Omit<PullRequest, 'id' | 'number' | 'created' | 'updated' | 'state'>,
  ): PullRequest {
    const at = now();
    const number =
      Math.max(
        0,
        ...this.pullsOf(entry.owner, entry.repository).map(pull => pull.number),
      ) + 1;
    const pull: PullRequest = {
      ...entry,
      id: this.#id(),
      number,
      created: at,
      updated: at,
      state: 'open',
    };
    this.document.value.pulls.push(pull);
    this.document.changed();
    return pull;
  }

  /** What was said of a commit, the oldest first. */
  statusesOf(
    { owner, name }: { owner: string; name: string },
    sha: string,
  ): Status[] {
    return this.statuses.filter(
      status =>
        status.owner === owner &&
        status.repository === name &&
        status.sha === sha,
    );
  }

  addStatus(entry: Omit<Status, 'id' | 'created'>): Status {
    const status = { ...entry, id: this.#id(), created: now() };
    this.document.value.statuses.push(status);
    this.document.changed();
    return status;
  }

  changed(): void {
    this.document.changed();
  }

  async flush(): Promise<void> {
    await this.document.flush();
  }

  #id(): number {
    return this.document.value.next++;
  }
}

export function now(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, 'Z');
}
