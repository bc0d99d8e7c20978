import { execFile } from 'child_process';
import fs from 'fs';
import path from 'path';
import { promisify } from 'util';
import {
  loadDeployConfig,
  readTextFiles,
  withTemporaryFiles,
} from '@envmatrix/checkout';
import { Intent, validateIntent, verify } from '@envmatrix/engine';
import {
  intentFromAnswers,
  RenderedRepositories,
  renderRepositories,
} from '@envmatrix/repositories';

const run = promisify(execFile);

const skeletonFolder = path.resolve(
  __dirname,
  '../../../templates/multi-environment-service/skeleton',
);

const now = '2026-11-23T12:00:00.000Z';

function intentOf(change: object = {}): Intent {
  const answers = {
    service: 'checkout',
    owner: 'group:default/payments',
    system: 'shop',
    image: 'ghcr.io/acme/checkout',
    repos: { host: 'git.example.com', owner: 'acme' },
    ...change,
  };
  const result = validateIntent(
    intentFromAnswers(answers, {
      repositoryUrl: ({ host, owner, name }) =>
        `https://${host}/${owner}/${name}`,
    }),
  );
  if (!result.ok) {
    throw new Error(JSON.stringify(result.problems));
  }
  return result.intent;
}

async function rendered(intent: Intent): Promise<RenderedRepositories> {
  return renderRepositories({
    intent,
    skeleton: await readTextFiles(skeletonFolder),
  });
}

const combinations: [string, object][] = [
  ['three environments, all defaults', {}],
  [
    'two environments with other names',
    {
      environments: [
        { name: 'test', kind: 'non-production' },
        { name: 'live', kind: 'production' },
      ],
    },
  ],
  [
    'four environments',
    {
      environments: [
        { name: 'dev', kind: 'non-production' },
        { name: 'qa', kind: 'non-production' },
        { name: 'staging', kind: 'non-production' },
        { name: 'prod', kind: 'production' },
      ],
    },
  ],
  [
    'other probes and port',
    {
      port: 9000,
      probes: { startup: '/up', readiness: '/up', liveness: '/up' },
    },
  ],
];

describe('the generated deploy-config repository', () => {
  it.each(combinations)(
    'renders and holds to every rule: %s',
    async (_, change) => {
      const intent = intentOf(change);
      const { deployConfig } = await rendered(intent);
      await withTemporaryFiles(deployConfig, async directory => {
        const config = await loadDeployConfig({ directory, intent });
        expect(config.problems).toEqual([]);
        const { findings, differences } = verify({
          intent,
          manifests: config.manifests,
          argocd: config.argocd,
          now,
        });
        expect(
          findings.filter(
            ({ outcome }) => outcome === 'fail' || outcome === 'warn',
          ),
        ).toEqual([]);
        expect(
          differences.filter(
            difference =>
              difference.class === 'violation' ||
              difference.class === 'unclassified',
          ),
        ).toEqual([]);
      });
    },
  );

  it.each<[string, string, (text: string) => string, string]>([
    [
      'another readiness path in prod',
      'apps/checkout/overlays/prod/deployment-patch.yaml',
      text =>
        text.replace(
          '          resources:',
          '          readinessProbe:\n            httpGet:\n              path: /other\n              port: http\n          resources:',
        ),
      'K8S-04',
    ],
    [
      'a floating tag in staging',
      'apps/checkout/overlays/staging/kustomization.yaml',
      text => text.replace('newTag: "0.1.0"', 'newTag: latest'),
      'K8S-11',
    ],
    [
      'automated sync of prod',
      'argocd/applications/checkout-prod.yaml',
      text =>
        text.replace(
          '  syncPolicy:\n',
          '  syncPolicy:\n    automated:\n      prune: true\n      selfHeal: true\n',
        ),
      'PIPE-02',
    ],
    [
      'a wildcard destination',
      'argocd/projects/checkout-dev.yaml',
      text => text.replace('namespace: checkout-dev', 'namespace: "*"'),
      'PIPE-03',
    ],
    [
      'prod in the namespace of staging',
      'apps/checkout/overlays/prod/kustomization.yaml',
      text =>
        text.replace('namespace: checkout-prod', 'namespace: checkout-staging'),
      'ENV-03',
    ],
    [
      'fewer replicas in prod than in staging',
      'apps/checkout/overlays/prod/deployment-patch.yaml',
      text => text.replace('replicas: 3', 'replicas: 1'),
      'K8S-08',
    ],
    [
      'a quota of staging that is not that of prod',
      'apps/checkout/overlays/staging/resource-quota.yaml',
      text => text.replace('requests.cpu: "16"', 'requests.cpu: "8"'),
      'K8S-13',
    ],
  ])('is caught when broken: %s', async (_, file, breakIt, rule) => {
    const intent = intentOf();
    const { deployConfig } = await rendered(intent);
    const broken = deployConfig.map(entry =>
      entry.path === file
        ? { ...entry, content: breakIt(entry.content) }
        : entry,
    );
    expect(broken).not.toEqual(deployConfig);
    await withTemporaryFiles(broken, async directory => {
      const config = await loadDeployConfig({ directory, intent });
      const { findings } = verify({
        intent,
        manifests: config.manifests,
        argocd: config.argocd,
        now,
      });
      expect(
        findings
          .filter(({ outcome }) => outcome === 'fail')
          .map(finding => finding.rule),
      ).toContain(rule);
    });
  });
});

/** Where Terraform is not installed, what follows is not run, and the test command says so. */
const terraform = (process.env.PATH ?? '')
  .split(path.delimiter)
  .map(folder => path.join(folder, 'terraform'))
  .find(file => fs.existsSync(file));

const environment = {
  ...process.env,
  TF_CLI_CONFIG_FILE: '/dev/null',
  CHECKPOINT_DISABLE: '1',
  TF_IN_AUTOMATION: '1',
};

function tool(directory: string, ...args: string[]) {
  return run(terraform ?? 'terraform', args, {
    cwd: directory,
    env: environment,
  });
}

const cases = terraform ? combinations.slice(0, 2) : [];

describe('the generated infrastructure repository', () => {
  it('has roots that differ in values and state alone', async () => {
    const { infrastructure } = await rendered(intentOf());
    const shared = infrastructure.filter(file =>
      /^environments\/[^/]+\/(main|variables|outputs|versions)\.tf$/.test(
        file.path,
      ),
    );
    expect(shared).toHaveLength(16);
    expect(new Set(shared.map(file => file.content)).size).toBe(4);
  });

  for (const [name, change] of cases) {
    it(`is applied by Terraform, root by root: ${name}`, async () => {
      const { infrastructure } = await rendered(intentOf(change));
      await withTemporaryFiles(infrastructure, async directory => {
        await tool(directory, 'fmt', '-check', '-recursive');
        for (const module of await fs.promises.readdir(
          path.join(directory, 'modules'),
        )) {
          await tool(
            path.join(directory, 'modules', module),
            'init',
            '-input=false',
          );
          await tool(path.join(directory, 'modules', module), 'test');
        }
        const roots = infrastructure.flatMap(
          file =>
            /^environments\/([^/]+)\/main\.tf$/.exec(file.path)?.[1] ?? [],
        );
        const platform = roots.filter(root => root === 'nonprod');
        for (const root of [
          ...platform,
          ...roots.filter(candidate => candidate !== 'nonprod'),
        ]) {
          const folder = path.join(directory, 'environments', root);
          const values = `-var-file=${root}.tfvars`;
          await tool(folder, 'init', '-input=false');
          await tool(folder, 'validate');
          await tool(folder, 'test', values);
          await tool(folder, 'plan', '-input=false', values, '-out=plan.out');
          await tool(folder, 'apply', '-input=false', 'plan.out');
          // Nothing is left to do: the command fails with 2 where something is.
          await expect(
            tool(folder, 'plan', '-input=false', values, '-detailed-exitcode'),
          ).resolves.toMatchObject({
            stdout: expect.stringContaining('No changes'),
          });
        }
      });
    });

    it(`refuses the values of another environment: ${name}`, async () => {
      const { infrastructure } = await rendered(intentOf(change));
      await withTemporaryFiles(infrastructure, async directory => {
        const [first, second] = infrastructure.flatMap(
          file =>
            /^environments\/([^/]+)\/main\.tf$/.exec(file.path)?.[1] ?? [],
        );
        const folder = path.join(directory, 'environments', first);
        await tool(folder, 'init', '-input=false');
        await expect(
          tool(
            folder,
            'plan',
            '-input=false',
            `-var-file=../${second}/${second}.tfvars`,
          ),
        ).rejects.toMatchObject({
          stderr: expect.stringContaining('Invalid value for variable'),
        });
      });
    });
  }
});
