import {
  GiteaUrlReader,
  UrlReaders,
} from '@backstage/backend-defaults/urlReader';
import { mockServices } from '@backstage/backend-test-utils';
import { ConfigReader } from '@backstage/config';
import { GitLab, TOKEN } from './__testUtils__/gitLab';

describe("Backstage's reader of Gitea URLs", () => {
  let lab: GitLab;

  beforeAll(async () => {
    lab = await GitLab.open();
    await lab.request('/api/v1/orgs', {
      method: 'POST',
      body: { username: 'acme' },
    });
    await lab.request('/api/v1/orgs/acme/repos', {
      method: 'POST',
      body: { name: 'shop', auto_init: true },
    });
    await lab.request('/api/v1/repos/acme/shop/contents', {
      method: 'POST',
      body: {
        message: 'Files',
        files: [
          {
            operation: 'create',
            path: 'docs/what it is.md',
            content: Buffer.from('A shop.\n').toString('base64'),
          },
        ],
      },
    });
  });

  afterAll(() => lab.close());

  function reader() {
    const host = new URL(lab.baseUrl).host;
    const config = new ConfigReader({
      integrations: {
        gitea: [
          { host, baseUrl: lab.baseUrl, username: 'ada', password: TOKEN },
        ],
      },
    });
    return UrlReaders.create({
      config,
      logger: mockServices.logger.mock(),
      factories: [GiteaUrlReader.factory],
    });
  }

  it('reads a file, with what it needs to ask only for changes', async () => {
    const url = `${lab.baseUrl}/acme/shop/src/branch/main/docs/what it is.md`;
    const read = await reader().readUrl(url);
    expect((await read.buffer()).toString()).toBe('A shop.\n');
  });

  it('says so when a file is not there', async () => {
    await expect(
      reader().readUrl(`${lab.baseUrl}/acme/shop/src/branch/main/nothing.md`),
    ).rejects.toMatchObject({ name: 'NotFoundError' });
  });

  it('reads a tree, and not again when nothing has changed', async () => {
    const url = `${lab.baseUrl}/acme/shop/src/branch/main`;
    const tree = await reader().readTree(url);
    const files = await tree.files();
    expect(files.map(file => file.path).sort()).toEqual([
      'README.md',
      'docs/what it is.md',
    ]);
    await expect(
      reader().readTree(url, { etag: tree.etag }),
    ).rejects.toMatchObject({ name: 'NotModifiedError' });
  });
});
