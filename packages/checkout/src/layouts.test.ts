import fs from 'fs/promises';
import os from 'os';
import path from 'path';
import { Intent, validateIntent, verify } from '@envmatrix/engine';
import { writeTextFiles } from './files';
import { loadDeployConfig } from './loadDeployConfig';
import { findKustomize } from './renderOverlay';

/** Files by path; a text of its own for each environment where the path says so. */
type Layout = (environment: string, index: number) => Record<string, string>;

const headOf = (kind = 'Kustomization') =>
  `apiVersion: kustomize.config.k8s.io/v1${
    kind === 'Component' ? 'alpha1' : 'beta1'
  }\nkind: ${kind}\n`;

const deployment = (name: string) => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      containers:
        - name: ${name}
          image: example.com/${name}
          envFrom: [{ configMapRef: { name: settings } }]
          readinessProbe: { httpGet: { path: /ready, port: 8080 } }
          resources: { requests: { cpu: 100m, memory: 64Mi }, limits: { cpu: 200m, memory: 128Mi } }
`;

const replicas = (name: string, index: number) =>
  `replicas: [{ name: ${name}, count: ${
    Math.max(index * 2, 1) + (index === 2 ? 1 : 0)
  } }]\n`;

const image = (name: string) =>
  `images: [{ name: example.com/${name}, newTag: 1.0.0 }]\n`;

const settings = (environment: string) =>
  `configMapGenerator: [{ name: settings, literals: [STAGE=${environment}] }]\n`;

/** Where a Rollout names ConfigMaps, as Kustomize has to be told. */
const ROLLOUT_NAMES = `nameReference:
  - kind: ConfigMap
    version: v1
    fieldSpecs:
      - { kind: Rollout, path: spec/template/spec/containers/envFrom/configMapRef/name }
`;

/** Layouts that are common, each with its own way to make environments differ. */
const LAYOUTS: Record<string, Layout> = {
  'base and overlays': (environment, index) => ({
    'apps/shop/base/kustomization.yaml': `${headOf()}resources: [deployment.yaml]\n`,
    'apps/shop/base/deployment.yaml': deployment('shop'),
    [`apps/shop/overlays/${environment}/kustomization.yaml`]: `${headOf()}namespace: shop-${environment}\nresources: [../../base]\n${replicas(
      'shop',
      index,
    )}${image('shop')}${settings(environment)}`,
  }),
  components: (environment, index) => ({
    'apps/shop/base/kustomization.yaml': `${headOf()}resources: [deployment.yaml]\n`,
    'apps/shop/base/deployment.yaml': deployment('shop'),
    'apps/shop/components/guarded/kustomization.yaml': `${headOf(
      'Component',
    )}resources: [budget.yaml]\n`,
    'apps/shop/components/guarded/budget.yaml':
      'apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: { name: shop }\nspec: { maxUnavailable: 1, selector: { matchLabels: { app: shop } } }\n',
    [`apps/shop/overlays/${environment}/kustomization.yaml`]: `${headOf()}namespace: shop-${environment}\nresources: [../../base]\n${
      index === 0 ? '' : 'components: [../../components/guarded]\n'
    }${replicas('shop', index)}${image('shop')}${settings(environment)}`,
  }),
  'a chart that was inflated': (environment, index) => ({
    'apps/shop/chart/all.yaml': `# Source: shop/templates/deployment.yaml\n${deployment(
      'release-shop',
    )}---\n# Source: shop/templates/service.yaml\napiVersion: v1\nkind: Service\nmetadata: { name: release-shop, labels: { helm.sh/chart: shop-1.2.3 } }\nspec: { selector: { app: release-shop }, ports: [{ port: 80, targetPort: 8080 }] }\n`,
    'apps/shop/chart/kustomization.yaml': `${headOf()}resources: [all.yaml]\n`,
    [`apps/shop/overlays/${environment}/kustomization.yaml`]: `${headOf()}namespace: shop-${environment}\nresources: [../../chart]\n${replicas(
      'release-shop',
      index,
    )}${image('release-shop')}${settings(environment)}`,
  }),
  'several services': (environment, index) =>
    Object.assign(
      {},
      ...['cart', 'orders'].map(name => ({
        [`apps/${name}/base/kustomization.yaml`]: `${headOf()}resources: [deployment.yaml]\n`,
        [`apps/${name}/base/deployment.yaml`]: deployment(name).replace(
          'name: settings',
          `name: settings-${name}`,
        ),
        [`apps/${name}/overlays/${environment}/kustomization.yaml`]: `${headOf()}namespace: shop-${environment}\nresources: [../../base]\n${replicas(
          name,
          index,
        )}${image(name)}${settings(environment).replace(
          'name: settings',
          `name: settings-${name}`,
        )}`,
      })),
    ),
  'prefixes and suffixes': (environment, index) => ({
    'apps/shop/base/kustomization.yaml': `${headOf()}resources: [deployment.yaml]\n`,
    'apps/shop/base/deployment.yaml': deployment('shop'),
    [`apps/shop/overlays/${environment}/kustomization.yaml`]: `${headOf()}namespace: shop-${environment}\nnamePrefix: ${environment}-\nnameSuffix: -v1\nresources: [../../base]\n${replicas(
      'shop',
      index,
    )}${image('shop')}${settings(environment)}`,
  }),
  'environments below the service, and no folder of apps': (
    environment,
    index,
  ) => ({
    'shop/base/kustomization.yaml': `${headOf()}resources: [deployment.yaml]\n`,
    'shop/base/deployment.yaml': deployment('shop'),
    [`shop/envs/${environment}/kustomization.yaml`]: `${headOf()}namespace: shop-${environment}\nresources: [../../base]\n${replicas(
      'shop',
      index,
    )}${image('shop')}${settings(environment)}`,
  }),
  'overlays at the root': (environment, index) => ({
    'base/kustomization.yaml': `${headOf()}resources: [deployment.yaml]\n`,
    'base/deployment.yaml': deployment('shop'),
    [`overlays/${environment}/kustomization.yaml`]: `${headOf()}namespace: shop-${environment}\nresources: [../../base]\n${replicas(
      'shop',
      index,
    )}${image('shop')}${settings(environment)}`,
  }),
};

const ENVIRONMENTS = ['dev', 'staging', 'prod'];

function intentOf(): Intent {
  const result = validateIntent({
    apiVersion: 'environments.envmatrix.dev/v1alpha1',
    kind: 'Environments',
    metadata: { name: 'shop', owner: 'group:default/shop' },
    isolation: 'shared-nonprod',
    clusters: [
      { name: 'nonprod', environments: ['dev', 'staging'] },
      { name: 'prod', environments: ['prod'] },
    ],
    environments: ENVIRONMENTS.map((name, index) => ({
      name,
      level: index + 1,
      kind: name === 'prod' ? 'production' : 'non-production',
      cluster: name === 'prod' ? 'prod' : 'nonprod',
      namespace: `shop-${name}`,
      delivery:
        index === 0
          ? { sync: 'automatic' }
          : { sync: 'automatic', from: ENVIRONMENTS[index - 1] },
    })),
  });
  if (!result.ok) {
    throw new Error(JSON.stringify(result.problems));
  }
  return result.intent;
}

describe('layouts of other people', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await fs.mkdtemp(path.join(os.tmpdir(), 'layout-'));
  });

  afterEach(() => fs.rm(directory, { recursive: true, force: true }));

  async function judged(files: Record<string, string>) {
    await writeTextFiles(
      directory,
      Object.entries(files).map(([file, content]) => ({ path: file, content })),
    );
    const intent = intentOf();
    const config = await loadDeployConfig({ directory, intent });
    expect(config.problems).toEqual([]);
    return verify({
      intent,
      manifests: config.manifests,
      repository: config.repository,
      now: '2026-11-24T12:00:00Z',
    });
  }

  const filesOf = (layout: Layout): Record<string, string> =>
    Object.assign({}, ...ENVIRONMENTS.map(layout));

  it('with an Argo Rollout get tags, and names only where Kustomize is told of Rollouts', async () => {
    const rollout = deployment('shop')
      .replace('apps/v1', 'argoproj.io/v1alpha1')
      .replace('kind: Deployment', 'kind: Rollout');
    const files = (more: string): Record<string, string> => ({
      'apps/shop/base/kustomization.yaml': `${headOf()}resources: [rollout.yaml]\n`,
      'apps/shop/base/rollout.yaml': rollout,
      ...Object.fromEntries(
        ENVIRONMENTS.flatMap(name => [
          [
            `apps/shop/overlays/${name}/kustomization.yaml`,
            `${headOf()}namespace: shop-${name}\nresources: [../../base]\n${image(
              'shop',
            )}${settings(name)}${more}`,
          ],
          [`apps/shop/overlays/${name}/names.yaml`, ROLLOUT_NAMES],
        ]),
      ),
    });
    const found = async (more: string) =>
      (await judged(files(more))).findings
        .filter(
          ({ rule, outcome }) =>
            (rule === 'K8S-21' || rule === 'K8S-11') && outcome === 'fail',
        )
        .map(({ rule, environments, reason }) => [
          rule,
          environments.join(),
          reason?.replace(/settings-[a-z0-9]{10}/, 'settings-HASH'),
        ]);

    expect(await found('')).toEqual(
      [...ENVIRONMENTS]
        .sort()
        .map(name => [
          'K8S-21',
          name,
          'Rollout shop names ConfigMap settings, which Kustomize has renamed to settings-HASH: it follows names into an Argo Rollout only where it is told to',
        ]),
    );
    expect(await found('configurations: [names.yaml]\n')).toEqual([]);
  });

  it('are rendered by a program that is there', async () => {
    expect(await findKustomize()).toBeDefined();
  });

  it.each(Object.entries(LAYOUTS))(
    '%s: nothing differs without a reason, and a probe that does is found',
    async (_, layout) => {
      const files = filesOf(layout);
      const { differences } = await judged(files);
      const wrong = differences.filter(
        ({ class: judgement }) => judgement !== 'expected',
      );
      expect(wrong).toEqual([]);
      expect(differences.length).toBeGreaterThan(0);

      const overlay = Object.keys(files).find(file =>
        /(overlays|envs)\/prod\/kustomization\.yaml$/.test(file),
      );
      const changed = await judged({
        ...files,
        [`${overlay}`]: `${
          files[`${overlay}`]
        }patches:\n  - target: { kind: Deployment }\n    patch: |-\n      - { op: replace, path: /spec/template/spec/containers/0/readinessProbe/httpGet/path, value: /other }\n`,
      });
      expect(
        changed.differences
          .filter(({ class: judgement }) => judgement !== 'expected')
          .map(({ class: judgement, rule, from, to, pointer }) => [
            judgement,
            rule,
            from,
            to,
            pointer.split('/').slice(-2).join('/'),
          ]),
      ).toEqual([['violation', 'K8S-04', 'staging', 'prod', 'httpGet/path']]);
    },
  );
});
