import { intentOfService } from '../testing';
import { manifestsOf, NOW } from '../testing/fixtures';
import { Intent } from '../intent';
import { Finding } from './types';
import { verify } from './verify';

const SHA = '0123456789abcdef0123456789abcdef01234567';

interface Change {
  files?: Record<string, string>;
  intent?: Partial<Intent>;
  append?: Partial<Record<'dev' | 'staging' | 'prod', string>>;
  replace?: [RegExp, string];
}

/** What is not as it should be by these rules, once each. */
function problems(rules: string[], change: Change): string[] {
  return findingsOf(rules, change)
    .filter(({ outcome }) => outcome === 'fail' || outcome === 'warn')
    .map(told);
}

/** What these rules say of a service that was changed. */
function findingsOf(rules: string[], options: Change): readonly Finding[] {
  const { files, append = {}, replace } = options;
  const intent = { ...intentOfService('checkout'), ...options.intent };
  const manifests = Object.fromEntries(
    Object.entries(manifestsOf('checkout')).map(([name, texts]) => [
      name,
      [
        ...texts.map(({ name: file, text }) => ({
          name: file,
          text: replace ? text.replace(...replace) : text,
        })),
        ...Object.entries(append)
          .filter(([environment]) => environment === name)
          .map(([, text]) => ({ name: `${name}-more.yaml`, text: text ?? '' })),
      ],
    ]),
  );
  const { findings } = verify({
    intent,
    manifests,
    now: NOW,
    rules,
    ...(files
      ? {
          repository: Object.entries(files).map(([name, text]) => ({
            name,
            text,
          })),
        }
      : {}),
  });
  return findings;
}

function told({ outcome, rule, environments, reason }: Finding): string {
  return `${outcome} ${rule} ${environments.join(' ')}: ${reason}`;
}

const WORKFLOW = `
on: { workflow_dispatch: { inputs: { tag: { type: string } } } }
permissions: { contents: read }
concurrency: promote
jobs:
  promote:
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    steps:
      - uses: actions/checkout@${SHA}
      - run: scripts/promote.sh
        env: { TAG: '\${{ inputs.tag }}' }
`;

const ALERTMANAGER = `
route:
  receiver: team
  routes:
    - matchers: ['environment="prod"', 'severity="critical"']
      receiver: page
    - matchers: ['environment=~"dev|staging"']
      receiver: quiet
receivers:
  - name: team
    slack_configs: [{ channel: '#team' }]
  - name: quiet
    slack_configs: [{ channel: '#dev' }]
  - name: page
    pagerduty_configs: [{ routing_key_file: /etc/key }]
`;

const quotaOf = (cpu: string) => `
apiVersion: v1
kind: ResourceQuota
metadata: { name: more, labels: { environment: prod } }
spec: { hard: { requests.cpu: '${cpu}' } }
`;

const storeOf = (role: string) => `
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: { name: vault }
spec:
  provider:
    vault:
      server: https://vault.example.com
      auth: { kubernetes: { mountPath: kubernetes, role: ${role} } }
`;

describe('rules about the files of a repository', () => {
  it.each<[string, string, string[]]>([
    ['a workflow as it should be', WORKFLOW, []],
    [
      'an action that is a tag',
      WORKFLOW.replace(`@${SHA}`, '@v4'),
      [
        'fail PIPE-05 dev staging prod: actions/checkout@v4 is not pinned to a commit',
      ],
    ],
    [
      'an input in a script',
      WORKFLOW.replace(
        'run: scripts/promote.sh',
        'run: scripts/promote.sh ${{ inputs.tag }}',
      ),
      [
        'fail PIPE-05 dev staging prod: ${{ inputs.tag }} is pasted into a script: whoever sets it can run anything',
      ],
    ],
    [
      'no permissions',
      WORKFLOW.replace('permissions: { contents: read }\n', ''),
      [
        'fail PIPE-05 dev staging prod: Job promote has whatever permissions the host gives',
      ],
    ],
    [
      'no time limit',
      WORKFLOW.replace('    timeout-minutes: 5\n', ''),
      [
        'warn PIPE-05 dev staging prod: Job promote may run for hours: it has no timeout',
      ],
    ],
    [
      'a personal access token',
      `${WORKFLOW}          # what it signs in with\n          # \${{ secrets.OLD_REPO_TOKEN }}\n      - run: git push\n        env: { TOKEN: '\${{ secrets.CONFIG_REPO_TOKEN }}' }\n`,
      [
        'fail PIPE-05 dev staging prod: CONFIG_REPO_TOKEN looks like a personal access token, which can do whatever its owner can',
      ],
    ],
    [
      'a workflow of others that is a branch',
      WORKFLOW.replace(
        'jobs:\n',
        'jobs:\n  call:\n    uses: acme/shared/.github/workflows/deploy.yaml@main\n',
      ),
      [
        'fail PIPE-05 dev staging prod: acme/shared/.github/workflows/deploy.yaml@main is not pinned to a commit',
      ],
    ],
    [
      'a workflow of the repository itself',
      WORKFLOW.replace(
        'jobs:\n',
        'jobs:\n  call:\n    uses: ./.github/workflows/deploy.yaml\n',
      ),
      [],
    ],
    [
      'steps and permissions that stand once, behind anchors',
      WORKFLOW.replace('steps:', 'steps: &steps').replace(
        'jobs:\n',
        `x-rights: &rights { contents: write }\njobs:\n  first:\n    runs-on: ubuntu-24.04\n    permissions: *rights\n    timeout-minutes: 5\n    steps: [{ uses: 'actions/cache@${SHA}' }]\n`,
      ),
      [],
    ],
    [
      'rights to everything, in a job',
      WORKFLOW.replace(
        '    timeout-minutes: 5\n',
        '    timeout-minutes: 5\n    permissions: write-all\n',
      ),
      ['fail PIPE-05 dev staging prod: Job promote may write everything'],
    ],
    [
      'a workflow that may run beside itself',
      WORKFLOW.replace('concurrency: promote\n', ''),
      [
        'warn PIPE-05 dev staging prod: Job promote may run beside itself: neither it nor its workflow says concurrency',
      ],
    ],
    [
      'a workflow that is only called, and has the rights and the turn of its caller',
      WORKFLOW.replace(/on: .*/, 'on: { workflow_call: { inputs: {} } }')
        .replace('permissions: { contents: read }\n', '')
        .replace('concurrency: promote\n', ''),
      [],
    ],
    [
      'an event in a function',
      WORKFLOW.replace(
        'run: scripts/promote.sh',
        "run: echo ${{ format('{0} {1}', 'x', github.event.head_commit.message) }}",
      ),
      [
        "fail PIPE-05 dev staging prod: ${{ format('{0} {1}', 'x', github.event.head_commit.message) }} is pasted into a script: whoever sets it can run anything",
      ],
    ],
    [
      'an event in a script of an action',
      WORKFLOW.replace(
        '      - run: scripts/promote.sh',
        `      - uses: actions/github-script@${SHA}\n        with: { script: 'console.log(\`\${{ github.event.issue.title }}\`)' }\n      - run: scripts/promote.sh`,
      ),
      [
        'fail PIPE-05 dev staging prod: ${{ github.event.issue.title }} is pasted into a script: whoever sets it can run anything',
      ],
    ],
    [
      'choices by an input, numbers and commits',
      WORKFLOW.replace(
        'run: scripts/promote.sh',
        "run: scripts/promote.sh ${{ inputs.dry && '--dry' || '' }} ${{ inputs.to == 'prod' && '--careful' || '--fast' }} ${{ github.event.pull_request.number }} ${{ github.event_name }}",
      ),
      [],
    ],
    ...[
      'github.event.client_payload.sha',
      'github.event.client_payload.number',
      'github.event.inputs.id',
      'github.event.inputs.number',
      'github.event.pull_request.head.sha.x',
      "github['event'].issue.title",
      'GITHUB.event.issue.title',
    ].map((path): [string, string, string[]] => [
      `${path}, which the sender says`,
      WORKFLOW.replace(
        'run: scripts/promote.sh',
        `run: scripts/promote.sh \${{ ${path} }}`,
      ),
      [
        `fail PIPE-05 dev staging prod: \${{ ${path} }} is pasted into a script: whoever sets it can run anything`,
      ],
    ]),
    [
      'commits that the host tells',
      WORKFLOW.replace(
        'run: scripts/promote.sh',
        'run: scripts/promote.sh ${{ github.event.pull_request.head.sha }} ${{ github.event.workflow_run.id }} ${{ github.event.after }}',
      ),
      [],
    ],
    [
      'an input with a default',
      WORKFLOW.replace(
        'run: scripts/promote.sh',
        "run: scripts/promote.sh ${{ inputs.tag || 'latest' }}",
      ),
      [
        "fail PIPE-05 dev staging prod: ${{ inputs.tag || 'latest' }} is pasted into a script: whoever sets it can run anything",
      ],
    ],
    [
      'the commit of a pull request from outside, with the rights of the repository',
      WORKFLOW.replace(/on: .*/, 'on: [pull_request_target]').replace(
        '      - run',
        '        with: { ref: "${{ github.event.pull_request.head.sha }}" }\n      - run',
      ),
      [
        'fail PIPE-05 dev staging prod: What a pull request from outside brings is checked out with the rights of the repository',
      ],
    ],
    [
      'a token in brackets',
      WORKFLOW.replace(
        "'${{ inputs.tag }}'",
        `"\${{ secrets['DEPLOY_PAT'] }}"`,
      ),
      [
        'fail PIPE-05 dev staging prod: DEPLOY_PAT looks like a personal access token, which can do whatever its owner can',
      ],
    ],
    [
      'secrets that only sound so',
      WORKFLOW.replace(
        "'${{ inputs.tag }}'",
        "'${{ secrets.COMPAT }}${{ secrets.DEPLOY_PATH }}${{ secrets.GITHUB_TOKEN }}'",
      ),
      [],
    ],
  ])('PIPE-05: %s', (_, text, expected) => {
    expect(
      problems(['PIPE-05'], {
        files: { '.github/workflows/promote.yaml': text },
      }),
    ).toEqual(expected);
  });

  it('PIPE-05 points at the line of the job, whatever stands before it', () => {
    const { findings } = verify({
      intent: intentOfService('checkout'),
      manifests: manifestsOf('checkout'),
      now: NOW,
      rules: ['PIPE-05'],
      repository: [
        {
          name: '.github/workflows/promote.yaml',
          text: WORKFLOW.replace(
            'jobs:',
            '# promote: see uses: actions/checkout@v4\njobs:',
          )
            .replace('    timeout-minutes: 5\n', '')
            .replace(`@${SHA}`, '@v4'),
        },
      ],
    });
    expect(
      findings.map(({ outcome, locations }) => [outcome, locations.prod]),
    ).toEqual([
      ['warn', '.github/workflows/promote.yaml:7'],
      ['fail', '.github/workflows/promote.yaml:10'],
    ]);
  });

  it('PIPE-05 judges actions of the repository, and knows what it cannot read', () => {
    const outcomes = (files: Record<string, string>) =>
      verify({
        intent: intentOfService('checkout'),
        manifests: manifestsOf('checkout'),
        now: NOW,
        rules: ['PIPE-05'],
        repository: Object.entries(files).map(([name, text]) => ({
          name,
          text,
        })),
      }).findings.map(({ outcome, subject, reason }) => [
        outcome,
        subject,
        ...(reason === undefined ? [] : [reason.split('\n')[0]]),
      ]);
    expect(
      outcomes({
        '.github/workflows/a.yaml': WORKFLOW,
        '.github/actions/set-up/action.yaml':
          'runs: { using: composite, steps: [{ uses: acme/set-up@v1 }] }\n',
      }),
    ).toEqual([
      ['pass', '.github/workflows/a.yaml'],
      [
        'fail',
        '.github/actions/set-up/action.yaml',
        'acme/set-up@v1 is not pinned to a commit',
      ],
    ]);
    expect(
      outcomes({ '.github/workflows/a.yaml': 'jobs: [\n' })[0].slice(0, 2),
    ).toEqual(['unknown', '.github/workflows/a.yaml']);
    expect(
      outcomes({
        '.github/workflows/a.yaml': WORKFLOW,
        '.github/actions/set-up/action.yaml': 'runs: [\n',
        '.circleci/config.yml': 'jobs: {}\n',
      }).map(found => found.slice(0, 2)),
    ).toEqual([
      ['pass', '.github/workflows/a.yaml'],
      ['unknown', '.github/actions/set-up/action.yaml'],
      ['unknown', '.circleci/config.yml'],
    ]);
    expect(outcomes({ '.gitlab-ci.yml': 'deploy: {}\n' })).toEqual([
      [
        'unknown',
        '.gitlab-ci.yml',
        '.gitlab-ci.yml is a pipeline of a system whose files are not read; workflows of GitHub, Gitea and Forgejo are',
      ],
    ]);
  });

  it.each<[string, string, string[]]>([
    ['routes as they should be', ALERTMANAGER, []],
    [
      'the values of a chart',
      `alertmanager:\n  config:${ALERTMANAGER.replace(
        /\n/g,
        '\n    ',
      )}\n`.replace('receiver: page', 'receiver: team'),
      [
        'fail OBS-04 prod: A critical alert of prod wakes nobody: it goes to team',
      ],
    ],
    [
      'a ConfigMap',
      `kind: ConfigMap\ndata:\n  alertmanager.yaml: |${ALERTMANAGER.replace(
        /\n/g,
        '\n    ',
      )}\n`.replace('environment="prod"', 'environment!="dev"'),
      [
        'fail OBS-04 staging: A critical alert of staging wakes somebody, by page',
      ],
    ],
    [
      'matchers of the operator',
      `kind: AlertmanagerConfig
spec:
  route:
    receiver: team
    routes:
      - receiver: page
        matchers:
          - { name: namespace, value: 'checkout-(prod|staging)', matchType: '=~' }
          - { name: severity, value: critical }
  receivers:
    - name: team
      slackConfigs: [{ channel: '#team' }]
    - name: page
      pagerdutyConfigs: [{ routingKey: { name: a, key: b } }]
`,
      [
        'fail OBS-04 staging: A critical alert of staging wakes somebody, by page',
      ],
    ],
    [
      'other words for the labels',
      ALERTMANAGER.replace(/environment/g, 'env').replace('critical', 'page'),
      [],
    ],
    [
      'the older way to match',
      ALERTMANAGER.replace(
        `matchers: ['environment="prod"', 'severity="critical"']`,
        'match: { environment: prod, severity: critical }',
      ).replace(
        `matchers: ['environment=~"dev|staging"']`,
        'match_re: { environment: dev|staging }',
      ),
      [],
    ],
    [
      'a page that is silent at night',
      ALERTMANAGER.replace(
        'receiver: page',
        'receiver: page\n      active_time_intervals: [working-hours]',
      ),
      [
        'warn OBS-04 prod: A critical alert of prod wakes nobody at some times: working-hours',
      ],
    ],
    [
      'a webhook, which may wake somebody',
      ALERTMANAGER.replace(
        'pagerduty_configs: [{ routing_key_file: /etc/key }]',
        'webhook_configs: [{ url: http://oncall }]',
      ),
      [],
    ],
    [
      'a critical alert of production that wakes nobody',
      ALERTMANAGER.replace('receiver: page', 'receiver: team'),
      [
        'fail OBS-04 prod: A critical alert of prod wakes nobody: it goes to team',
      ],
    ],
    [
      'an alert of staging that wakes somebody',
      ALERTMANAGER.replace('environment="prod"', 'environment!="dev"'),
      [
        'fail OBS-04 staging: A critical alert of staging wakes somebody, by page',
      ],
    ],
    [
      'an alert without labels that is dropped',
      ALERTMANAGER.replace("    slack_configs: [{ channel: '#team' }]\n", ''),
      [
        'fail OBS-04 dev staging prod: An alert without the label environment is told to nobody',
      ],
    ],
  ])('OBS-04: %s', (_, text, expected) => {
    expect(
      problems(['OBS-04'], {
        files: { 'monitoring/alertmanager.yaml': text },
      }),
    ).toEqual(expected);
  });

  it.each<[string, string, string[]]>([
    [
      'a pattern without case',
      ALERTMANAGER.replace('environment="prod"', 'environment=~"(?i)PROD"'),
      ['pass all'],
    ],
    [
      'a pattern that is not read',
      ALERTMANAGER.replace(
        `'environment="prod"'`,
        `'environment=~"[[:alpha:]]rod"'`,
      ),
      ['unknown dev', 'unknown staging', 'unknown prod'],
    ],
    [
      'a label of others',
      ALERTMANAGER.replace(
        `'environment="prod"'`,
        `'environment="prod"', 'team="payments"'`,
      ),
      ['unknown prod'],
    ],
    [
      'a label of others, where nobody is woken in any case',
      ALERTMANAGER.replace(
        `'environment="prod"'`,
        `'environment="prod"', 'team="payments"'`,
      ).replace('receiver: page', 'receiver: team'),
      ['fail prod'],
    ],
    [
      'a label of others, beside a route for all',
      ALERTMANAGER.replace(
        '  routes:\n',
        `  routes:\n    - matchers: ['team="payments"']\n      receiver: team\n      continue: true\n`,
      ),
      ['pass all'],
    ],
    [
      'the name of one alert',
      ALERTMANAGER.replace(
        '  routes:\n',
        `  routes:\n    - matchers: ['alertname="Watchdog"']\n      receiver: quiet\n`,
      ),
      ['pass all'],
    ],
  ])('OBS-04 knows what it cannot tell: %s', (_, text, expected) => {
    expect(
      findingsOf(['OBS-04'], {
        files: { 'monitoring/alertmanager.yaml': text },
      })
        .map(
          ({ outcome, environments }) =>
            `${outcome} ${
              environments.length === 3 ? 'all' : environments.join(' ')
            }`,
        )
        .filter((text_, index, all) => all.indexOf(text_) === index),
    ).toEqual(expected);
  });

  it('OBS-04: an Alertmanager of one environment is asked for that one alone', () => {
    const quiet = ALERTMANAGER.replace('receiver: page', 'receiver: quiet');
    expect(
      problems(['OBS-04'], {
        files: {
          'monitoring/values-dev.yaml': quiet,
          'monitoring/values-prod.yaml': ALERTMANAGER,
        },
      }),
    ).toEqual([]);
    expect(
      problems(['OBS-04'], { files: { 'monitoring/values-prod.yaml': quiet } }),
    ).toEqual([
      'fail OBS-04 prod: A critical alert of prod wakes nobody: it goes to quiet',
    ]);
  });

  it.each<[string, string, string[]]>([
    [
      'a field that will go',
      'commonLabels: { a: b }\n',
      ['warn K8S-21 dev staging prod: commonLabels is deprecated'],
    ],
    [
      'a base that moves',
      'resources: [github.com/acme/base//checkout]\n',
      [
        'fail K8S-21 dev staging prod: github.com/acme/base//checkout is not pinned: it may be another thing tomorrow',
      ],
    ],
    [
      'a base that is pinned',
      'resources: [github.com/acme/base//checkout?ref=v1.2.0]\n',
      [],
    ],
    [
      'an image that nothing uses',
      'images: [{ name: chekout, newTag: 1.3.1 }]\n',
      [
        'fail K8S-21 prod: No container of prod uses the image chekout, so the entry has no effect',
      ],
    ],
    [
      'a patch whose target is not there',
      'patches: [{ target: { kind: Deployment, name: chekout }, patch: "[]" }]\n',
      [
        'fail K8S-21 prod: Nothing in prod is a Deployment chekout, so the patch has no effect',
      ],
    ],
    [
      'patches of an expression, of a kind, and of what one of them deletes',
      'patches: [{ target: { kind: Deployment, name: check.* }, patch: "[]" }, { target: { kind: Service }, patch: "[]" }, { target: { kind: Job }, patch: "{ $patch: delete }" }]\n',
      [],
    ],
  ])('K8S-21: %s', (_, text, expected) => {
    expect(
      problems(['K8S-21'], {
        files: { 'apps/checkout/overlays/prod/kustomization.yaml': text },
      }),
    ).toEqual(expected);
  });

  describe('K8S-21: a patch of a list of a custom resource', () => {
    const whole =
      'apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: { name: checkout }\nspec: { data: [{ secretKey: A }, { secretKey: B }] }\n';
    const patch = (entries: string, kind = 'ExternalSecret') =>
      `apiVersion: external-secrets.io/v1\nkind: ${kind}\nmetadata: { name: checkout }\nspec:\n  data: ${entries}\n`;
    const saidOf = (
      kustomization: string,
      text: string,
      more: Record<string, string> = {},
    ) =>
      problems(['K8S-21'], {
        files: {
          'apps/checkout/base/external-secret.yaml': whole,
          'apps/checkout/overlays/prod/kustomization.yaml': kustomization,
          'apps/checkout/overlays/prod/secret.yaml': text,
          ...more,
        },
      });
    const BY_PATH = 'patches: [{ path: secret.yaml }]\n';
    const GONE =
      'warn K8S-21 prod: The patch replaces the whole list /spec/data of ExternalSecret checkout, and B is gone';

    it.each<[string, string, string, string[]]>([
      [
        'that leaves an entry out',
        BY_PATH,
        patch('[{ secretKey: A }]'),
        [GONE],
      ],
      [
        'that stands in the kustomization',
        `patches:\n  - patch: |-\n${patch('[{ secretKey: A }]').replace(
          /^/gm,
          '      ',
        )}`,
        '',
        [GONE],
      ],
      [
        'that gives the list as a whole',
        BY_PATH,
        patch('[{ secretKey: B }, { secretKey: A, remoteRef: {} }]'),
        [],
      ],
      [
        'that says that it means to',
        BY_PATH,
        patch('[{ secretKey: A }, { $patch: replace }]'),
        [],
      ],
      [
        'of operations',
        'patches: [{ path: secret.yaml, target: { group: external-secrets.io } }]\n',
        '- { op: replace, path: /spec/data/0/secretKey, value: C }\n',
        [],
      ],
      [
        'whose keys the kustomization knows',
        `openapi: { path: schema.json }\n${BY_PATH}`,
        patch('[{ secretKey: A }]'),
        [],
      ],
      [
        'of another object',
        BY_PATH,
        patch('[{ secretKey: A }]', 'PushSecret'),
        [],
      ],
    ])('%s', (_, kustomization, text, expected) => {
      expect(saidOf(kustomization, text)).toEqual(expected);
    });

    it('is of no concern for kinds that Kustomize knows', () => {
      const deployment = (names: string[]) =>
        `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: checkout }\nspec: { template: { spec: { containers: [${names.map(
          name => `{ name: ${name} }`,
        )}] } } }\n`;
      expect(
        saidOf(BY_PATH, deployment(['checkout']), {
          'apps/checkout/base/deployment.yaml': deployment([
            'checkout',
            'proxy',
          ]),
        }),
      ).toEqual([]);
    });

    it('is of no concern where only the patch of another environment has more', () => {
      expect(
        saidOf(BY_PATH, patch('[{ secretKey: A }, { secretKey: B }]'), {
          'apps/checkout/overlays/dev/secret.yaml': patch(
            '[{ secretKey: A }, { secretKey: C }]',
          ),
        }),
      ).toEqual([]);
    });
  });

  it('is unknown without the files, and says what to pass', () => {
    const { findings } = verify({
      intent: intentOfService('checkout'),
      manifests: manifestsOf('checkout'),
      now: NOW,
      rules: ['PIPE-05', 'K8S-21', 'OBS-04'],
    });
    expect(findings.map(({ outcome, missing }) => [outcome, missing])).toEqual(
      findings.map(() => ['unknown', 'repository']),
    );
    expect(findings).toHaveLength(3);
  });
});

describe('rules about clusters', () => {
  const checkout = intentOfService('checkout');
  const clusters = (
    change: (cluster: Intent['clusters'][number]) => object,
  ): Partial<Intent> => ({
    clusters: checkout.clusters.map(cluster => ({
      ...cluster,
      ...change(cluster),
    })),
  });

  it.each<[string, string, Partial<Intent>, string[]]>([
    [
      'ENV-02',
      'production beside the others',
      {
        environments: checkout.environments.map(environment => ({
          ...environment,
          cluster: 'nonprod',
        })),
      },
      [
        'fail ENV-02 dev prod: dev and prod are in the same cluster, nonprod, although the isolation is shared-nonprod',
        'fail ENV-02 staging prod: staging and prod are in the same cluster, nonprod, although the isolation is shared-nonprod',
      ],
    ],
    [
      'ENV-04',
      'an account for everything',
      clusters(() => ({
        aws: { accountId: '111111111111', region: 'eu-west-1' },
      })),
      [
        'fail ENV-04 prod: prod is in the account of dev and staging, 111111111111',
      ],
    ],
    [
      'ENV-04',
      'accounts of their own',
      clusters(({ name }) => ({
        aws: {
          accountId: name === 'prod' ? '222222222222' : '111111111111',
          region: 'eu-west-1',
        },
      })),
      [],
    ],
    [
      'ENV-05',
      'versions that are far apart',
      clusters(({ name }) => ({
        kubernetesVersion: name === 'prod' ? '1.34' : '1.32',
      })),
      [
        'fail ENV-05 dev: dev runs Kubernetes 1.32, production 1.34',
        'fail ENV-05 staging: staging runs Kubernetes 1.32, production 1.34',
      ],
    ],
    [
      'ENV-05',
      'staging behind production',
      clusters(({ name }) => ({
        kubernetesVersion: name === 'prod' ? '1.34' : '1.33',
      })),
      [
        'warn ENV-05 dev: dev runs an older Kubernetes than production: 1.33 and 1.34',
        'warn ENV-05 staging: staging runs an older Kubernetes than production: 1.33 and 1.34',
      ],
    ],
    [
      'ENV-05',
      'an upgrade that staging tries first',
      clusters(({ name }) => ({
        kubernetesVersion: name === 'prod' ? '1.34' : '1.35',
      })),
      [],
    ],
    [
      'ENV-05',
      'an upgrade that is named with its patch',
      clusters(({ name }) => ({
        kubernetesVersion: name === 'prod' ? 'v1.34.1' : '1.35.0+k3s1',
      })),
      [],
    ],
  ])('%s: %s', (rule, _, intent, expected) => {
    expect(problems([rule], { intent })).toEqual(expected);
  });

  it('ENV-05: what is no version is not compared', () => {
    const { findings } = verify({
      intent: {
        ...checkout,
        ...clusters(({ name }) => ({
          kubernetesVersion: name === 'prod' ? 'REGULAR' : '1.30',
        })),
      },
      manifests: manifestsOf('checkout'),
      now: NOW,
      rules: ['ENV-05'],
    });
    expect(findings.map(({ outcome, reason }) => [outcome, reason])).toEqual(
      findings.map(() => [
        'unknown',
        'REGULAR is no version of Kubernetes that can be compared',
      ]),
    );
    expect(findings).toHaveLength(2);
  });

  it('CAP-01: without a quota it is not known what pods may request', () => {
    const { findings } = verify({
      intent: {
        ...checkout,
        ...clusters(() => ({ nodes: { type: 'm7g.xlarge', count: 60 } })),
      },
      manifests: {
        ...manifestsOf('checkout'),
        dev: manifestsOf('checkout').dev.map(({ name, text }) => ({
          name,
          text: text.replace(/requests\.memory/g, 'requests.storage'),
        })),
      },
      now: NOW,
      rules: ['CAP-01'],
    });
    expect(findings.map(({ outcome, reason }) => [outcome, reason])).toEqual([
      [
        'unknown',
        'No quota says how much CPU and memory the pods of dev may request',
      ],
      ['pass', undefined],
    ]);
  });

  it('CAP-01: counts the quotas against the nodes', () => {
    const nodes = clusters(() => ({ nodes: { type: 'm7g.xlarge', count: 6 } }));
    expect(
      problems(['CAP-01'], { intent: nodes, append: { prod: quotaOf('1') } }),
    ).toEqual([]);
    expect(
      problems(['CAP-01'], { intent: nodes, append: { prod: quotaOf('40') } }),
    ).toEqual([
      'fail CAP-01 prod: The quotas of prod promise 56 CPU, and 6 × m7g.xlarge carry 21.6 CPU',
    ]);
  });

  const everywhere = (
    textOf: (name: 'dev' | 'staging' | 'prod') => string,
  ) => ({
    append: {
      dev: textOf('dev'),
      staging: textOf('staging'),
      prod: textOf('prod'),
    },
  });

  const prometheus = (retention: string) =>
    `apiVersion: monitoring.coreos.com/v1\nkind: Prometheus\nmetadata: { name: main }\nspec: { retention: ${retention} }\n`;

  it.each<[string, Record<string, string>, string[]]>([
    ['as they should be', { dev: '168h', staging: '2w', prod: '1y' }, []],
    [
      'shorter in production',
      { dev: '7d', staging: '30d', prod: '15d' },
      ['fail OBS-05 prod: prod keeps metrics for 15 days; 30 are the least'],
    ],
    [
      'longer in staging',
      { dev: '7d', staging: '9w', prod: '30d' },
      ['fail OBS-05 prod: staging keeps metrics for 63 days, prod only for 30'],
    ],
  ])('OBS-05: retentions of Prometheus %s', (_, retentions, expected) => {
    expect(
      problems(
        ['OBS-05'],
        everywhere(name => prometheus(retentions[name])),
      ),
    ).toEqual(expected);
  });

  it('OBS-05: a Prometheus that keeps metrics shorter than the intent says', () => {
    expect(
      problems(['OBS-05'], {
        intent: {
          environments: checkout.environments.map(environment => ({
            ...environment,
            observability: { retentionDays: 90 },
          })),
        },
        append: { prod: prometheus('45d') },
      }),
    ).toEqual([
      'fail OBS-05 prod: dev keeps metrics for 90 days, prod only for 45',
    ]);
  });

  const dashboard = (json: string) =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: board, labels: { grafana_dashboard: '1' } }\ndata:\n  board.json: |\n    ${json.replace(
      /\n/g,
      '\n    ',
    )}\n`;
  const board = { uid: 'shop', version: 3, panels: [{ id: 1, expr: 'up' }] };

  it.each<[string, string, string[]]>([
    [
      'another panel',
      JSON.stringify({ ...board, panels: [] }),
      ['fail OBS-02 prod: Dashboard board.json differs'],
    ],
    [
      'another uid',
      JSON.stringify({ ...board, uid: 'shop-prod' }),
      ['fail OBS-02 prod: Dashboard board.json differs'],
    ],
    ['another layout', JSON.stringify(board, null, 2), []],
    [
      'another order, and what Grafana counts',
      '{"panels":[{"expr":"up","id":1}],"version":12,"id":5,"uid":"shop"}',
      [],
    ],
    [
      'what is no JSON',
      '{{ template }}',
      ['fail OBS-02 prod: Dashboard board.json differs'],
    ],
  ])('OBS-02: a dashboard with %s', (_, json, expected) => {
    expect(
      problems(
        ['OBS-02'],
        everywhere(name =>
          dashboard(name === 'prod' ? json : JSON.stringify(board)),
        ),
      ).map(found => found.replace(/(board\.json) .*/, '$1 differs')),
    ).toEqual(expected);
  });

  const rules = (expr: string, hold = '5m') =>
    `apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata: { name: shop }\nspec:\n  groups:\n    - name: shop\n      rules:\n        - alert: Errors\n          expr: ${JSON.stringify(
      expr,
    )}\n          for: ${hold}\n          labels: { severity: critical }\n`;

  it.each<[string, string, string, number]>([
    ['another threshold', 'rate(errors[5m]) > 2', '5m', 1],
    ['another text', 'rate(errors[5m]) > 1 and on() up{job="a  b"}', '5m', 1],
    ['another duration', 'rate(errors[5m]) > 1', '10m', 1],
    ['other white space', 'rate( errors[5m] )\n  >1', '5m', 0],
    ['the duration in other units', 'rate(errors[5m]) > 1', '300s', 0],
  ])('OBS-01: a rule with %s', (_, expr, hold, count) => {
    expect(
      problems(
        ['OBS-01'],
        everywhere(name =>
          name === 'prod' ? rules(expr, hold) : rules('rate(errors[5m]) > 1'),
        ),
      ),
    ).toHaveLength(count);
  });

  const pair = (window: string) =>
    `rate(errors[${window}]) > 1 and rate(errors[5m]) > 1`;

  it('OBS-09: alerts of production count, and not those of others', () => {
    const two = `${rules(
      pair('1h'),
    )}        - alert: Slow\n          expr: ${pair('6h')}\n`;
    expect(
      problems(
        ['OBS-09'],
        everywhere(() => two),
      ),
    ).toEqual([]);
    expect(
      problems(
        ['OBS-09'],
        everywhere(name => (name === 'prod' ? rules(pair('1h')) : two)),
      ),
    ).toHaveLength(1);
  });

  it('OBS-05: metrics of production are kept the longest', () => {
    const keeping = (days: Record<string, number>): Partial<Intent> => ({
      environments: checkout.environments.map(environment => ({
        ...environment,
        observability: { retentionDays: days[environment.name] },
      })),
    });
    expect(
      problems(['OBS-05'], {
        intent: keeping({ dev: 7, staging: 30, prod: 90 }),
      }),
    ).toEqual([]);
    expect(
      problems(['OBS-05'], {
        intent: keeping({ dev: 3, staging: 60, prod: 30 }),
      }),
    ).toEqual([
      'fail OBS-05 dev: dev keeps metrics for 3 days; 7 are the least',
      'fail OBS-05 prod: staging keeps metrics for 60 days, prod only for 30',
    ]);
  });
});

describe('rules about secrets', () => {
  it('SEC-02: two environments do not open the store as the same', () => {
    expect(
      problems(['SEC-02'], {
        append: {
          dev: storeOf('dev'),
          staging: storeOf('checkout'),
          prod: storeOf('checkout'),
        },
      }),
    ).toEqual([
      'fail SEC-02 staging prod: staging and prod open Vault with the same role checkout at kubernetes',
    ]);
    expect(
      problems(['SEC-02'], {
        append: {
          dev: storeOf('a'),
          staging: storeOf('b'),
          prod: storeOf('c'),
        },
      }),
    ).toEqual([]);
  });

  it('SEC-02: conditions on a store of the whole cluster do not make its role two', () => {
    const store = (role: string) =>
      storeOf(role)
        .replace('kind: SecretStore', 'kind: ClusterSecretStore')
        .replace(
          'spec:\n',
          'spec:\n  conditions: [{ namespaceSelector: { matchLabels: { team: payments } } }]\n',
        );
    expect(
      problems(['SEC-02'], {
        append: { staging: store('team'), prod: store('team') },
      }),
    ).toEqual([
      'fail SEC-02 staging prod: staging and prod open Vault with the same role team at kubernetes',
    ]);
    // Of one kind in the one, and of the other in the other: the role is the same.
    expect(
      problems(['SEC-02'], {
        append: { staging: store('team'), prod: storeOf('team') },
      }),
    ).toHaveLength(1);
    expect(
      problems(['SEC-02'], {
        append: { staging: store('a'), prod: store('b') },
      }),
    ).toEqual([]);
  });

  it('SEC-01: a key does not repeat the mount of its store', () => {
    const mounted = (kind: string, name: string, mount: string) =>
      `---\napiVersion: external-secrets.io/v1\nkind: ${kind}\nmetadata: { name: ${name} }\nspec: { provider: { vault: { server: https://vault, path: ${mount} } } }\n`;
    const secret = (spec: string) =>
      `---\napiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: { name: keys }\nspec: ${spec}\n`;
    const warningsOf = (spec: string) =>
      findingsOf(['SEC-01'], {
        append: {
          prod:
            mounted('SecretStore', 'vault', 'kv') +
            mounted('ClusterSecretStore', 'central', 'teams/kv') +
            secret(spec),
        },
      })
        .filter(({ outcome }) => outcome === 'warn')
        .map(({ pointer, reason }) => `${pointer}: ${reason}`);

    expect(
      warningsOf(
        '{ secretStoreRef: { name: vault }, data: [{ secretKey: A, remoteRef: { key: kv/prod/pay } }, { secretKey: B, remoteRef: { key: kv/prod/pay } }, { secretKey: C, remoteRef: { key: kvs/prod/pay } }] }',
      ),
    ).toEqual([
      '/spec/data/A/remoteRef/key: kv/prod/pay begins with kv, the mount that SecretStore vault gives already: what is read is prod/pay',
    ]);
    expect(
      warningsOf(
        '{ secretStoreRef: { name: vault }, dataFrom: [{ extract: { key: kv/all } }, { sourceRef: { storeRef: { kind: ClusterSecretStore, name: central } }, find: { path: teams/kv/prod } }, { sourceRef: { storeRef: { kind: ClusterSecretStore, name: central } }, extract: { key: kv/prod } }] }',
      ),
    ).toEqual([
      '/spec/dataFrom/0/extract/key: kv/all begins with kv, the mount that SecretStore vault gives already: what is read is all',
      '/spec/dataFrom/1/find/path: teams/kv/prod begins with teams/kv, the mount that ClusterSecretStore central gives already: what is read is prod',
    ]);
    // Of a store without a mount, or one that is elsewhere, the key is the whole path.
    expect(
      warningsOf(
        '{ secretStoreRef: { name: other }, data: [{ secretKey: A, remoteRef: { key: kv/prod/pay } }] }',
      ),
    ).toEqual([]);
  });

  it('SEC-02: what a store that is not among the manifests lets in is for the cluster to tell', () => {
    const secret = (name: string, spec: string) =>
      `---\napiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: { name: ${name} }\nspec: ${spec}\n`;
    const shared =
      '{ secretStoreRef: { kind: ClusterSecretStore, name: vault } }';
    const found = (
      append: Partial<Record<'dev' | 'staging' | 'prod', string>>,
    ) =>
      findingsOf(['SEC-02'], { append })
        .filter(({ outcome }) => outcome !== 'not-applicable')
        .map(finding => ({
          told: told(finding),
          missing: finding.missing,
          at: [finding.subject, finding.pointer],
        }));

    // However many refer to it, in however many environments: it is one store.
    expect(
      found({
        dev: secret('orders', '{ secretStoreRef: { name: own } }'),
        staging: secret('orders', shared) + secret('more', shared),
        prod: secret('orders', shared),
      }),
    ).toEqual([
      {
        told: 'unknown SEC-02 dev: Secrets of dev come from SecretStore own, which is not among the manifests: whom it lets in is for the cluster to tell',
        missing: 'cluster',
        at: [
          'external-secrets.io/ExternalSecret orders',
          '/spec/secretStoreRef/name',
        ],
      },
      {
        told: 'unknown SEC-02 staging prod: Secrets of staging and prod come from ClusterSecretStore vault, which is not among the manifests: whom it lets in is for the cluster to tell',
        missing: 'cluster',
        at: [
          'external-secrets.io/ExternalSecret orders',
          '/spec/secretStoreRef/name',
        ],
      },
    ]);

    // One that is there is judged, with conditions and without.
    const store = (conditions: string) =>
      `---\napiVersion: external-secrets.io/v1\nkind: ClusterSecretStore\nmetadata: { name: vault }\nspec: { provider: { vault: { server: https://vault } }${conditions} }\n`;
    expect(
      found({
        prod:
          secret('orders', shared) +
          store(', conditions: [{ namespaces: [orders-prod] }]'),
      }).map(({ told: text }) => text),
    ).toEqual([expect.stringMatching(/^pass SEC-02 /)]);
    expect(
      found({ prod: secret('orders', shared) + store('') }).map(
        ({ told: text }) => text,
      ),
    ).toEqual([
      'fail SEC-02 prod: Every namespace of the cluster may read through this store',
    ]);

    // Single entries may have stores of their own.
    expect(
      found({
        prod: secret(
          'orders',
          '{ data: [{ secretKey: KEY, sourceRef: { storeRef: { kind: ClusterSecretStore, name: vault } } }], dataFrom: [{ sourceRef: { storeRef: { name: other } } }] }',
        ),
      }).map(({ told: text }) => text),
    ).toEqual([
      expect.stringContaining('ClusterSecretStore vault'),
      expect.stringContaining('SecretStore other'),
    ]);
  });

  it('SEC-03: no value of a secret stands in the manifests, nor in what is said of it', () => {
    const secret =
      'apiVersion: v1\nkind: Secret\nmetadata: { name: keys }\nstringData: { key: hunter2 }\n';
    const found = problems(['SEC-03'], { append: { prod: secret } });
    expect(found).toEqual([
      'fail SEC-03 prod: A Secret with its values stands in the manifests',
    ]);
    expect(found.join()).not.toContain('hunter2');
  });
});

describe('K8S-19', () => {
  const privileged: [RegExp, string] = [
    /allowPrivilegeEscalation: false/,
    'allowPrivilegeEscalation: true',
  ];

  it('holds pods to the standard that their namespace enforces', () => {
    expect(problems(['K8S-19'], {})).toEqual([]);
    expect(problems(['K8S-19'], { replace: privileged })).toEqual(
      ['dev', 'staging', 'prod'].map(
        name =>
          `fail K8S-19 ${name}: Container checkout may gain privileges; namespace ${name} enforces restricted`,
      ),
    );
  });

  const pod = (spec: string) => `
apiVersion: batch/v1
kind: Job
metadata: { name: once, labels: { environment: prod } }
spec:
  template:
    spec:
      restartPolicy: Never
      securityContext: { runAsNonRoot: true, seccompProfile: { type: RuntimeDefault } }
      ${spec}
`;
  const SAFE = 'allowPrivilegeEscalation: false, capabilities: { drop: [ALL] }';

  it.each<[string, string, string[]]>([
    [
      'nothing wrong',
      `containers: [{ name: a, image: b, securityContext: { ${SAFE} } }]`,
      [],
    ],
    [
      'a privileged container',
      `containers: [{ name: a, image: b, securityContext: { privileged: true, ${SAFE} } }]`,
      ['Container a is privileged'],
    ],
    [
      'the network of the node',
      `hostNetwork: true\n      containers: [{ name: a, image: b, securityContext: { ${SAFE} } }]`,
      ['The pods share the network of the node'],
    ],
    [
      'capabilities that are kept and added',
      `containers: [{ name: a, image: b, securityContext: { allowPrivilegeEscalation: false, capabilities: { add: [NET_ADMIN, NET_BIND_SERVICE], drop: [] } } }]`,
      ['Container a adds NET_ADMIN', 'Container a keeps capabilities'],
    ],
    [
      'root',
      `containers: [{ name: a, image: b, securityContext: { runAsUser: 0, ${SAFE} } }]`,
      ['Container a runs as root'],
    ],
    [
      'a port of the node',
      `containers: [{ name: a, image: b, ports: [{ containerPort: 80, hostPort: 80 }], securityContext: { ${SAFE} } }]`,
      ['Container a takes port 80 of the node'],
    ],
    [
      'a probe of another host',
      `containers: [{ name: a, image: b, livenessProbe: { httpGet: { host: example.com, port: 80 } }, securityContext: { ${SAFE} } }]`,
      ['The livenessProbe of container a asks example.com'],
    ],
    [
      'a kernel setting',
      `containers: [{ name: a, image: b, securityContext: { ${SAFE} } }]\n      volumes: [{ name: x, nfs: { server: s, path: / } }]`,
      ['Volume x is of type nfs'],
    ],
    [
      'seccomp that is switched off',
      `containers: [{ name: a, image: b, securityContext: { seccompProfile: { type: Unconfined }, ${SAFE} } }]`,
      ['Seccomp is switched off', 'Container a has no seccomp profile'],
    ],
  ])('finds %s', (_, spec, expected) => {
    expect(problems(['K8S-19'], { append: { prod: pod(spec) } })).toEqual(
      expected.map(
        reason =>
          `fail K8S-19 prod: ${reason}; namespace prod enforces restricted`,
      ),
    );
  });
});
