import { fieldsOf, objectsOf } from '../cluster/values';
import { shapeOf } from '../argocd/__testUtils__/shape';
import { GitLab, TOKEN, type Answer } from './__testUtils__/gitLab';
import { recording } from './__testUtils__/recordings';

const REPOSITORY = '/api/v1/repos/acme/checkout-deploy-config';
const FILE = 'apps/checkout/overlays/prod/kustomization.yaml';
/** Somebody had reviewed the recorded pull request by then. */
const REVIEWED = ['requested_reviewers', 'review_comments'];
const BRANCH = 'promote/prod-1.4.0';

/*
 * Recordings that no test sends, and why:
 *   pulls/get-protected    it is as any other here
 *   contents/update-read-only-token    there is one token, which may write
 *   hooks/*, comments/*                no client of ours asks
 */

describe("Gitea's API", () => {
  let lab: GitLab;
  /** Commits by the name that the recordings know them by. */
  const commits = new Map<string, string>();

  beforeAll(async () => {
    lab = await GitLab.open();
  });

  afterAll(() => lab.close());

  const renamed = (value: unknown): unknown => {
    let text = JSON.stringify(value) ?? 'null';
    for (const [recorded, ours] of commits) {
      text = text.replaceAll(recorded, ours);
    }
    return JSON.parse(text.replaceAll('https://git.example.com', lab.baseUrl));
  };

  /** The recorded request, sent here; status and content type are the recorded ones. */
  async function send(
    name: string,
    options: { token?: string; path?: string; body?: object } = {},
  ): Promise<Answer> {
    const { request, response } = recording(name);
    const answer = await lab.request(
      String(renamed(options.path ?? request.path)),
      {
        method: request.method,
        token: options.token ?? (request.authenticated ? TOKEN : null),
        body: request.body
          ? { ...fieldsOf(renamed(request.body)), ...options.body }
          : undefined,
      },
    );
    expect([name, answer.status]).toEqual([name, response.status]);
    expect([name, type(answer.headers.get('content-type'))]).toEqual([
      name,
      type(response.headers['content-type'] ?? null),
    ]);
    return answer;
  }

  /** Every word is the recorded one. */
  async function expectExact(
    name: string,
    options: Parameters<typeof send>[1] = {},
  ): Promise<void> {
    const answer = await send(name, options);
    expect([name, answer.body]).toEqual([
      name,
      renamed(recording(name).response.body ?? ''),
    ]);
  }

  /** Every field is there, with a value of its type. */
  async function expectAlike(
    name: string,
    options: Parameters<typeof send>[1] & { leaveOut?: string[] } = {},
  ): Promise<Answer> {
    const { leaveOut } = options;
    const answer = await send(name, options);
    expect([name, shapeOf(answer.body, { leaveOut })]).toEqual([
      name,
      shapeOf(recording(name).response.body, { leaveOut }),
    ]);
    return answer;
  }

  it('says who one is', async () => {
    await expectAlike('version');
    await expectAlike('user');
    await expectExact('user-anonymous');
    await expectExact('error/401-bad-token', { token: 'nonsense' });
    await send('error/404-path');
  });

  it('keeps organisations', async () => {
    await expectAlike('org/create');
    await expectExact('org/create-taken');
    await expectAlike('org/get');
    await expectExact('org/get-absent');
    await expectExact('org/get-admin-is-a-user');
  });

  it('keeps repositories', async () => {
    await expectAlike('repo/create-in-org');
    await expectExact('repo/create-taken');
    await expectExact('repo/create-bad-name');
    await expectExact('repo/create-in-absent-org');
    await expectAlike('repo/create-for-user');
    await expectAlike('repo/get');
    await expectAlike('repo/get-empty');
    await expectExact('repo/get-absent');
    await send('repo/page-branch');
    await send('repo/page-absent');
    await send('repo/delete');
    await expectExact('repo/get-absent', { path: '/api/v1/repos/ada/empty' });
  });

  it('writes files behind an optimistic lock', async () => {
    await expectAlike('contents/create-files');
    await expectAlike('contents/get-file');
    await expectAlike('contents/get-directory');
    await expectExact('contents/raw');
    await expectExact('contents/get-absent');
    await expectExact('contents/get-absent-branch');
    await expectExact('contents/create-existing');
    await expectExact('contents/update-wrong-sha');
    await expectAlike('contents/update');
    const [head] = await lab.repositories.log(
      { owner: 'acme', name: 'checkout-deploy-config' },
      { ref: 'main', limit: 1 },
    );
    expect(head.subject).toBe('Promote checkout 1.3.1 to prod');
    expect([head.author, head.email]).toEqual(['ada', 'ada@example.com']);
  });

  it('answers a file with what is in it', async () => {
    const { body } = await lab.request(`${REPOSITORY}/contents/${FILE}`);
    const recorded = recording('contents/update').request.body;
    expect(fieldsOf(body).content).toBe(fieldsOf(recorded).content);
  });

  it('keeps branches', async () => {
    await expectAlike('branches/get');
    await expectExact('branches/get-absent');
    await expectAlike('branches/create');
    await expectExact('branches/create-existing');
    await expectAlike('branches/get-with-slash');
    await expectAlike('branches/list');
  });

  it('opens pull requests, one for each pair of branches', async () => {
    await lab.request(`${REPOSITORY}/branches`, {
      method: 'POST',
      body: { new_branch_name: 'nothing', old_ref_name: 'main' },
    });
    await lab.request(`${REPOSITORY}/branches`, {
      method: 'POST',
      body: { new_branch_name: 'conflict', old_ref_name: 'main' },
    });
    await expectAlike('pulls/create-without-changes');
    const unchanged = await expectAlike('pulls/get-without-changes');
    expect(fieldsOf(unchanged.body).mergeable).toBe(true);

    await expectAlike('contents/update-on-branch');
    await expectAlike('contents/get-file-on-branch');
    await expectAlike('pulls/create');
    await expectExact('pulls/create-absent-head');
    const again = await send('pulls/create-again');
    expect(String(fieldsOf(again.body).message).replace(/\d+/g, 'N')).toBe(
      String(
        fieldsOf(recording('pulls/create-again').response.body).message,
      ).replace(/\d+/g, 'N'),
    );
    await expectAlike('pulls/get');
    await expectAlike('pulls/get-by-branches');
    await expectExact('pulls/get-absent');
    const listed = await expectAlike('pulls/list');
    expect(objectsOf(listed.body).map(pull => pull.number)).toEqual([2, 1]);
    await expectAlike('pulls/files');
    await expectAlike('pulls/commits');
    await expectExact('pulls/diff');
    await send('pulls/merge-head-moved');
    commits.set(
      'd6ccb0abcdddc4b5a1e08cfb316922b91fdda96e',
      String(
        await lab.repositories.resolve(
          { owner: 'acme', name: 'checkout-deploy-config' },
          BRANCH,
        ),
      ),
    );
  });

  it('keeps the checks of commits', async () => {
    await expectAlike('statuses/create-pending');
    await expectAlike('statuses/create-success');
    await expectAlike('statuses/create-bad-state');
    await expectAlike('statuses/create-soak-success');
    await expectAlike('statuses/combined');
    await expectAlike('statuses/list');
    await expectAlike('pulls/get-with-statuses', { leaveOut: REVIEWED });
  });

  it('merges a pull request once, and takes its branch away', async () => {
    await expectExact('pulls/merge-head-moved');
    await expectExact('pulls/merge');
    const merged = await expectAlike('pulls/get-merged', {
      leaveOut: REVIEWED,
    });
    expect(merged.body).toMatchObject({ merged: true, state: 'closed' });
    await expectExact('pulls/merge-again');
    await expectExact('branches/get-deleted');
    const { body } = await lab.request(`${REPOSITORY}/contents/${FILE}`);
    const promoted = recording('contents/update-on-branch').request.body;
    expect(fieldsOf(body).content).toBe(fieldsOf(promoted).content);
  });

  it('does not merge what conflicts, or what was closed', async () => {
    const { body: file } = await lab.request(
      `${REPOSITORY}/contents/${FILE}?ref=conflict`,
    );
    await lab.request(`${REPOSITORY}/contents/${FILE}`, {
      method: 'PUT',
      body: {
        branch: 'conflict',
        message: 'Another version',
        sha: fieldsOf(file).sha,
        content: Buffer.from('something: else\n').toString('base64'),
      },
    });
    await expectAlike('pulls/create-conflicting');
    const conflicting = await expectAlike('pulls/get-conflicting');
    expect(fieldsOf(conflicting.body).mergeable).toBe(false);
    await expectExact('pulls/merge-conflicting');
    await expectAlike('pulls/close');
    await expectExact('pulls/merge-closed');
  });

  it('lists, compares and packs commits', async () => {
    await expectAlike('commits/list');
    await expectAlike('commits/list-path');
    await expectAlike('commits/get');
    await expectExact('commits/get-absent');
    await expectExact('commits/compare-absent');
    const ours = await lab.repositories.log(
      { owner: 'acme', name: 'checkout-deploy-config' },
      { ref: 'main', limit: 10 },
    );
    const base = ours.find(commit =>
      commit.subject.startsWith('Promote checkout 1.3.1'),
    );
    const compared = await expectAlike('commits/compare', {
      path: `${REPOSITORY}/compare/${base?.sha}...${ours[0].sha}`,
    });
    // The promotion, and the merge of it.
    expect(fieldsOf(compared.body).total_commits).toBe(2);
    await send('repo/archive');
    await expectExact('repo/archive-absent');
  });

  it('checks a pull request again for a while after its base has changed', async () => {
    const slow = await GitLab.open({ checkMs: 60_000 });
    try {
      await slow.request('/api/v1/orgs', {
        method: 'POST',
        body: { username: 'acme' },
      });
      await slow.request('/api/v1/orgs/acme/repos', {
        method: 'POST',
        body: { name: 'shop', auto_init: true },
      });
      await slow.request('/api/v1/repos/acme/shop/contents', {
        method: 'POST',
        body: {
          branch: 'main',
          new_branch: 'change',
          files: [{ operation: 'create', path: 'a', content: 'eA==' }],
        },
      });
      await slow.request('/api/v1/repos/acme/shop/pulls', {
        method: 'POST',
        body: { title: 'x', head: 'change', base: 'main' },
      });
      const { request, response } = recording('pulls/merge-while-checking');
      const answer = await slow.request(
        '/api/v1/repos/acme/shop/pulls/1/merge',
        { method: request.method, body: { Do: 'merge' } },
      );
      expect(answer.status).toBe(response.status);
      expect(fieldsOf(answer.body).message).toBe(
        fieldsOf(response.body).message,
      );
    } finally {
      await slow.close();
    }
  });
});

/** A media type without the spaces that servers write differently. */
function type(value: string | null): string | null {
  return value && value.toLowerCase().replace(/\s/g, '');
}
