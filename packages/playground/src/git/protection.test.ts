import { execFile } from 'child_process';
import fs from 'fs/promises';
import path from 'path';
import { promisify } from 'util';
import { shapeOf } from '../argocd/__testUtils__/shape';
import { fieldsOf } from '../cluster/values';
import { GitLab, REVIEWER_TOKEN, TOKEN } from './__testUtils__/gitLab';
import { recording } from './__testUtils__/recordings';

const run = promisify(execFile);
const REPOSITORY = '/api/v1/repos/acme/checkout-deploy-config';
const DEV = 'apps/checkout/overlays/dev/kustomization.yaml';
const id = { owner: 'acme', name: 'checkout-deploy-config' };

describe('a protected branch', () => {
  let lab: GitLab;

  beforeEach(async () => {
    lab = await GitLab.open();
    await lab.request('/api/v1/orgs', {
      method: 'POST',
      body: { username: 'acme' },
    });
    await lab.request('/api/v1/orgs/acme/repos', {
      method: 'POST',
      body: { name: id.name, auto_init: true },
    });
  });

  afterEach(() => lab.close());

  const renamed = (value: unknown): unknown =>
    JSON.parse(
      (JSON.stringify(value) ?? 'null').replaceAll(
        'https://git.example.com',
        lab.baseUrl,
      ),
    );

  const send = async (
    name: string,
    options: { token?: string; body?: object } = {},
  ) => {
    const { request, response } = recording(name);
    const answer = await lab.request(request.path, {
      method: request.method,
      token: options.token,
      body: options.body ?? request.body,
    });
    expect([name, answer.status]).toEqual([name, response.status]);
    return { answer, recorded: renamed(response.body) };
  };

  const write = (options: {
    path: string;
    newBranch?: string;
    content?: string;
  }) =>
    lab.request(`${REPOSITORY}/contents`, {
      method: 'POST',
      body: {
        branch: 'main',
        ...(options.newBranch ? { new_branch: options.newBranch } : {}),
        message: 'A change',
        files: [
          {
            operation: 'create',
            path: options.path,
            content: Buffer.from(options.content ?? 'x\n').toString('base64'),
          },
        ],
      },
    });

  const protect = (rule: object) =>
    lab.request(`${REPOSITORY}/branch_protections`, {
      method: 'POST',
      body: { rule_name: 'main', ...rule },
    });

  it('answers as Gitea does, and refuses what is written past it', async () => {
    const { answer, recorded } = await send('protection/create');
    expect(Object.keys(fieldsOf(answer.body)).sort()).toEqual(
      Object.keys(fieldsOf(recorded)).sort(),
    );
    const refused = await send('protection/push-refused');
    expect(refused.answer.body).toEqual(refused.recorded);
    await lab.request(`${REPOSITORY}/branch_protections/main`, {
      method: 'PATCH',
      body: { unprotected_file_patterns: 'README.md' },
    });
    expect((await write({ path: 'a.txt' })).status).toBe(403);
    const listed = await lab.request(`${REPOSITORY}/branch_protections`);
    expect(listed.body).toMatchObject([
      { rule_name: 'main', unprotected_file_patterns: 'README.md' },
    ]);
    await send('protection/delete');
    expect((await write({ path: 'a.txt' })).status).toBe(201);
  });

  it('lets the files pass that are exempt, by the API and by git', async () => {
    await protect({ enable_push: false, unprotected_file_patterns: DEV });
    expect((await write({ path: DEV })).status).toBe(201);
    expect((await write({ path: 'README.txt' })).status).toBe(403);

    const clone = path.join(lab.directory, 'clone');
    const git = (...args: string[]) => run('git', ['-C', clone, ...args]);
    const url = lab.baseUrl.replace('://', `://ada:${TOKEN}@`);
    await run('git', ['clone', '-q', `${url}/acme/${id.name}.git`, clone]);
    await git('config', 'user.name', 'Ada');
    await git('config', 'user.email', 'ada@example.com');
    const commit = async (file: string, text: string) => {
      await fs.writeFile(path.join(clone, file), text);
      await git('add', '.');
      await git('commit', '-q', '-m', `Change ${file}`);
    };
    await commit(DEV, 'released\n');
    await git('push', '-q', 'origin', 'HEAD:main');
    expect(await lab.repositories.readFile(id, 'main', DEV)).toBe('released\n');

    await commit('other.txt', 'no\n');
    await expect(git('push', 'origin', 'HEAD:main')).rejects.toMatchObject({
      stderr: expect.stringContaining(
        'Not allowed to push to protected branch main',
      ),
    });
    await git('push', '-q', 'origin', 'HEAD:refs/heads/proposal');
    await git('reset', '-q', '--hard', 'HEAD~2');
    await expect(
      git('push', '--force', 'origin', 'HEAD:main'),
    ).rejects.toMatchObject({
      stderr: expect.stringContaining('Not allowed to force-push to'),
    });
    expect(await lab.repositories.readFile(id, 'main', DEV)).toBe('released\n');
  });

  it('merges what somebody else approved and what its checks passed', async () => {
    await protect({
      enable_push: false,
      required_approvals: 1,
      enable_status_check: true,
      status_check_contexts: ['environments/soak'],
      dismiss_stale_approvals: true,
    });
    await write({ path: 'first', newBranch: 'other' });
    await write({ path: 'a', newBranch: 'change' });
    const open = (head: string) =>
      lab.request(`${REPOSITORY}/pulls`, {
        method: 'POST',
        body: { title: 'A change', head, base: 'main' },
      });
    await open('other');
    const { body: pull } = await open('change');
    expect(fieldsOf(pull).number).toBe(2);
    const head = await lab.repositories.resolve(id, 'change');
    const merge = { Do: 'rebase', head_commit_id: head };

    const unchecked = await send('pulls/merge-refused-by-status', {
      body: merge,
    });
    expect(unchecked.answer.body).toEqual(unchecked.recorded);
    await lab.request(`${REPOSITORY}/statuses/${head}`, {
      method: 'POST',
      body: { context: 'environments/soak', state: 'success' },
    });
    const unapproved = await lab.request(`${REPOSITORY}/pulls/2/merge`, {
      method: 'POST',
      body: merge,
    });
    expect(unapproved).toMatchObject({
      status: 405,
      body: { message: 'Does not have enough approvals' },
    });

    const own = await send('reviews/approve-own');
    expect(own.answer.body).toEqual(own.recorded);
    const approved = await send('reviews/approve', {
      token: REVIEWER_TOKEN,
      body: { event: 'APPROVED', body: 'fine' },
    });
    expect(shapeOf(approved.answer.body)).toEqual(shapeOf(approved.recorded));
    const listed = await send('reviews/list');
    expect(shapeOf(listed.answer.body)).toEqual(shapeOf(listed.recorded));
    expect(
      await lab.request(`${REPOSITORY}/pulls/2/merge`, {
        method: 'POST',
        body: merge,
      }),
    ).toMatchObject({ status: 200 });
  });

  it('is approved and merged on its page, by somebody who may, from the page itself', async () => {
    await protect({ enable_push: false, required_approvals: 1 });
    await write({ path: 'a', newBranch: 'change' });
    await lab.request(`${REPOSITORY}/pulls`, {
      method: 'POST',
      body: { title: 'A change', head: 'change', base: 'main' },
    });
    const page = `${lab.baseUrl}/acme/${id.name}/pulls/1`;
    const text = async () => await (await fetch(page)).text();
    expect(await text()).toContain('Does not have enough approvals');
    const sendForm = (action: string, person: string, site: string) =>
      fetch(`${page}/-/${action}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          'sec-fetch-site': site,
        },
        body: `person=${person}`,
        redirect: 'manual',
      });
    expect((await sendForm('approve', 'admin', 'cross-site')).status).toBe(404);
    expect((await sendForm('approve', 'nobody', 'same-origin')).status).toBe(
      404,
    );
    expect(await text()).toContain('Does not have enough approvals');
    expect((await sendForm('merge', 'admin', 'same-origin')).status).toBe(405);
    expect((await sendForm('approve', 'admin', 'same-origin')).status).toBe(
      303,
    );
    expect(await text()).toContain('Approved by <strong>admin</strong>');
    expect(await text()).not.toContain('cannot be merged yet');
    expect((await sendForm('merge', 'admin', 'cross-site')).status).toBe(404);
    expect((await sendForm('merge', 'admin', 'same-origin')).status).toBe(303);
    expect(await text()).toContain('merged by admin');
  });

  it('knows the teams of its organisation', async () => {
    const add = (team: string) =>
      lab.request(`${REPOSITORY}/teams/${team}`, { method: 'PUT' });
    expect((await add('payments')).status).toBe(204);
    expect((await add('nobody')).status).toBe(404);
  });
});
