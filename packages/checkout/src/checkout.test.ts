import { promises as fs } from 'fs';
import os from 'os';
import path from 'path';
import { validateIntent } from '@envmatrix/engine';
import {
  findKustomize,
  loadDeployConfig,
  readTextFiles,
  renderOverlay,
  withTemporaryFiles,
  writeTextFiles,
} from '.';

const deployment = `apiVersion: v1
kind: ConfigMap
metadata:
  name: shop
data:
  LEVEL: info
`;

const tree = [
  {
    path: 'apps/shop/base/kustomization.yaml',
    content: 'resources: [config.yaml]\n',
  },
  { path: 'apps/shop/base/config.yaml', content: deployment },
  {
    path: 'apps/shop/overlays/dev/kustomization.yaml',
    content: 'namespace: shop-dev\nresources: [../../base]\n',
  },
  {
    path: 'apps/shop/overlays/prod/kustomization.yaml',
    content: 'namespace: shop-prod\nresources: [../../base]\n',
  },
  {
    path: 'apps/shop/overlays/old/kustomization.yaml',
    content: 'resources: [../../base]\n',
  },
  { path: 'argocd/applications/shop-dev.yaml', content: 'kind: Application\n' },
];

function intent() {
  const result = validateIntent({
    apiVersion: 'environments.envmatrix.dev/v1alpha1',
    kind: 'Environments',
    metadata: { name: 'shop', owner: 'group:default/payments' },
    isolation: 'shared-nonprod',
    clusters: [{ name: 'one', environments: ['dev', 'prod'] }],
    environments: [
      {
        name: 'dev',
        level: 1,
        kind: 'non-production',
        cluster: 'one',
        namespace: 'shop-dev',
        delivery: { sync: 'automatic' },
      },
      {
        name: 'prod',
        level: 10,
        kind: 'production',
        cluster: 'one',
        namespace: 'shop-prod',
        delivery: { sync: 'manual', from: 'dev' },
      },
    ],
    repositories: {},
  });
  if (!result.ok) {
    throw new Error(JSON.stringify(result.problems));
  }
  return result.intent;
}

describe('renderOverlay', () => {
  it('renders an overlay with its base', async () => {
    await withTemporaryFiles(tree, async root => {
      const result = await renderOverlay({
        root,
        overlay: 'apps/shop/overlays/dev',
      });
      expect(result).toEqual({
        manifests: expect.stringContaining('namespace: shop-dev'),
      });
    });
  });

  it.each([
    ['an https resource', 'resources: [https://example.invalid/all.yaml]'],
    ['a git base', 'resources: ["github.com/example/base?ref=main"]'],
    ['a remote component', 'components: ["git@example.invalid:a/b.git"]'],
    ['a remote patch', 'patches: [{ path: "https://example.invalid/p.yaml" }]'],
    [
      'a remote file of a generator',
      'configMapGenerator: [{ name: a, files: ["x=https://example.invalid/p.yaml"] }]',
    ],
    [
      'a remote transformer',
      'transformers: ["https://example.invalid/t.yaml"]',
    ],
  ])('refuses %s before anything runs', async (_, line) => {
    await withTemporaryFiles(
      [{ path: 'overlay/kustomization.yaml', content: `${line}\n` }],
      async root => {
        expect(await renderOverlay({ root, overlay: 'overlay' })).toEqual({
          problem: expect.stringMatching(
            /^overlay\/kustomization.yaml: '[^']*' is not a file or folder of this repository; remote references are not rendered$/,
          ),
        });
      },
    );
  });

  it('refuses a remote reference that hides in a base', async () => {
    const files = tree.map(file =>
      file.path === 'apps/shop/base/kustomization.yaml'
        ? { ...file, content: 'resources: [https://example.invalid/a.yaml]\n' }
        : file,
    );
    await withTemporaryFiles(files, async root => {
      expect(
        await renderOverlay({ root, overlay: 'apps/shop/overlays/dev' }),
      ).toEqual({
        problem: expect.stringContaining('apps/shop/base/kustomization.yaml'),
      });
    });
  });

  it('refuses a path and a link that lead outside the repository', async () => {
    const outside = await fs.mkdtemp(path.join(os.tmpdir(), 'outside-'));
    await fs.writeFile(path.join(outside, 'kustomization.yaml'), '');
    await withTemporaryFiles(
      [
        {
          path: 'overlay/kustomization.yaml',
          content: `resources: [${JSON.stringify(
            path.relative(os.tmpdir(), outside).replace(/^/, '../../'),
          )}]\n`,
        },
      ],
      async root => {
        expect(await renderOverlay({ root, overlay: 'overlay' })).toEqual({
          problem: expect.stringContaining('leads outside this repository'),
        });
      },
    );
    await withTemporaryFiles(
      [{ path: 'overlay/kustomization.yaml', content: 'resources: [link]\n' }],
      async root => {
        await fs.symlink(outside, path.join(root, 'overlay', 'link'));
        expect(await renderOverlay({ root, overlay: 'overlay' })).toEqual({
          problem: expect.stringContaining('leads outside this repository'),
        });
      },
    );
    await fs.rm(outside, { recursive: true });
  });

  it('says what kustomize complains of, without the path of the temporary folder', async () => {
    await withTemporaryFiles(
      [
        {
          path: 'overlay/kustomization.yaml',
          content: 'resourcez: [a.yaml]\n',
        },
      ],
      async root => {
        const result = await renderOverlay({ root, overlay: 'overlay' });
        expect(result).toEqual({
          problem: expect.stringContaining('resourcez'),
        });
        expect(JSON.stringify(result)).not.toContain(root);
      },
    );
  });

  it('finds no program on an empty path', async () => {
    expect(await findKustomize('/nonexistent')).toBeUndefined();
  });
});

describe('loadDeployConfig', () => {
  it('gives manifests per declared environment, and names overlays that nobody declared', async () => {
    await withTemporaryFiles(tree, async directory => {
      const config = await loadDeployConfig({ directory, intent: intent() });
      expect(Object.keys(config.manifests)).toEqual(['dev', 'prod']);
      expect(config.manifests.prod[0]).toEqual({
        name: 'apps/shop/overlays/prod',
        text: expect.stringContaining('shop-prod'),
      });
      expect(config.undeclared).toEqual(['apps/shop/overlays/old']);
      expect(config.argocd.map(file => file.name)).toEqual([
        'argocd/applications/shop-dev.yaml',
      ]);
      expect(config.problems).toEqual([]);
    });
  });

  it('finds overlays and Applications of other layouts, where the usual folders are missing', async () => {
    const moved = tree.map(file => ({
      ...file,
      path: file.path
        .replace(/^apps\/shop\/overlays\//, 'shop/envs/')
        .replace(/^apps\/shop\//, 'shop/')
        .replace(/^argocd\//, 'delivery/'),
      content: file.content.replace(
        /^kind: Application\n/,
        'apiVersion: argoproj.io/v1alpha1\nkind: Application\n',
      ),
    }));
    await withTemporaryFiles(moved, async directory => {
      const config = await loadDeployConfig({ directory, intent: intent() });
      expect(Object.keys(config.manifests)).toEqual(['dev', 'prod']);
      expect(config.manifests.prod[0].name).toBe('shop/envs/prod');
      expect(config.undeclared).toEqual(['shop/envs/old']);
      expect(config.argocd.map(file => file.name)).toEqual([
        'delivery/applications/shop-dev.yaml',
      ]);
      expect(config.problems).toEqual([]);
    });
  });

  it('reports an environment without an overlay as a problem', async () => {
    await withTemporaryFiles(
      tree.filter(file => !file.path.includes('/prod/')),
      async directory => {
        const config = await loadDeployConfig({ directory, intent: intent() });
        expect(config.problems).toEqual([
          {
            environment: 'prod',
            problem: 'There is no overlay apps/*/overlays/prod',
          },
        ]);
      },
    );
  });
});

describe('writeTextFiles', () => {
  it('refuses a path outside, and writes what it reads', async () => {
    await withTemporaryFiles([], async directory => {
      await expect(
        writeTextFiles(directory, [{ path: '../x', content: '' }]),
      ).rejects.toThrow("Path '../x' leads outside its repository");
      const files = [
        { path: 'a/b.sh', content: 'x\n', executable: true },
        { path: 'c.txt', content: 'ü\n' },
      ];
      await writeTextFiles(directory, files);
      expect(await readTextFiles(directory)).toEqual(files);
    });
  });

  it('leaves out what is no text, however large, and folders that nobody wrote', async () => {
    const text = { path: 'main.tf', content: 'locals {}\n' };
    await withTemporaryFiles(
      [
        text,
        ...['.git', '.terraform', '.terragrunt-cache', 'node_modules'].map(
          folder => ({ path: `live/${folder}/main.tf`, content: 'x = 1\n' }),
        ),
      ],
      async directory => {
        const large = Buffer.alloc(6 * 1024 * 1024, 'a');
        await fs.writeFile(path.join(directory, 'lambda.zip'), large);
        // A name that says nothing, and a byte that no text has.
        await fs.writeFile(
          path.join(directory, 'provider'),
          Buffer.concat([Buffer.from('\u007fELF\0'), large]),
        );
        expect(await readTextFiles(directory)).toEqual([text]);
        await fs.writeFile(path.join(directory, 'large.tf'), large);
        await expect(readTextFiles(directory)).rejects.toThrow(
          'large.tf has 6291456 bytes',
        );
      },
    );
  });
});
