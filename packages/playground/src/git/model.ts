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

export interface Review {
  readonly id: number;
  readonly owner: string;
  readonly repository: string;
  /** Of the pull request. */
  readonly number: number;
  /** Login of who wrote it. */
  readonly reviewer: string;
  readonly state: 'APPROVED' | 'REQUEST_CHANGES' | 'COMMENT';
  readonly body: string;
  /** Head of the pull request, as it was looked at. */
  readonly commit: string;
  readonly created: string;
}

/** The rule of a branch, in the words of the API; what decides nothing here is kept and told again. */
export interface ProtectionRule {
  readonly rule_name: string;
  readonly enable_push: boolean;
  readonly required_approvals: number;
  readonly enable_status_check: boolean;
  readonly status_check_contexts: readonly string[];
  readonly block_on_rejected_reviews: boolean;
  readonly dismiss_stale_approvals: boolean;
  readonly unprotected_file_patterns: string;
}

interface KeptRule {
  readonly owner: string;
  readonly repository: string;
  readonly rule: ProtectionRule;
}

interface GitDocument {
  next: number;
  users: User[];
  repositories: HostedRepository[];
  pulls: PullRequest[];
  statuses: Status[];
  /** Absent in what an earlier version kept. */
  reviews?: Review[];
  protections?: KeptRule[];
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
    value.reviews = value.reviews?.filter(
      review => review.owner !== owner || review.repository !== name,
    );
    value.protections = value.protections?.filter(
      kept => kept.owner !== owner || kept.repository !== name,
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

  /** Reviews of a pull request, the oldest first. */
  reviewsOf(pull: PullRequest): Review[] {
    return (this.document.value.reviews ?? []).filter(
      review =>
        review.owner === pull.owner &&
        review.repository === pull.repository &&
        review.number === pull.number,
    );
  }

  addReview(entry: Omit<Review, 'id' | 'created'>): Review {
    const review = { ...entry, id: this.#id(), created: now() };
    this.document.value.reviews = [
      ...(this.document.value.reviews ?? []),
      review,
    ];
    this.document.changed();
    return review;
  }

  protectionsOf(repository: { owner: string; name: string }): ProtectionRule[] {
    return (this.document.value.protections ?? []).flatMap(kept =>
      kept.owner === repository.owner && kept.repository === repository.name
        ? [kept.rule]
        : [],
    );
  }

  protection(
    repository: { owner: string; name: string },
    branch: string,
  ): ProtectionRule | undefined {
    return this.protectionsOf(repository).find(
      rule => rule.rule_name === branch,
    );
  }

  setProtection(
    repository: { owner: string; name: string },
    rule: ProtectionRule,
  ): void {
    this.removeProtection(repository, rule.rule_name);
    this.document.value.protections = [
      ...(this.document.value.protections ?? []),
      { owner: repository.owner, repository: repository.name, rule },
    ];
    this.document.changed();
  }

  removeProtection(
    { owner, name }: { owner: string; name: string },
    branch: string,
  ): void {
    this.document.value.protections = (
      this.document.value.protections ?? []
    ).filter(
      kept =>
        kept.owner !== owner ||
        kept.repository !== name ||
        kept.rule.rule_name !== branch,
    );
    this.document.changed();
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
