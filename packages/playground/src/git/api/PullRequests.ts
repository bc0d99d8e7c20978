import type { Request, Router } from 'express';
import { z } from 'zod';
import type { Commit, GitRepositories } from '../GitRepositories';
import type { Protections } from '../Protections';
import { GitModel, HostedRepository, now, PullRequest, User } from '../model';
import { Shapes } from '../shapes';
import { HttpError, notFound } from './httpError';
import { wildcard } from './wildcard';

interface Checks {
  readonly until: number;
}

const createSchema = z.object({
  title: z.string(),
  body: z.string().default(''),
  head: z.string(),
  base: z.string(),
});

const mergeSchema = z.object({
  Do: z.enum([
    'merge',
    'rebase',
    'rebase-merge',
    'squash',
    'fast-forward-only',
  ]),
  head_commit_id: z.string().optional(),
  delete_branch_after_merge: z.boolean().default(false),
  MergeMessageField: z.string().optional(),
  MergeTitleField: z.string().optional(),
});

const editSchema = z.object({ state: z.enum(['open', 'closed']) });

interface Access {
  hosted(request: Request): HostedRepository;
  signedIn(request: Request): User;
  describe(repository: HostedRepository): Promise<object>;
  commitShape(repository: HostedRepository, commit: Commit): object;
}

/**
 * Pull requests, with Gitea's habit of checking again for a while whether they can be merged.
 */
export class PullRequests {
  readonly #checks = new Map<string, Checks>();

  constructor(
    private readonly options: {
      repositories: GitRepositories;
      model: GitModel;
      shapes: Shapes;
      protections: Protections;
      checkMs: number;
    },
  ) {}

  /** Something that a merge depends on has changed. */
  recheck({ owner, name }: { owner: string; name: string }): void {
    this.#checks.set(`${owner}/${name}`, {
      until: Date.now() + this.options.checkMs,
    });
  }

  route(router: Router, repo: string, access: Access): void {
    const { model, repositories } = this.options;
    const hosted = access.hosted.bind(access);
    const signedIn = access.signedIn.bind(access);
    const describe = access.describe.bind(access);

    router.get(`${repo}/pulls`, async (request, response) => {
      const repository = hosted(request);
      const { state = 'open' } = request.query;
      const pulls = model
        .pullsOf(repository.owner, repository.name)
        .filter(pull => state === 'all' || pull.state === state);
      response.json(
        await Promise.all(
          pulls
            .reverse()
            .map(async pull =>
              this.options.shapes.listedPullRequest(
                await this.#describe(repository, pull, describe),
              ),
            ),
        ),
      );
    });

    router.post(`${repo}/pulls`, async (request, response) => {
      const user = signedIn(request);
      const repository = hosted(request);
      const body = createSchema.parse(request.body);
      const [head, base] = [
        await repositories.resolve(repository, body.head),
        await repositories.resolve(repository, body.base),
      ];
      if (!head || !base) {
        throw notFound();
      }
      const known = model
        .pullsOf(repository.owner, repository.name)
        .find(
          pull =>
            pull.state === 'open' &&
            pull.head === body.head &&
            pull.base === body.base,
        );
      if (known) {
        throw new HttpError(
          409,
          `pull request already exists for these targets [id: ${known.id}, issue_id: ${known.number}, head_repo_id: ${repository.id}, base_repo_id: ${repository.id}, head_branch: ${body.head}, base_branch: ${body.base}]`,
        );
      }
      const pull = model.addPull({
        owner: repository.owner,
        repository: repository.name,
        title: body.title,
        body: body.body,
        head: body.head,
        base: body.base,
        author: user.login,
      });
      this.recheck(repository);
      response
        .status(201)
        .json(await this.#describe(repository, pull, describe));
    });

    router.get(`${repo}/pulls/:number(\\d+)`, async (request, response) => {
      const repository = hosted(request);
      response.json(
        await this.#describe(
          repository,
          this.#find(repository, request.params.number),
          describe,
        ),
      );
    });

    router.get(
      `${repo}/pulls/:number(\\d+).diff`,
      async (request, response) => {
        const repository = hosted(request);
        const { from, to } = await this.#range(
          repository,
          this.#find(repository, request.params.number),
        );
        response
          .type('text/plain')
          .send(await repositories.diff(repository, from, to));
      },
    );

    router.get(
      `${repo}/pulls/:number(\\d+)/files`,
      async (request, response) => {
        const repository = hosted(request);
        const { from, to } = await this.#range(
          repository,
          this.#find(repository, request.params.number),
        );
        const files = await repositories.changedFiles(repository, from, to);
        response.json(
          files.map(file => ({
            filename: file.path,
            status: file.status,
            additions: file.additions,
            deletions: file.deletions,
            changes: file.additions + file.deletions,
            ...this.options.shapes.fileLinks(
              repository.owner,
              repository.name,
              to,
              file.path,
            ),
          })),
        );
      },
    );

    router.get(
      `${repo}/pulls/:number(\\d+)/commits`,
      async (request, response) => {
        const repository = hosted(request);
        const { from, to } = await this.#range(
          repository,
          this.#find(repository, request.params.number),
        );
        const commits = await repositories.between(repository, from, to);
        response.json(
          commits.map(commit => access.commitShape(repository, commit)),
        );
      },
    );

    router.patch(`${repo}/pulls/:number(\\d+)`, async (request, response) => {
      signedIn(request);
      const repository = hosted(request);
      const pull = this.#find(repository, request.params.number);
      const { state } = editSchema.parse(request.body);
      if (pull.mergedAt) {
        throw new HttpError(
          412,
          'cannot change state of this pull request, it was already merged',
        );
      }
      pull.headSha = await repositories.resolve(repository, pull.head);
      pull.state = state;
      pull.closedAt = state === 'closed' ? now() : undefined;
      pull.updated = now();
      model.changed();
      response
        .status(201)
        .json(await this.#describe(repository, pull, describe));
    });

    router.post(
      `${repo}/pulls/:number(\\d+)/merge`,
      async (request, response) => {
        const user = signedIn(request);
        const repository = hosted(request);
        const pull = this.#find(repository, request.params.number);
        await this.merge(
          repository,
          pull,
          user,
          mergeSchema.parse(request.body),
        );
        response.status(200).end();
      },
    );

    router.get(`${repo}/pulls/:base/*`, async (request, response) => {
      const repository = hosted(request);
      const pull = model
        .pullsOf(repository.owner, repository.name)
        .reverse()
        .find(
          candidate =>
            candidate.base === request.params.base &&
            candidate.head === wildcard(request),
        );
      if (!pull) {
        throw notFound();
      }
      response.json(await this.#describe(repository, pull, describe));
    });
  }

  /** Merges as the API does. */
  async merge(
    repository: HostedRepository,
    pull: PullRequest,
    user: Pick<User, 'login' | 'email'>,
    body: z.infer<typeof mergeSchema>,
  ): Promise<void> {
    const { repositories, model } = this.options;
    if (pull.mergedAt) {
      throw new HttpError(405, 'The PR is already merged');
    }
    if (pull.state === 'closed') {
      throw notFound();
    }
    const head = await repositories.resolve(repository, pull.head);
    if (!head) {
      throw notFound();
    }
    if (body.head_commit_id && body.head_commit_id !== head) {
      throw new HttpError(409, 'head out of date');
    }
    if (!(await this.#mergeable(repository, pull))) {
      throw new HttpError(405, 'Please try again later');
    }
    const refusal = this.options.protections.refusal(pull, head);
    if (refusal !== undefined) {
      throw new HttpError(405, refusal);
    }
    await repositories.exclusively(repository, async () => {
      const base = await repositories.resolve(repository, pull.base);
      if (!base) {
        throw notFound();
      }
      const merged = await this.#mergedCommit(repository, pull, {
        base,
        head,
        user,
        body,
      });
      if (merged === undefined) {
        this.recheck(repository);
        throw new HttpError(405, 'Please try again later');
      }
      await repositories.moveBranch(repository, pull.base, merged, base);
      pull.mergedOnto = base;
      pull.headSha = head;
      pull.mergeCommit = merged;
      pull.mergedAt = now();
      pull.closedAt = pull.mergedAt;
      pull.updated = pull.mergedAt;
      pull.mergedBy = user.login;
      pull.state = 'closed';
      model.changed();
      if (body.delete_branch_after_merge) {
        await repositories.deleteBranch(repository, pull.head);
      }
    });
    this.recheck(repository);
  }

  async #mergedCommit(
    repository: HostedRepository,
    pull: PullRequest,
    options: {
      base: string;
      head: string;
      user: Pick<User, 'login' | 'email'>;
      body: z.infer<typeof mergeSchema>;
    },
  ): Promise<string | undefined> {
    const { repositories } = this.options;
    const { base, head, user, body } = options;
    const committer = { name: user.login, email: user.email };
    const mergeBase = await repositories.mergeBase(repository, base, head);
    switch (body.Do) {
      case 'fast-forward-only':
        return mergeBase === base ? head : undefined;
      case 'rebase':
      case 'rebase-merge': {
        const commits = (
          await repositories.between(repository, base, head)
        ).reverse();
        return mergeBase === base
          ? head
          : await repositories.rebase(repository, base, commits, committer);
      }
      default: {
        const tree = await repositories.mergedTree(repository, base, head);
        const title =
          body.Do === 'squash'
            ? `${pull.title} (#${pull.number})`
            : `Merge pull request '${pull.title}' (#${pull.number}) from ${pull.head} into ${pull.base}`;
        return (
          tree &&
          (await repositories.commitTree(repository, {
            tree,
            parents: body.Do === 'squash' ? [base] : [base, head],
            message: title,
            author: committer,
            committer,
          }))
        );
      }
    }
  }

  async #mergeable(
    repository: HostedRepository,
    pull: PullRequest,
  ): Promise<boolean> {
    const check = this.#checks.get(`${repository.owner}/${repository.name}`);
    if (check && check.until > Date.now()) {
      return false;
    }
    const { repositories } = this.options;
    const [base, head] = [
      await repositories.resolve(repository, pull.base),
      await repositories.resolve(repository, pull.head),
    ];
    return (
      base !== undefined &&
      head !== undefined &&
      (await repositories.mergedTree(repository, base, head)) !== undefined
    );
  }

  #find(repository: HostedRepository, number: string): PullRequest {
    const pull = this.options.model
      .pullsOf(repository.owner, repository.name)
      .find(candidate => candidate.number === Number(number));
    if (!pull) {
      throw notFound();
    }
    return pull;
  }

  /** From where the branches parted to the head. */
  async #range(
    repository: HostedRepository,
    pull: PullRequest,
  ): Promise<{ from: string; to: string; base: string }> {
    const { repositories } = this.options;
    const to =
      pull.headSha ?? (await repositories.resolve(repository, pull.head));
    const base =
      pull.mergedOnto ?? (await repositories.resolve(repository, pull.base));
    if (!to || !base) {
      throw notFound();
    }
    return {
      from: (await repositories.mergeBase(repository, base, to)) ?? base,
      to,
      base,
    };
  }

  async range(
    repository: HostedRepository,
    pull: PullRequest,
  ): Promise<{ from: string; to: string }> {
    return await this.#range(repository, pull);
  }

  async #describe(
    repository: HostedRepository,
    pull: PullRequest,
    describe: Access['describe'],
  ): Promise<ReturnType<Shapes['pullRequest']>> {
    const { repositories, model, shapes } = this.options;
    const { from, to, base } = await this.#range(repository, pull);
    const files = await repositories.changedFiles(repository, from, to);
    return shapes.pullRequest(pull, {
      user: model.ensureUser(pull.author, {}),
      repository: await describe(repository),
      repositoryId: repository.id,
      baseSha: base,
      headSha: to,
      mergeBase: from,
      mergeable:
        pull.state === 'open' && (await this.#mergeable(repository, pull)),
      additions: files.reduce((sum, file) => sum + file.additions, 0),
      deletions: files.reduce((sum, file) => sum + file.deletions, 0),
      changedFiles: files.length,
      mergedBy: pull.mergedBy ? model.user(pull.mergedBy) : undefined,
    });
  }
}
