import type { Commit, TreeEntry } from './GitRepositories';
import type { HostedRepository, PullRequest, User } from './model';

const NEVER = '0001-01-01T00:00:00Z';

/** How Gitea 1.26 writes things; the fields that clients of the playground do not read are there with what a new installation has. */
export class Shapes {
  constructor(readonly baseUrl: string) {}

  user({ id, login, email, created }: User) {
    return {
      id,
      login,
      login_name: '',
      source_id: 0,
      full_name: '',
      email,
      avatar_url: `${this.baseUrl}/avatars/${id}`,
      html_url: `${this.baseUrl}/${login}`,
      language: '',
      is_admin: false,
      last_login: NEVER,
      created,
      restricted: false,
      active: true,
      prohibit_login: false,
      location: '',
      website: '',
      description: '',
      visibility: 'public',
      followers_count: 0,
      following_count: 0,
      starred_repos_count: 0,
      username: login,
    };
  }

  organisation({ id, login }: User) {
    return {
      id,
      name: login,
      full_name: '',
      email: '',
      avatar_url: `${this.baseUrl}/avatars/${id}`,
      description: '',
      website: '',
      location: '',
      visibility: 'public',
      repo_admin_change_team_access: false,
      username: login,
    };
  }

  repository(
    repository: HostedRepository,
    facts: { empty: boolean; owner: User; branches: number },
  ) {
    const { id, owner, name, description, isPrivate, created } = repository;
    const html = `${this.baseUrl}/${owner}/${name}`;
    return {
      id,
      owner: this.user(facts.owner),
      name,
      full_name: `${owner}/${name}`,
      description,
      empty: facts.empty,
      private: isPrivate,
      fork: false,
      template: false,
      mirror: false,
      size: 25,
      language: '',
      languages_url: `${this.baseUrl}/api/v1/repos/${owner}/${name}/languages`,
      html_url: html,
      url: `${this.baseUrl}/api/v1/repos/${owner}/${name}`,
      link: '',
      ssh_url: `git@localhost:${owner}/${name}.git`,
      clone_url: `${html}.git`,
      original_url: '',
      website: '',
      stars_count: 0,
      forks_count: 0,
      watchers_count: 1,
      branch_count: facts.branches,
      open_issues_count: 0,
      open_pr_counter: 0,
      release_counter: 0,
      default_branch: 'main',
      archived: false,
      created_at: created,
      updated_at: created,
      archived_at: '1970-01-01T00:00:00Z',
      permissions: { admin: true, push: true, pull: true },
      has_code: true,
      has_issues: true,
      internal_tracker: {
        enable_time_tracker: true,
        allow_only_contributors_to_track_time: true,
        enable_issue_dependencies: true,
      },
      has_wiki: true,
      has_pull_requests: true,
      has_projects: true,
      projects_mode: 'all',
      has_releases: true,
      has_packages: true,
      // Nothing here runs the workflows of repositories.
      has_actions: false,
      ignore_whitespace_conflicts: false,
      allow_merge_commits: true,
      allow_rebase: true,
      allow_rebase_explicit: true,
      allow_squash_merge: true,
      allow_fast_forward_only_merge: true,
      allow_rebase_update: true,
      allow_manual_merge: false,
      autodetect_manual_merge: false,
      default_delete_branch_after_merge: false,
      default_merge_style: 'merge',
      default_allow_maintainer_edit: true,
      avatar_url: '',
      internal: false,
      mirror_interval: '',
      object_format_name: 'sha1',
      mirror_updated: NEVER,
      topics: [],
      licenses: [],
    };
  }

  commit(
    owner: string,
    name: string,
    commit: Commit,
    people: { author?: User; committer?: User } = {},
  ) {
    const url = `${this.baseUrl}/api/v1/repos/${owner}/${name}/git/commits/${commit.sha}`;
    const html = `${this.baseUrl}/${owner}/${name}/commit/${commit.sha}`;
    const created = utc(commit.committedAt);
    return {
      url,
      sha: commit.sha,
      created,
      html_url: html,
      commit: {
        url,
        author: {
          name: commit.author,
          email: commit.email,
          date: utc(commit.at),
        },
        committer: {
          name: commit.committer,
          email: commit.committerEmail,
          date: created,
        },
        message: `${commit.message.trimEnd()}\n`,
        tree: {
          url: `${this.baseUrl}/api/v1/repos/${owner}/${name}/git/trees/${commit.sha}`,
          sha: commit.tree,
          created,
        },
        verification: unverified(),
      },
      author: people.author ? this.user(people.author) : null,
      committer: people.committer ? this.user(people.committer) : null,
      parents: commit.parents.map(sha => ({
        url: `${this.baseUrl}/api/v1/repos/${owner}/${name}/git/commits/${sha}`,
        sha,
        created: NEVER,
      })),
      files: commit.files.map(file => ({
        filename: file.path,
        status: file.status,
      })),
      stats: {
        total: sum(commit.files, file => file.additions + file.deletions),
        additions: sum(commit.files, file => file.additions),
        deletions: sum(commit.files, file => file.deletions),
      },
    };
  }

  /** A pull request as a list has it: without its counts, and with null for what is empty. */
  listedPullRequest(pull: ReturnType<Shapes['pullRequest']>) {
    const { additions, deletions, changed_files, ...listed } = pull;
    return {
      ...listed,
      assignees: null,
      requested_reviewers: null,
      requested_reviewers_teams: null,
    };
  }

  /** Where a file of a commit is to be had. */
  fileLinks(owner: string, name: string, sha: string, path: string) {
    const html = `${this.baseUrl}/${owner}/${name}`;
    return {
      html_url: `${html}/src/commit/${sha}/${path}`,
      contents_url: `${this.baseUrl}/api/v1/repos/${owner}/${name}/contents/${path}?ref=${sha}`,
      raw_url: `${html}/raw/commit/${sha}/${path}`,
    };
  }

  branch(owner: string, name: string, branch: string, commit: Commit) {
    const person = (who: string, email: string) => ({
      name: who,
      email,
      username: '',
    });
    return {
      name: branch,
      commit: {
        id: commit.sha,
        message: `${commit.message.trimEnd()}\n`,
        url: `${this.baseUrl}/${owner}/${name}/commit/${commit.sha}`,
        author: person(commit.author, commit.email),
        committer: person(commit.committer, commit.committerEmail),
        verification: unverified(),
        timestamp: utc(commit.committedAt),
        added: null,
        removed: null,
        modified: null,
      },
      protected: false,
      required_approvals: 0,
      enable_status_check: false,
      status_check_contexts: [],
      user_can_push: true,
      user_can_merge: true,
      effective_branch_protection_name: '',
    };
  }

  contents(
    owner: string,
    name: string,
    ref: string,
    entry: TreeEntry,
    last: Commit | undefined,
    content: Buffer | undefined,
  ) {
    const repo = `${this.baseUrl}/api/v1/repos/${owner}/${name}`;
    const self = `${repo}/contents/${entry.path}?ref=${ref}`;
    const html = `${this.baseUrl}/${owner}/${name}/src/branch/${ref}/${entry.path}`;
    const git = `${repo}/git/${entry.type === 'tree' ? 'trees' : 'blobs'}/${
      entry.sha
    }`;
    return {
      name: entry.path.split('/').pop(),
      path: entry.path,
      sha: entry.sha,
      last_commit_sha: last?.sha ?? '',
      last_committer_date: last ? utc(last.committedAt) : NEVER,
      last_author_date: last ? utc(last.at) : NEVER,
      type: entry.type === 'tree' ? 'dir' : 'file',
      size: entry.type === 'tree' ? 0 : entry.size,
      encoding: content ? 'base64' : null,
      content: content ? content.toString('base64') : null,
      target: null,
      url: self,
      html_url: html,
      git_url: git,
      download_url:
        entry.type === 'tree'
          ? null
          : `${this.baseUrl}/${owner}/${name}/raw/branch/${ref}/${entry.path}`,
      submodule_git_url: null,
      _links: { self, git, html },
    };
  }

  pullRequest(
    pull: PullRequest,
    facts: {
      user: User;
      repository: object;
      repositoryId: number;
      baseSha: string;
      headSha: string;
      mergeBase: string;
      mergeable: boolean;
      additions: number;
      deletions: number;
      changedFiles: number;
      mergedBy?: User;
    },
  ) {
    const html = `${this.baseUrl}/${pull.owner}/${pull.repository}/pulls/${pull.number}`;
    const side = (ref: string, sha: string) => ({
      label: ref,
      ref,
      sha,
      repo_id: facts.repositoryId,
      repo: facts.repository,
    });
    return {
      id: pull.id,
      url: html,
      number: pull.number,
      user: this.user(facts.user),
      title: pull.title,
      body: pull.body,
      labels: [],
      milestone: null,
      assignee: null,
      assignees: [],
      requested_reviewers: [],
      requested_reviewers_teams: [],
      state: pull.state,
      draft: false,
      is_locked: false,
      comments: 0,
      additions: facts.additions,
      deletions: facts.deletions,
      changed_files: facts.changedFiles,
      html_url: html,
      diff_url: `${html}.diff`,
      patch_url: `${html}.patch`,
      mergeable: facts.mergeable,
      merged: pull.mergedAt !== undefined,
      merged_at: pull.mergedAt ?? null,
      merge_commit_sha: pull.mergeCommit ?? null,
      merged_by: facts.mergedBy ? this.user(facts.mergedBy) : null,
      allow_maintainer_edit: true,
      base: side(pull.base, facts.baseSha),
      head: side(pull.head, facts.headSha),
      merge_base: facts.mergeBase,
      due_date: null,
      created_at: pull.created,
      updated_at: pull.updated,
      closed_at: pull.closedAt ?? null,
      pin_order: 0,
      content_version: 0,
    };
  }
}

function sum<T>(values: readonly T[], of: (value: T) => number): number {
  return values.reduce((total, value) => total + of(value), 0);
}

function unverified() {
  return {
    verified: false,
    reason: 'gpg.error.not_signed_commit',
    signature: '',
    signer: null,
    payload: '',
  };
}

/** Gitea writes times in UTC, to the second. */
export function utc(at: string): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
}
