import { Intent, parseIntent } from '@envmatrix/engine';
import { parse } from 'yaml';
import { Answers } from './answers';
import {
  addEnvironment,
  changeIntentText,
  planFiles,
  removeEnvironment,
} from './change';
import { editedFiles } from './drift';
import { intentToYaml } from './intentToYaml';
import { intentProblems } from './problems';
import { repositoryProtection } from './protection';
import { renderRepositories } from './renderRepositories';
import {
  intentOfAnswers,
  readTemplateSkeleton,
  SIX_GATES,
  withDelivery,
} from './testing';

const answers = {
  service: 'checkout',
  owner: 'group:default/payments',
  image: 'ghcr.io/acme/checkout',
  repos: { host: 'git.example.com', owner: 'acme' },
} as const;

const github: Answers = {
  ...answers,
  repos: { host: 'github.com', owner: 'acme' },
  github: { plan: 'enterprise', reviewers: ['acme/platform'] },
};

const qa = {
  way: 'pull-request',
  gates: [{ approval: { by: ['group:default/testers'] } }],
};

const base = intentOfAnswers(answers);
const gated = withDelivery(base, { prod: { gates: SIX_GATES }, staging: qa });

function render(intent: Intent, intentText = intentToYaml(intent)) {
  return renderRepositories({
    intent,
    intentText,
    skeleton: readTemplateSkeleton(),
  });
}

function fileOf(intent: Intent, path: string): string {
  const found = render(intent).deployConfig.find(file => file.path === path);
  if (!found) {
    throw new Error(`${path} is not generated`);
  }
  return found.content;
}

const gatesOf = (intent: Intent, name: string) =>
  intent.environments.find(environment => environment.name === name)?.delivery
    .gates;

const ownersOf = (intent: Intent, path: string) =>
  fileOf(intent, 'CODEOWNERS')
    .split('\n')
    .find(line => line.startsWith(path))
    ?.split(' ')
    .slice(1);

/** The groups of the roles in an AppProject, by role. */
function rolesOf(intent: Intent, name: string): Record<string, string[]> {
  const { spec } = parse(
    fileOf(intent, `argocd/projects/checkout-${name}.yaml`),
  );
  return Object.fromEntries(
    spec.roles.map((role: { name: string; groups: string[] }) => [
      role.name,
      role.groups,
    ]),
  );
}

describe('an intent with every gate', () => {
  it('has no problem, and is rendered as it was written', () => {
    expect(intentProblems(gated)).toEqual([]);
    const { deployConfig, infrastructure } = render(gated);
    for (const files of [deployConfig, infrastructure]) {
      const text = files.find(({ path }) => path === 'environments.yaml');
      const read = parseIntent(text?.content ?? '');
      expect(read.ok && gatesOf(read.intent, 'prod')).toEqual(SIX_GATES);
      expect(
        editedFiles(
          files,
          new Map(files.map(({ path, content }) => [path, content])),
        ),
      ).toEqual([]);
    }
  });

  it('says in the document what holds a promotion back, and what nobody asks without the portal', () => {
    const document = fileOf(gated, 'docs/promotion.md');
    expect(document).toContain(
      'Before it may: it runs healthy in staging; it has done so for 24h, without a break; somebody of `release-managers` or `ada` agrees; ' +
        'no freeze is on (`0 16 * * FRI` for 64h, Europe/Berlin: No deployments over the weekend); ' +
        'a time for promotions has come (`0 8 * * MON-FRI` for 10h, UTC); the rules find no violation in staging; ' +
        "Argo CD's sync windows let prod be synced.",
    );
    expect(document).toContain(
      'Before it may: it runs healthy in dev; somebody of `testers` agrees.',
    );
    expect(document).toContain(
      'The portal alone asks about soak, freeze, parity and syncWindow: whoever promotes without it sees to that.',
    );
    expect(fileOf(base, 'docs/promotion.md')).not.toContain('The portal alone');
  });

  it('counts an approval among what the portal alone asks where a commit promotes', () => {
    const committed = withDelivery(base, {
      staging: { ...qa, way: 'commit' },
    });
    expect(fileOf(committed, 'docs/promotion.md')).toContain(
      'The portal alone asks about approval:',
    );
  });

  it.each(['gitea', 'github', 'gitlab'] as const)(
    'asks the approvers on %s, each for their environment, and for what decides about production',
    dialect => {
      const intent = withDelivery(
        intentOfAnswers({ ...answers, repos: { ...answers.repos, dialect } }),
        { prod: { gates: SIX_GATES }, staging: qa },
      );
      const root = dialect === 'gitea' ? '' : '/';
      const managers = ['@acme/release-managers', '@ada'];
      expect(ownersOf(intent, `${root}apps/checkout/overlays/prod/`)).toEqual(
        managers,
      );
      expect(ownersOf(intent, `${root}apps/checkout/base/`)).toEqual(managers);
      expect(ownersOf(intent, `${root}argocd/`)).toEqual(managers);
      expect(
        ownersOf(intent, `${root}apps/checkout/overlays/staging/`),
      ).toEqual(['@acme/testers']);
      expect(
        ownersOf(intent, `${root}apps/checkout/overlays/dev/`),
      ).toBeUndefined();
    },
  );

  it('lets nobody but the approvers agree to production where reviewers are named too', () => {
    const intent = withDelivery(intentOfAnswers(github), {
      prod: { gates: SIX_GATES },
    });
    expect(ownersOf(intent, '/apps/checkout/overlays/prod/')).toEqual([
      '@acme/release-managers',
      '@ada',
    ]);
    expect(ownersOf(intent, '/argocd/')).toEqual([
      '@acme/platform',
      '@acme/release-managers',
      '@ada',
    ]);
  });

  it('lets those start a sync of production who approve promotions into it, and not those who approve elsewhere', () => {
    expect(rolesOf(gated, 'prod')).toEqual({
      developer: ['payments'],
      'release-manager': ['release-managers', 'ada'],
    });
    expect(
      rolesOf(withDelivery(base, { staging: qa }), 'prod')['release-manager'],
    ).toEqual(['payments']);
  });

  it('has its git host protected: a review before every promotion by pull request, of teams that may write', () => {
    const { deployConfig } = repositoryProtection(gated);
    expect(deployConfig.codeOwners).toEqual([
      'acme/payments',
      'acme/testers',
      'acme/release-managers',
    ]);
    expect(deployConfig.review).toMatchObject({
      approvals: 1,
      directFiles: ['apps/checkout/overlays/dev/kustomization.yaml'],
    });
  });

  it('lets the approvers alone go on with a workflow', () => {
    const intent = withDelivery(
      intentOfAnswers({ ...github, prodGate: ['github-environment'] }),
      { prod: { gates: SIX_GATES } },
    );
    expect(intentProblems(intent)).toEqual([]);
    expect(repositoryProtection(intent).deployConfig.deployments).toEqual([
      { environment: 'prod', reviewers: ['acme/release-managers'] },
    ]);
  });
});

describe('a change of the environments', () => {
  const text = intentToYaml(gated);

  it.each([
    [
      'one that comes',
      addEnvironment(gated, { name: 'qa', after: 'staging' }),
      'qa',
    ],
    ['one that goes', removeEnvironment(gated, 'staging'), 'dev'],
    ['the first that goes', removeEnvironment(gated, 'dev'), 'staging'],
  ])('keeps the gates: %s', (_, changed, from) => {
    expect(intentProblems(changed)).toEqual([]);
    const changedText = changeIntentText(text, gated, changed);
    const read = parseIntent(changedText);
    expect(read.ok && gatesOf(read.intent, 'prod')).toEqual(SIX_GATES);
    const before = render(gated, text).deployConfig;
    const { conflicts, files } = planFiles({
      before,
      after: render(changed, changedText).deployConfig,
      actual: new Map(before.map(({ path, content }) => [path, content])),
    });
    expect(conflicts).toEqual([]);
    expect(
      files.find(({ path }) => path === 'docs/promotion.md')?.after ?? '',
    ).toContain(`it runs healthy in ${from}; it has done so for 24h`);
  });

  it('asks nobody any more where releases now arrive by themselves', () => {
    const changed = removeEnvironment(gated, 'dev');
    expect(gatesOf(changed, 'staging')).toBeUndefined();
    expect(ownersOf(changed, 'apps/checkout/overlays/staging/')).toBe(
      undefined,
    );
  });
});

describe('gates that hold nothing', () => {
  const problemsOf = (intent: Intent) =>
    intentProblems(intent).map(({ field, message }) => `${field} ${message}`);

  it('are refused where nothing is promoted to', () => {
    expect(
      problemsOf(withDelivery(base, { dev: { gates: [{ soak: '1h' }] } })),
    ).toEqual([
      "environments.0.delivery.gates has soak, which nothing asks: releases arrive in 'dev' by themselves; put it where they are promoted to",
    ]);
    expect(
      problemsOf(withDelivery(base, { dev: { gates: [{ health: true }] } })),
    ).toEqual([]);
  });

  it.each([
    'release-managers',
    'component:default/checkout',
    'group:default/release managers',
    'group:release-managers',
    'group:default/Release-Managers',
    'group:default/',
  ])('are refused where %s would have to approve', reference => {
    expect(
      problemsOf(
        withDelivery(base, {
          prod: { gates: [{ approval: { by: [reference] } }] },
        }),
      ),
    ).toEqual([
      `environments.2.delivery.gates asks '${reference}' for an approval, whom nobody can be; write the whole reference of a group or a user in small letters, such as group:default/release-managers`,
    ]);
  });

  it.each(['group:default/release_managers', 'user:payments/ada.adams'])(
    'hold where %s approves',
    reference => {
      expect(
        problemsOf(
          withDelivery(base, {
            prod: { gates: [{ approval: { by: [reference] } }] },
          }),
        ),
      ).toEqual([]);
    },
  );

  it('are refused where no workflow waits for the approval', () => {
    const message = /^environments\.1\.delivery\.way is workflow, and no/;
    expect(
      problemsOf(withDelivery(base, { staging: { ...qa, way: 'workflow' } })),
    ).toEqual([expect.stringMatching(message)]);
  });
});
