import fs from 'fs';
import path from 'path';
import { parseIntent, validateIntent } from '@envmatrix/engine';
import {
  editedFiles,
  intentFromAnswers,
  intentToYaml,
  renderRepositories,
  RepositoryFile,
} from '.';

const skeletonFolder = path.resolve(
  __dirname,
  '../../../templates/multi-environment-service/skeleton',
);

const answers = {
  service: 'checkout',
  owner: 'group:default/payments',
  system: 'shop',
  image: 'ghcr.io/acme/checkout',
  repos: { host: 'git.example.com', owner: 'acme' },
};

function intentOf(value: object = answers) {
  const result = validateIntent(
    intentFromAnswers(value, {
      repositoryUrl: ({ host, owner, name }) =>
        `https://${host}/${owner}/${name}`,
    }),
  );
  if (!result.ok) {
    throw new Error(JSON.stringify(result.problems));
  }
  return result.intent;
}

describe('renderRepositories', () => {
  const skeleton: RepositoryFile[] = fs
    .readdirSync(skeletonFolder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => path.join(entry.parentPath, entry.name))
    .map(file => ({
      path: path.relative(skeletonFolder, file),
      content: fs.readFileSync(file, 'utf8'),
    }));

  it('needs no more than five answers', () => {
    const { infrastructure, deployConfig } = renderRepositories({
      intent: intentOf(),
      skeleton,
    });
    expect(infrastructure.map(file => file.path)).toEqual(
      expect.arrayContaining([
        'environments.yaml',
        'environments/nonprod/main.tf',
        'environments/prod/prod.tfvars',
      ]),
    );
    expect(deployConfig.map(file => file.path)).toEqual(
      expect.arrayContaining([
        'apps/checkout/base/deployment.yaml',
        'apps/checkout/overlays/staging/kustomization.yaml',
        'argocd/applications/checkout-prod.yaml',
      ]),
    );
    const leftOver = [...infrastructure, ...deployConfig].filter(file =>
      /__[a-z]+__|\{=|\{%/.test(file.path + file.content),
    );
    expect(leftOver.map(file => file.path)).toEqual([]);
  });

  it('gives the same bytes for the same intent, also after the intent was written and read again', () => {
    const intent = intentOf();
    const again = parseIntent(intentToYaml(intent));
    expect(again).toEqual({ ok: true, intent });
    expect(renderRepositories({ intent, skeleton })).toEqual(
      renderRepositories({
        intent: intentOf(),
        skeleton: [...skeleton].reverse(),
      }),
    );
  });

  it('keeps Terraform roots byte-identical but for values and state', () => {
    const { infrastructure } = renderRepositories({
      intent: intentOf(),
      skeleton,
    });
    for (const name of [
      'main.tf',
      'variables.tf',
      'outputs.tf',
      'versions.tf',
    ]) {
      const contents = new Set(
        infrastructure
          .filter(
            file =>
              file.path.startsWith('environments/') &&
              file.path.endsWith(`/${name}`),
          )
          .map(file => file.content),
      );
      expect(contents.size).toBe(1);
    }
    const states = infrastructure
      .filter(file => file.path.endsWith('/backend.tf'))
      .map(file => file.content);
    expect(new Set(states).size).toBe(4);
  });

  it('takes environments with other names', () => {
    const intent = intentOf({
      ...answers,
      environments: [
        { name: 'test', kind: 'non-production' },
        { name: 'live', kind: 'production' },
      ],
    });
    const { deployConfig } = renderRepositories({ intent, skeleton });
    expect(deployConfig.map(file => file.path)).toContain(
      'apps/checkout/overlays/live/kustomization.yaml',
    );
    expect(intent.environments[1].delivery).toMatchObject({
      from: 'test',
      way: 'pull-request',
      sync: 'manual',
    });
  });

  it('names the file of a skeleton that does not render', () => {
    const broken = [
      ...skeleton,
      { path: 'deploy-config/broken.md', content: '{= no_such_value =}' },
    ];
    expect(() =>
      renderRepositories({ intent: intentOf(), skeleton: broken }),
    ).toThrow(
      'skeleton file deploy-config/broken.md: undefined variable: no_such_value',
    );
  });

  it('tells edited files from promoted releases', () => {
    const { deployConfig } = renderRepositories({
      intent: intentOf(),
      skeleton,
    });
    const actual = new Map(deployConfig.map(file => [file.path, file.content]));
    const overlay = 'apps/checkout/overlays/prod/kustomization.yaml';
    actual.set(
      overlay,
      `${actual.get(overlay)}`.replace('newTag: "0.1.0"', 'newTag: "0.2.0"'),
    );
    expect(editedFiles(deployConfig, actual)).toEqual([]);
    actual.set('apps/checkout/base/service.yaml', 'kind: Service\n');
    actual.delete('CODEOWNERS');
    expect(editedFiles(deployConfig, actual)).toEqual([
      { path: 'CODEOWNERS', problem: 'missing' },
      { path: 'apps/checkout/base/service.yaml', problem: 'changed' },
    ]);
  });
});

describe('intentFromAnswers', () => {
  it.each([
    [{ ...answers, service: undefined }, 'service: is missing'],
    [{ ...answers, prodGate: [] }, 'prodGate: needs at least one gate'],
    [
      { ...answers, isolation: 'custom' },
      "clusters: isolation 'custom' needs the list of clusters",
    ],
    [
      {
        ...answers,
        isolation: 'custom',
        clusters: [{ name: 'one', environments: ['dev'] }],
      },
      "clusters: no cluster holds 'staging'",
    ],
  ])('says which answer is wrong', (value, message) => {
    expect(() => intentOf(value)).toThrow(message);
  });
});
