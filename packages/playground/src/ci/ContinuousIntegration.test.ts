import fs from 'fs/promises';
import os from 'os';
import path from 'path';
import { parse } from 'yaml';
import { GitRepositories } from '../git/GitRepositories';
import { ContinuousIntegration } from './ContinuousIntegration';
import { removeFolder } from '../__testUtils__/removeFolder';

const DEPLOY_CONFIG = { owner: 'acme', name: 'checkout-deploy-config' };
const SOURCE = { owner: 'acme', name: 'checkout' };
const OVERLAY = 'apps/checkout/overlays/dev/kustomization.yaml';
const GRACE = { name: 'Grace Hall', email: 'grace@example.com' };

const INTENT = `
metadata: { name: checkout }
environments: [{ name: dev }, { name: prod }]
repositories: { source: 'http://git.test/acme/checkout' }
service: { image: ghcr.io/acme/checkout, initialVersion: 0.1.0 }
`;

const KUSTOMIZATION = `# What dev runs.
resources: [../../base]
images:
  - name: checkout # the name in the base
    newName: ghcr.io/acme/checkout
    newTag: 0.1.0
`;

describe('ContinuousIntegration', () => {
  let directory: string;
  let git: GitRepositories;
  let registered: string[];
  let opened: ContinuousIntegration[];

  beforeEach(async () => {
    directory = await fs.mkdtemp(path.join(os.tmpdir(), 'ci-'));
    git = new GitRepositories(path.join(directory, 'git'));
    registered = [];
    opened = [];
  });

  afterEach(async () => {
    await Promise.all(opened.map(ci => ci.flush()));
    await removeFolder(directory);
  });

  const open = async () => {
    const ci = await ContinuousIntegration.open({
      git,
      gitBaseUrl: 'http://git.test',
      file: path.join(directory, 'registry.json'),
      onRepository: (id, description) =>
        registered.push(`${id.owner}/${id.name}: ${description}`),
      log: () => {},
    });
    opened.push(ci);
    return ci;
  };

  async function publish(files: Record<string, string> = {}) {
    await git.create(DEPLOY_CONFIG);
    await git.commit(DEPLOY_CONFIG, {
      branch: 'main',
      files: {
        'environments.yaml': INTENT,
        [OVERLAY]: KUSTOMIZATION,
        ...files,
      },
      message: 'A service',
      author: GRACE,
    });
  }

  const tagOf = async () =>
    parse((await git.readFile(DEPLOY_CONFIG, 'main', OVERLAY)) ?? '').images[0]
      .newTag;

  it('plants the sources of a new service, and builds its first version', async () => {
    const ci = await open();
    await publish();
    const image = await ci.lookup('ghcr.io/acme/checkout', '0.1.0');
    expect(image).toEqual({
      behaviour: 'run',
      digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    });
    expect(registered).toEqual(['acme/checkout: Source of checkout']);
    expect(ci.serviceOf(SOURCE)).toBe('checkout');
    expect((await git.tags(SOURCE)).map(({ name }) => name)).toEqual(['0.1.0']);
  });

  it('knows no image of a version that was never released', async () => {
    const ci = await open();
    await publish();
    expect(await ci.lookup('ghcr.io/acme/checkout', '9.9.9')).toBeUndefined();
    expect(await ci.lookup('ghcr.io/acme/other', '0.1.0')).toBeUndefined();
  });

  it('commits, tags and builds a release, and changes one word of the first environment', async () => {
    const ci = await open();
    await publish();
    const { sha } = await ci.release({ service: 'checkout', version: '0.2.0' });

    const tags = await git.tags(SOURCE);
    expect(tags.find(({ name }) => name === '0.2.0')?.sha).toBe(sha);
    const commits = await git.between(SOURCE, '0.1.0', '0.2.0');
    expect(commits.length).toBeGreaterThan(0);
    expect(await git.readFile(DEPLOY_CONFIG, 'main', OVERLAY)).toBe(
      KUSTOMIZATION.replace('newTag: 0.1.0', 'newTag: 0.2.0'),
    );
    const [head] = await git.log(DEPLOY_CONFIG, { ref: 'main', limit: 1 });
    expect(head.message.trim()).toBe(
      `Deploy checkout 0.2.0 to dev\n\nSource-Commit: ${sha}`,
    );
    expect(head.files.map(file => file.path)).toEqual([OVERLAY]);
    expect(await ci.lookup('ghcr.io/acme/checkout', '0.2.0')).toMatchObject({
      behaviour: 'run',
    });
  });

  it('releases what cannot be pulled, and what crashes', async () => {
    const ci = await open();
    await publish();
    await ci.release({ service: 'checkout', version: '0.2.0', fail: 'pull' });
    expect(await tagOf()).toBe('0.2.0');
    expect(await ci.lookup('ghcr.io/acme/checkout', '0.2.0')).toBeUndefined();
    await ci.release({ service: 'checkout', version: '0.3.0', fail: 'crash' });
    expect(await ci.lookup('ghcr.io/acme/checkout', '0.3.0')).toMatchObject({
      behaviour: 'crash',
    });
  });

  it('refuses with a sentence, and changes nothing', async () => {
    const ci = await open();
    await expect(
      ci.release({ service: 'checkout', version: '0.2.0' }),
    ).rejects.toThrow(
      "There is no service 'checkout'. Create one in the portal first.",
    );
    await publish();
    const before = await git.resolve(DEPLOY_CONFIG, 'main');
    await expect(
      ci.release({ service: 'basket', version: '0.2.0' }),
    ).rejects.toThrow("There is no service 'basket'. There is checkout.");
    await expect(
      ci.release({ service: 'checkout', version: 'latest' }),
    ).rejects.toThrow("'latest' is not a version");
    await expect(
      ci.release({ service: 'checkout', version: '0.1.0' }),
    ).rejects.toThrow('is released already');
    expect(await git.resolve(DEPLOY_CONFIG, 'main')).toBe(before);
  });

  it('says so when the first environment sets no image of the service', async () => {
    const ci = await open();
    await publish({ [OVERLAY]: 'resources: [../../base]\n' });
    await expect(
      ci.release({ service: 'checkout', version: '0.2.0' }),
    ).rejects.toThrow(/sets no image of it/);
  });

  it('remembers services and images over a restart', async () => {
    const before = await open();
    await publish();
    await before.release({ service: 'checkout', version: '0.2.0' });
    await before.flush();

    const after = await open();
    expect(await after.lookup('ghcr.io/acme/checkout', '0.2.0')).toMatchObject({
      behaviour: 'run',
    });
    await after.release({ service: 'checkout', version: '0.3.0' });
    expect(await tagOf()).toBe('0.3.0');
  });
});
