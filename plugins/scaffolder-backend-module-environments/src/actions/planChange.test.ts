import path from 'path';
import { ScmIntegrations } from '@backstage/integration';
import { ConfigReader } from '@backstage/config';
import { readTextFiles } from '@envmatrix/checkout';
import { Intent, parseIntent, validateIntent } from '@envmatrix/engine';
import {
  intentFromAnswers,
  intentToYaml,
  RepositoryFile,
  renderRepositories,
} from '@envmatrix/repositories';
import { ScmHosts } from '@envmatrix/scm';
import { changeText } from './changeText';
import { judgeChange } from './judgeChange';
import { EnvironmentChange, planChange } from './planChange';
import { Service, ServiceRepository } from './readService';

const now = '2026-11-24T12:00:00.000Z';

const hosts = new ScmHosts(
  ScmIntegrations.fromConfig(
    new ConfigReader({
      integrations: {
        gitea: [{ host: 'git.example.com', username: 'x', password: 'y' }],
      },
    }),
  ),
);

let skeleton: RepositoryFile[];

beforeAll(async () => {
  skeleton = await readTextFiles(
    path.resolve(
      __dirname,
      '../../../../templates/multi-environment-service/skeleton',
    ),
  );
});

/** A service as the wizard makes it, with files that were changed since. */
function serviceOf(
  answers: object = {},
  edits: Readonly<Record<string, (text: string) => string>> = {},
): Service {
  const result = validateIntent(
    intentFromAnswers(
      {
        service: 'checkout',
        owner: 'group:default/payments',
        image: 'ghcr.io/acme/checkout',
        repos: { host: 'git.example.com', owner: 'acme' },
        ...answers,
      },
      {
        repositoryUrl: ({ host, owner, name }) =>
          `https://${host}/${owner}/${name}`,
      },
    ),
  );
  if (!result.ok) {
    throw new Error(JSON.stringify(result.problems));
  }
  return made(result.intent, edits);
}

/** The same service, where production is behind these gates. */
function gatedServiceOf(gates: readonly object[]): Service {
  const intent = JSON.parse(JSON.stringify(serviceOf().intent));
  intent.environments[2].delivery.gates = gates;
  const result = validateIntent(intent);
  if (!result.ok) {
    throw new Error(JSON.stringify(result.problems));
  }
  return made(result.intent);
}

function made(
  intent: Intent,
  edits: Readonly<Record<string, (text: string) => string>> = {},
): Service {
  const rendered = renderRepositories({ intent, skeleton });
  const repositoryOf = (part: ServiceRepository['part']): ServiceRepository => {
    const url = `${intent.repositories[part]}`;
    return {
      part,
      url,
      branch: 'main',
      ...hosts.byUrl(url),
      files: new Map(
        rendered[part].map(file => [
          file.path,
          edits[file.path]?.(file.content) ?? file.content,
        ]),
      ),
    };
  };
  return {
    intent,
    intentText: intentToYaml(intent),
    repositories: [
      repositoryOf('infrastructure'),
      repositoryOf('deployConfig'),
    ],
  };
}

const add: EnvironmentChange = {
  kind: 'add',
  addition: { name: 'qa', after: 'dev' },
};

const remove: EnvironmentChange = { kind: 'remove', name: 'staging' };

const overlay = (environment: string) =>
  `apps/checkout/overlays/${environment}/kustomization.yaml`;

const judge = (service: Service, change: EnvironmentChange) => {
  const planned = planChange(service, change, skeleton);
  return judgeChange({
    before: service.intent,
    after: planned.intent,
    plans: planned.plans,
    now,
  });
};

describe('a service with every gate', () => {
  const gates = [
    { health: true },
    { soak: '24h' },
    { approval: { by: ['group:default/release-managers'] } },
    { freeze: { deny: [{ cron: '0 16 * * FRI', duration: '64h' }] } },
    { parity: true },
    { syncWindow: true },
  ];

  it.each([
    ['comes', add],
    ['goes', remove],
  ])('keeps them when an environment %s', async (_, change) => {
    const service = gatedServiceOf(gates);
    const { intent, plans } = planChange(service, change, skeleton);
    const production = intent.environments.find(({ name }) => name === 'prod');
    expect(production?.delivery.gates).toEqual(gates);
    expect(plans.flatMap(({ plan }) => plan.conflicts)).toEqual([]);
    const written = plans
      .flatMap(({ plan }) => plan.files)
      .filter(({ path: file }) => file === 'environments.yaml')
      .map(({ after }) => parseIntent(after ?? ''));
    expect(written).toHaveLength(2);
    for (const read of written) {
      expect(
        read.ok &&
          read.intent.environments.find(({ name }) => name === 'prod')?.delivery
            .gates,
      ).toEqual(gates);
    }
    expect(await judge(service, change)).toEqual([]);
  });
});

describe('adding an environment', () => {
  it('writes its files, begins with the release that is promoted to it, and leaves every other release alone', () => {
    const service = serviceOf(
      {},
      {
        [overlay('dev')]: text => text.replace(/newTag: .*/, 'newTag: "1.4.0"'),
        [overlay('staging')]: text =>
          text.replace(/newTag: .*/, 'newTag: "1.3.0"'),
      },
    );
    const { plans } = planChange(service, add, skeleton);

    expect(plans.flatMap(({ plan }) => plan.conflicts)).toEqual([]);
    const files = new Map(
      plans.flatMap(({ plan }) => plan.files.map(file => [file.path, file])),
    );
    expect(files.get(overlay('qa'))).toEqual({
      path: overlay('qa'),
      after: expect.stringContaining('newTag: "1.4.0"'),
    });
    expect(files.get('argocd/applications/checkout-qa.yaml')?.before).toBe(
      undefined,
    );
    expect(files.get('environments/qa/main.tf')?.after).toContain('var.');
    expect([...files.keys()].filter(file => file.includes('/dev/'))).toEqual(
      [],
    );
    const staging = files.get(overlay('staging'))?.after;
    expect(staging === undefined || staging.includes('"1.3.0"')).toBe(true);
  });

  it('holds to every rule, whatever keeps environments apart', async () => {
    for (const answers of [
      {},
      { isolation: 'separate' },
      { isolation: 'namespaces', acknowledged: true },
    ]) {
      expect(await judge(serviceOf(answers), add)).toEqual([]);
    }
  });

  it('says what is applied, merged and done by hand', () => {
    const service = serviceOf();
    const text = changeText(
      service.intent,
      planChange(service, add, skeleton),
      add,
    );
    expect(text).toMatch(
      /^1\. Merge the pull request of the infrastructure repository, and apply `environments\/qa`\.\n2\. Merge the pull request of the deploy-config/,
    );
  });

  it('says what would contradict', () => {
    expect(() =>
      planChange(
        serviceOf(),
        {
          kind: 'add',
          addition: { name: 'qa', after: 'dev', host: 'qa.example.com' },
        },
        skeleton,
      ),
    ).toThrow(
      'The environments would contradict each other: environments.1.host',
    );
  });

  it('is held to every rule, but not to what was wrong before', async () => {
    const service = serviceOf(
      {},
      {
        [overlay('staging')]: text =>
          text.replace(/newTag: .*/, 'newTag: latest'),
      },
    );
    expect(await judge(service, add)).toEqual([]);

    const project =
      'deploy-config/argocd/projects/__service__-__environment__.yaml';
    const wide = skeleton.map(file =>
      file.path === project
        ? {
            ...file,
            content: file.content.replace(
              / namespace: (\{= target[^=]+=\})/,
              ` namespace: "{% if environment.name == 'qa' %}*{% else %}$1{% endif %}"`,
            ),
          }
        : file,
    );
    const planned = planChange(service, add, wide);
    expect(
      await judgeChange({
        before: service.intent,
        after: planned.intent,
        plans: planned.plans,
        now,
      }),
    ).toEqual(
      expect.arrayContaining([expect.stringMatching(/^PIPE-03: .*\(qa\)/)]),
    );
  });
});

describe('removing an environment', () => {
  it('takes its files out, and holds to every rule', async () => {
    const service = serviceOf();
    const { plans } = planChange(service, remove, skeleton);
    const gone = plans.flatMap(({ plan }) =>
      plan.files.filter(({ after }) => after === undefined),
    );
    expect(gone.map(file => file.path)).toEqual(
      expect.arrayContaining([
        overlay('staging'),
        'argocd/applications/checkout-staging.yaml',
        'environments/staging/main.tf',
      ]),
    );
    expect(await judge(service, remove)).toEqual([]);
  });

  it('says what is taken down, and in which order', () => {
    const service = serviceOf();
    const text = changeText(
      service.intent,
      planChange(service, remove, skeleton),
      remove,
    );
    expect(text.split('\n')).toEqual([
      expect.stringContaining('1. Merge the pull request of the deploy-config'),
      expect.stringContaining('`argocd app delete checkout-staging --cascade`'),
      expect.stringContaining('namespace `checkout-staging` in cluster'),
      expect.stringContaining(
        '`terraform -chdir=environments/staging destroy -var-file=staging.tfvars`',
      ),
      expect.stringContaining('5. Merge the pull request of the infra'),
    ]);
  });
});
