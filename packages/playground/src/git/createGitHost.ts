import express, { NextFunction, Request, Response } from 'express';
import type { ContinuousIntegration } from '../ci/ContinuousIntegration';
import { createService, type LocalService } from '../core';
import { createApi } from './api/createApi';
import { HttpError } from './api/httpError';
import { sendError } from './api/sendError';
import { PullRequests } from './api/PullRequests';
import { GitRepositories } from './GitRepositories';
import { GitModel, User } from './model';
import { createPages } from './pages';
import { Protections } from './Protections';
import { Shapes } from './shapes';
import { serveGit } from './smartHttp';

export interface GitHostOptions {
  readonly port: number;
  readonly repositories: GitRepositories;
  readonly model: GitModel;
  /** The user that the portal acts as. */
  readonly account: {
    readonly username: string;
    readonly email: string;
    readonly password: string;
    readonly token: string;
  };
  /** People beside it, who review what it proposes: on the pages without signing in, by the API with their token. */
  readonly reviewers?: readonly {
    readonly username: string;
    readonly email: string;
    readonly token?: string;
  }[];
  /** Teams of every organisation. */
  readonly teams?: readonly string[];
  /** Organisations that are there from the start. */
  readonly organisations: readonly string[];
  /** Continuous integration of the services whose sources are here. */
  readonly ci?: () => ContinuousIntegration | undefined;
  /** How long a pull request is checked after something changed, milliseconds. */
  readonly checkMs?: number;
  readonly log: (message: string) => void;
}

const CHECK_MS = 300;

/**
 * A git host that answers as Gitea 1.26 does: REST API, smart HTTP, and a plain page for what links lead to.
 */
export function createGitHost(options: GitHostOptions): LocalService {
  const { repositories, model, account, log } = options;
  const baseUrl = `http://localhost:${options.port}`;
  const user = model.ensureUser(account.username, { email: account.email });
  options.organisations.forEach(name =>
    model.ensureUser(name, { isOrganisation: true }),
  );
  const shapes = new Shapes(baseUrl);
  const protections = new Protections(repositories, model);
  const reviewers = (options.reviewers ?? []).map(
    ({ username, email, token }) => ({
      token,
      user: model.ensureUser(username, { email }),
    }),
  );
  const pulls = new PullRequests({
    repositories,
    model,
    shapes,
    protections,
    checkMs: options.checkMs ?? CHECK_MS,
  });
  repositories.onPush(id => pulls.recheck(id));

  const authenticate = (request: Request): User | undefined => {
    const header = request.headers.authorization;
    if (header === undefined) {
      return undefined;
    }
    const [scheme, value = ''] = header.split(' ');
    if (/^(token|bearer)$/i.test(scheme) && value === account.token) {
      return user;
    }
    const reviewer = reviewers.find(
      ({ token }) => token !== undefined && token === value,
    );
    if (/^(token|bearer)$/i.test(scheme) && reviewer) {
      return reviewer.user;
    }
    if (/^basic$/i.test(scheme)) {
      const [name, password] = splitAt(
        Buffer.from(value, 'base64').toString('utf8'),
        ':',
      );
      // Gitea takes a token in place of the password, and in place of the name.
      if (
        (name === account.username &&
          (password === account.password || password === account.token)) ||
        name === account.token
      ) {
        return user;
      }
    }
    throw new HttpError(401, 'invalid username, password or token');
  };

  const app = express();
  app.disable('x-powered-by');
  app.use(
    '/api/v1',
    createApi({
      repositories,
      model,
      shapes,
      pulls,
      protections,
      teams: options.teams ?? [],
      authenticate,
    }),
  );

  app.use(async (request: Request, response: Response, next: NextFunction) => {
    const match =
      /^\/([^/]+)\/([^/]+?)(?:\.git)?\/(info\/refs|git-upload-pack|git-receive-pack)$/.exec(
        request.path,
      );
    if (!match) {
      next();
      return;
    }
    try {
      const [, owner, name, action] = match;
      const repository = model.repository(owner, name);
      const writes =
        action === 'git-receive-pack' ||
        request.query.service === 'git-receive-pack';
      let caller: User | undefined;
      try {
        caller = authenticate(request);
      } catch {
        caller = undefined;
      }
      if (!caller && (writes || repository?.isPrivate || !repository)) {
        response.setHeader('WWW-Authenticate', 'Basic realm="Gitea"');
        response.status(401).type('text/plain').send('Unauthorized\n');
        return;
      }
      if (!repository) {
        response.status(404).type('text/plain').send('Not found.\n');
        return;
      }
      const before =
        action === 'git-receive-pack'
          ? await repositories.refs(repository, 'refs')
          : [];
      await serveGit(request, response, {
        repositories,
        path: `/${owner}/${name}.git/${action}`,
        user: caller?.login,
      });
      if (action === 'git-receive-pack') {
        for (const ref of await repositories.refs(repository, 'refs')) {
          if (
            !before.some(
              known => known.name === ref.name && known.sha === ref.sha,
            )
          ) {
            repositories.announce(repository, {
              ref: `refs/${ref.name}`,
              sha: ref.sha,
            });
          }
        }
      }
    } catch (error) {
      next(error);
    }
  });

  app.use(
    createPages({
      repositories,
      model,
      pulls,
      protections,
      reviewers: reviewers.map(({ user: { login } }) => login),
      baseUrl,
      ci: options.ci ?? (() => undefined),
    }),
  );

  app.use(
    (
      error: unknown,
      _request: Request,
      response: Response,
      _next: NextFunction,
    ) => {
      if (!(error instanceof HttpError)) {
        log(`git: ${error instanceof Error ? error.stack : error}`);
      }
      if (response.headersSent) {
        response.end();
      } else {
        sendError(error, response, baseUrl);
      }
    },
  );

  return createService({ name: 'git', port: options.port, handler: app });
}

function splitAt(text: string, separator: string): [string, string] {
  const index = text.indexOf(separator);
  return index < 0 ? [text, ''] : [text.slice(0, index), text.slice(index + 1)];
}
