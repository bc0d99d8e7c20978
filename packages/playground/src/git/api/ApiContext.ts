import type { Request } from 'express';
import type { Commit, GitRepositories } from '../GitRepositories';
import type { GitModel, HostedRepository, User } from '../model';
import type { Shapes } from '../shapes';
import { HttpError, notFound } from './httpError';
import type { Protections } from '../Protections';
import type { PullRequests } from './PullRequests';

/** Where the routes of one repository begin. */
export const REPOSITORY = '/repos/:owner/:name';

export interface ApiOptions {
  readonly repositories: GitRepositories;
  readonly model: GitModel;
  readonly shapes: Shapes;
  readonly pulls: PullRequests;
  readonly protections: Protections;
  /** Teams of every organisation. */
  readonly teams: readonly string[];
  /** The user that a request's credentials belong to; undefined for an anonymous one. */
  readonly authenticate: (request: Request) => User | undefined;
}

/** What all routes ask: who calls, and which repository is meant. */
export class ApiContext {
  readonly repositories: GitRepositories;
  readonly model: GitModel;
  readonly shapes: Shapes;
  readonly pulls: PullRequests;

  constructor(private readonly options: ApiOptions) {
    this.repositories = options.repositories;
    this.model = options.model;
    this.shapes = options.shapes;
    this.pulls = options.pulls;
  }

  signedIn(request: Request): User {
    const user = this.options.authenticate(request);
    if (!user) {
      throw new HttpError(401, 'token is required');
    }
    return user;
  }

  hosted(request: Request): HostedRepository {
    const found = this.model.repository(
      request.params.owner,
      request.params.name,
    );
    if (!found || (found.isPrivate && !this.options.authenticate(request))) {
      throw notFound();
    }
    return found;
  }

  async describe(repository: HostedRepository): Promise<object> {
    const branches = await this.repositories.branches(repository);
    return this.shapes.repository(repository, {
      empty: branches.length === 0,
      branches: branches.length,
      owner: this.model.ensureUser(repository.owner, {}),
    });
  }

  /** A commit as it is answered, with the users whose e-mail addresses it bears. */
  commitShape(repository: HostedRepository, commit: Commit) {
    return this.shapes.commit(repository.owner, repository.name, commit, {
      author: this.model.userByEmail(commit.email),
      committer: this.model.userByEmail(commit.committerEmail),
    });
  }

  async commitOf(repository: HostedRepository, sha: string): Promise<Commit> {
    const [commit] = await this.repositories.log(repository, {
      ref: sha,
      limit: 1,
    });
    if (!commit) {
      throw notFound();
    }
    return commit;
  }
}

export function stringQuery(
  request: Request,
): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(request.query).flatMap(([name, value]) =>
      typeof value === 'string' ? [[name, value]] : [],
    ),
  );
}
