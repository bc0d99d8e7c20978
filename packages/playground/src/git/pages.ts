import type { Request, Response, Router } from 'express';
import PromiseRouter from 'express-promise-router';
import type { ContinuousIntegration } from '../ci/ContinuousIntegration';
import { page, escape as e, html, raw, Html } from '../core/html';
import { HttpError } from './api/httpError';
import { PullRequests } from './api/PullRequests';
import { GitRepositories } from './GitRepositories';
import { GitModel, PullRequest } from './model';
import { Protections } from './Protections';

/** Pages for a person: where the portal's links lead. */
export function createPages(options: {
  repositories: GitRepositories;
  model: GitModel;
  pulls: PullRequests;
  protections: Protections;
  /** People who may approve here. */
  reviewers: readonly string[];
  baseUrl: string;
  ci: () => ContinuousIntegration | undefined;
}): Router {
  const { repositories, model, pulls, protections, baseUrl, ci } = options;
  const router = PromiseRouter();
  const repo = '/:owner/:name';

  const crumbs = (...parts: [string, string][]) =>
    html`<nav>
      ${parts.map(
        ([text, href], index) =>
          html`${index ? raw(' / ') : ''}<a href="${href}">${text}</a>`,
      )}
    </nav>`;

  const hosted = (request: Request) => {
    const { owner, name } = request.params;
    return model.repository(owner, name);
  };

  /** A page for a person, a line for a program. */
  const absent = (response: Response) => {
    response.status(404);
    if (
      !String(response.req.accepts('text/plain', 'text/html')).endsWith('html')
    ) {
      response.type('text/plain').send('Not found.\n');
      return;
    }
    response.send(
      page(
        'Not found',
        html`<h1>Not found</h1>
          <p>There is no such page on this git host.</p>
          <p><a href="/">All repositories</a></p>`,
      ),
    );
  };

  router.get('/', async (_, response) => {
    const ids = await repositories.list();
    response.send(
      page(
        'Git host',
        html`<h1>Repositories</h1>
          ${ids.length === 0
            ? html`<p>None yet: create a service in the portal.</p>`
            : ''}
          <ul class="list">
            ${ids.map(
              ({ owner, name }) =>
                html`<li>
                  <a href="/${owner}/${name}">${owner}/${name}</a>
                  <small
                    >${model.repository(owner, name)?.description ?? ''}</small
                  >
                </li>`,
            )}
          </ul>`,
      ),
    );
  });

  router.get(repo, async (request, response) => {
    const repository = hosted(request);
    if (!repository) {
      absent(response);
      return;
    }
    const { owner, name } = repository;
    const [commits, tags, entries] = await Promise.all([
      repositories.log(repository, { ref: 'main', limit: 10 }),
      repositories.tags(repository),
      repositories.folderEntries(repository, 'main', ''),
    ]);
    const open = model.pullsOf(owner, name);
    const service = ci()?.serviceOf(repository);
    response.send(
      page(
        `${owner}/${name}`,
        html`${crumbs(
            ['Repositories', '/'],
            [`${owner}/${name}`, `/${owner}/${name}`],
          )}
          <h1>${name}</h1>
          <p>${repository.description}</p>
          <p><code>git clone ${baseUrl}/${owner}/${name}.git</code></p>
          ${service ? releaseForm(owner, name, service, tags[0]?.name) : ''}
          ${open.length
            ? html`<h2>Pull requests</h2>
                <ul class="list">
                  ${open.map(
                    pull =>
                      html`<li>
                        <a href="/${owner}/${name}/pulls/${String(pull.number)}"
                          >#${String(pull.number)} ${pull.title}</a
                        >
                        <small>${pull.mergedAt ? 'merged' : pull.state}</small>
                      </li>`,
                  )}
                </ul>`
            : ''}
          ${entries?.length
            ? html`<h2>Files</h2>
                ${listing(owner, name, 'branch/main', entries)}`
            : html`<p>Empty.</p>`}
          ${tags.length
            ? html`<h2>Tags</h2>
                <p>
                  ${tags
                    .slice(0, 30)
                    .map(tag => html`<code>${tag.name}</code> `)}
                </p>`
            : ''}
          <h2>Last commits</h2>
          ${commitTable(owner, name, commits)}`,
      ),
    );
  });

  router.post(`${repo}/-/release`, async (request, response) => {
    const repository = hosted(request);
    const service = repository && ci()?.serviceOf(repository);
    // A form of another site must not release anything.
    const site = request.headers['sec-fetch-site'];
    if (
      !repository ||
      !service ||
      (site !== undefined && site !== 'same-origin')
    ) {
      absent(response);
      return;
    }
    const body = new URLSearchParams(await textOf(request));
    const fail = body.get('outcome');
    try {
      await ci()?.release({
        service,
        version: body.get('version') ?? '',
        ...(fail === 'pull' || fail === 'crash' ? { fail } : {}),
      });
      response.redirect(303, `/${repository.owner}/${repository.name}`);
    } catch (error) {
      response.status(400).send(
        page(
          'Not released',
          html`<h1>Not released</h1>
            <p>${error instanceof Error ? error.message : String(error)}</p>
            <p><a href="/${repository.owner}/${repository.name}">Back</a></p>`,
        ),
      );
    }
  });

  const tree = async (request: Request, response: Response) => {
    const repository = hosted(request);
    const { view, ref } = request.params;
    const path = (request.params[0] ?? '').replace(/\/$/, '');
    if (!repository) {
      absent(response);
      return;
    }
    const { owner, name } = repository;
    const trail = crumbs(
      ['Repositories', '/'],
      [`${owner}/${name}`, `/${owner}/${name}`],
    );
    const blob =
      path === ''
        ? undefined
        : await repositories.readBlob(repository, ref, path);
    if (blob) {
      response.send(
        page(
          path,
          html`${trail}
            <h1>${path}</h1>
            <p><small>${ref}</small></p>
            <pre>${blob.toString('utf8')}</pre>`,
        ),
      );
      return;
    }
    const entries = await repositories.folderEntries(repository, ref, path);
    if (!entries) {
      absent(response);
      return;
    }
    response.send(
      page(
        path || name,
        html`${trail}
          <h1>${path || name}</h1>
          <p><small>${ref}</small></p>
          ${listing(owner, name, `${view}/${ref}`, entries)}`,
      ),
    );
  };
  router.get(`${repo}/src/:view(branch|commit|tag)/:ref`, tree);
  router.get(`${repo}/src/:view(branch|commit|tag)/:ref/*`, tree);

  router.get(
    `${repo}/commit/:sha([0-9a-f]{4,40})`,
    async (request, response) => {
      const repository = hosted(request);
      const [commit] = repository
        ? await repositories.log(repository, {
            ref: request.params.sha,
            limit: 1,
          })
        : [];
      if (!repository || !commit) {
        absent(response);
        return;
      }
      const { owner, name } = repository;
      const diff = commit.parents[0]
        ? await repositories.diff(repository, commit.parents[0], commit.sha)
        : '';
      response.send(
        page(
          commit.subject,
          html`${crumbs(
              ['Repositories', '/'],
              [`${owner}/${name}`, `/${owner}/${name}`],
            )}
            <h1>${commit.subject}</h1>
            <p>
              ${commit.author} &lt;${commit.email}&gt; · ${commit.at} ·
              <code>${commit.sha.slice(0, 10)}</code>
            </p>
            <pre>${commit.message}</pre>
            ${diffHtml(diff)}`,
        ),
      );
    },
  );

  const reviewOf = (pull: PullRequest, head: string) => {
    const approvals = model
      .reviewsOf(pull)
      .filter(({ state, commit }) => state === 'APPROVED' && commit === head);
    const refusal =
      pull.state === 'open' ? protections.refusal(pull, head) : undefined;
    return html`${approvals.map(
      ({ reviewer }) => html`<p>Approved by <strong>${reviewer}</strong></p>`,
    )}
    ${pull.state === 'open' && refusal === undefined
      ? html`<form
          method="post"
          action="/${pull.owner}/${pull.repository}/pulls/${String(
            pull.number,
          )}/-/merge"
          class="card"
        >
          <label
            >Person
            <select name="person">
              ${options.reviewers.map(login => html`<option>${login}</option>`)}
            </select></label
          >
          <button>Merge</button>
        </form>`
      : ''}
    ${refusal === undefined
      ? ''
      : html`<p>It cannot be merged yet: ${refusal}.</p>
          <form
            method="post"
            action="/${pull.owner}/${pull.repository}/pulls/${String(
              pull.number,
            )}/-/approve"
            class="card"
          >
            <label
              >Reviewer
              <select name="person">
                ${options.reviewers.map(
                  login => html`<option>${login}</option>`,
                )}
              </select></label
            >
            <button>Approve</button>
          </form>`}`;
  };

  router.get(`${repo}/pulls/:number(\\d+)`, async (request, response) => {
    const repository = hosted(request);
    const pull =
      repository &&
      model
        .pullsOf(repository.owner, repository.name)
        .find(candidate => candidate.number === Number(request.params.number));
    if (!repository || !pull) {
      absent(response);
      return;
    }
    const { from, to } = await pulls.range(repository, pull);
    const { owner, name } = repository;
    response.send(
      page(
        pull.title,
        html`${crumbs(
            ['Repositories', '/'],
            [`${owner}/${name}`, `/${owner}/${name}`],
          )}
          <h1>${pull.title} <small>#${String(pull.number)}</small></h1>
          <p>
            <strong
              >${pull.mergedAt
                ? `merged by ${pull.mergedBy ?? ''}`
                : pull.state}</strong
            >
            · <code>${pull.head}</code> into <code>${pull.base}</code>
          </p>
          <pre>${pull.body}</pre>
          ${reviewOf(pull, to)}
          ${diffHtml(await repositories.diff(repository, from, to))}`,
      ),
    );
  });

  /** A pull request, its head, and the person who is asked to have sent a form about it. */
  const formOf = async (request: Request) => {
    const repository = hosted(request);
    const pull =
      repository &&
      model
        .pullsOf(repository.owner, repository.name)
        .find(({ number }) => number === Number(request.params.number));
    const person = new URLSearchParams(await textOf(request)).get('person');
    const head = pull && (await repositories.resolve(repository, pull.head));
    // A form of another site must not change anything.
    const site = request.headers['sec-fetch-site'];
    const isOurs = site === undefined || site === 'same-origin';
    return isOurs &&
      repository &&
      pull &&
      head &&
      person !== null &&
      options.reviewers.includes(person)
      ? { repository, pull, head, person }
      : undefined;
  };

  const pageOf = ({ owner, repository, number }: PullRequest) =>
    `/${owner}/${repository}/pulls/${number}`;

  router.post(
    `${repo}/pulls/:number(\\d+)/-/approve`,
    async (request, response) => {
      const form = await formOf(request);
      if (!form) {
        absent(response);
        return;
      }
      const { repository, pull, head, person } = form;
      model.addReview({
        owner: pull.owner,
        repository: pull.repository,
        number: pull.number,
        reviewer: person,
        state: 'APPROVED',
        body: '',
        commit: head,
      });
      pulls.recheck(repository);
      response.redirect(303, pageOf(pull));
    },
  );

  router.post(
    `${repo}/pulls/:number(\\d+)/-/merge`,
    async (request, response) => {
      const form = await formOf(request);
      if (!form) {
        absent(response);
        return;
      }
      const { repository, pull, person } = form;
      try {
        await pulls.merge(
          repository,
          pull,
          { login: person, email: `${person}@localhost` },
          { Do: 'merge', delete_branch_after_merge: true },
        );
      } catch (error) {
        if (!(error instanceof HttpError)) {
          throw error;
        }
        response.status(error.status).send(
          page(
            'Not merged',
            html`<h1>Not merged</h1>
              <p>${error.message}</p>
              <p><a href="${pageOf(pull)}">Back to the pull request</a></p>`,
          ),
        );
        return;
      }
      response.redirect(303, pageOf(pull));
    },
  );

  router.use((_request: Request, response: Response) => absent(response));
  return router;
}

function releaseForm(
  owner: string,
  name: string,
  service: string,
  latest: string | undefined,
): Html {
  return html`<form
    method="post"
    action="/${owner}/${name}/-/release"
    class="card"
  >
    <h2>Release a new version of ${service}</h2>
    <label
      >Version
      <input
        name="version"
        value="${nextVersion(latest)}"
        required
        pattern="[0-9]+\\.[0-9]+\\.[0-9]+"
    /></label>
    <label
      >Outcome
      <select name="outcome">
        <option value="">it works</option>
        <option value="pull">its image cannot be pulled</option>
        <option value="crash">it crashes</option>
      </select></label
    >
    <button>Release</button>
    <small
      >Commits, a tag, an image, and the first environment bumped: what
      continuous integration does.</small
    >
  </form>`;
}

export function nextVersion(latest: string | undefined): string {
  const match = /^(\d+)\.(\d+)\.(\d+)$/.exec(latest ?? '');
  return match ? `${match[1]}.${match[2]}.${Number(match[3]) + 1}` : '0.1.0';
}

function listing(
  owner: string,
  name: string,
  at: string,
  entries: readonly { path: string; type: string }[],
): Html {
  return html`<ul class="list">
    ${entries.map(
      entry =>
        html`<li>
          <a href="/${owner}/${name}/src/${at}/${entry.path}"
            >${entry.path.split('/').pop() ?? ''}${entry.type === 'tree'
              ? '/'
              : ''}</a
          >
        </li>`,
    )}
  </ul>`;
}

function commitTable(
  owner: string,
  name: string,
  commits: readonly {
    sha: string;
    subject: string;
    author: string;
    at: string;
  }[],
): Html {
  return html`<table>
    ${commits.map(
      commit =>
        html`<tr>
          <td>
            <a href="/${owner}/${name}/commit/${commit.sha}"
              ><code>${commit.sha.slice(0, 7)}</code></a
            >
          </td>
          <td>${commit.subject}</td>
          <td>${commit.author}</td>
          <td><small>${commit.at}</small></td>
        </tr>`,
    )}
  </table>`;
}

function diffKind(line: string): string {
  if (/^(\+\+\+|---)/.test(line)) {
    return '';
  }
  return { '+': 'add', '-': 'del', '@': 'hunk' }[line.charAt(0)] ?? '';
}

function diffHtml(diff: string): Html {
  const lines = diff.split('\n').map(line => {
    return `<span class="${diffKind(line)}">${e(line)}</span>`;
  });
  return raw(`<pre class="diff">${lines.join('\n')}</pre>`);
}

async function textOf(request: Request): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8').slice(0, 10_000);
}
