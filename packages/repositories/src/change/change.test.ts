import { Intent, parseIntent } from '@envmatrix/engine';
import { intentToYaml } from '../intentToYaml';
import { intentProblems } from '../problems';
import { renderRepositories } from '../renderRepositories';
import {
  Combination,
  COMBINATIONS,
  intentOfAnswers,
  readTemplateSkeleton,
} from '../testing';
import { rootValues } from '../templateValues/roots';
import {
  addEnvironment,
  changeIntentText,
  planFiles,
  removeEnvironment,
} from '.';

const base = intentOfAnswers({
  service: 'checkout',
  owner: 'group:default/payments',
  image: 'ghcr.io/acme/checkout',
  repos: { host: 'git.example.com', owner: 'acme' },
});

const qa = { name: 'qa', after: 'dev' };

/** Where every cluster that both have is made, and its network. */
function platform(intent: Intent) {
  return Object.fromEntries(
    rootValues(intent)
      .filter(root => root.create_cluster)
      .map(root => [root.cluster_name, `${root.name} ${root.vpc_cidr}`]),
  );
}

const inOrder = (intent: Intent) =>
  intent.environments.map(({ name, level, delivery }) => [
    name,
    level,
    delivery.from,
  ]);

function render(intent: Intent) {
  return renderRepositories({ intent, skeleton: readTemplateSkeleton() });
}

describe('addEnvironment', () => {
  it('puts it behind the one that it is promoted from, and before the next', () => {
    const intent = addEnvironment(base, qa);

    expect(inOrder(intent)).toEqual([
      ['dev', 1, undefined],
      ['qa', 2, 'dev'],
      ['staging', 5, 'qa'],
      ['prod', 10, 'staging'],
    ]);
    expect(intent.environments[1]).toMatchObject({
      kind: 'non-production',
      cluster: 'nonprod',
      namespace: 'checkout-qa',
      workload: base.environments[1].workload,
    });
    expect(intent.clusters[0].environments).toEqual(['dev', 'staging', 'qa']);
  });

  it('makes room between levels that follow each other', () => {
    const once = addEnvironment(base, qa);
    const twice = addEnvironment(once, { name: 'uat', after: 'dev' });
    expect(inOrder(twice)).toEqual([
      ['dev', 1, undefined],
      ['uat', 2, 'dev'],
      ['qa', 3, 'uat'],
      ['staging', 5, 'qa'],
      ['prod', 10, 'staging'],
    ]);
  });

  it.each([
    [{ name: 'qa', after: 'test' }, "there is no environment 'test'"],
    [{ name: 'qa', after: 'prod' }, "'prod' is production"],
    [{ name: 'dev', after: 'dev' }, "an environment 'dev' already"],
  ])('refuses %j', (addition, message) => {
    expect(() => addEnvironment(base, addition)).toThrow(message);
  });
});

describe('removeEnvironment', () => {
  it('promotes from where its releases came from, and leaves cluster and network in their Terraform root', () => {
    const intent = removeEnvironment(base, 'staging');

    expect(inOrder(intent)).toEqual([
      ['dev', 1, undefined],
      ['prod', 10, 'dev'],
    ]);
    expect(intent.clusters[0].terraformRoot).toBe('nonprod');
    expect(platform(intent)).toEqual(platform(base));
  });

  it('lets releases arrive in the next one when the first goes', () => {
    expect(removeEnvironment(base, 'dev').environments[0]).toMatchObject({
      name: 'staging',
      delivery: { sync: 'automatic' },
    });
  });

  it.each([
    ['test', "there is no environment 'test'"],
    ['prod', "'prod' is production"],
  ])('refuses %s', (name, message) => {
    expect(() => removeEnvironment(base, name)).toThrow(message);
  });

  it('refuses the last one before production', () => {
    expect(() =>
      removeEnvironment(removeEnvironment(base, 'dev'), 'staging'),
    ).toThrow("'staging' is the last one before production");
  });
});

describe('every combination', () => {
  /** Of the least that an environment must be told in it. */
  function additionFor({ answers }: Combination, intent: Intent) {
    const [first] = intent.environments;
    return {
      name: 'extra',
      after: first.name,
      ...(answers.exposure && answers.exposure !== 'none'
        ? { host: 'extra.example.com' }
        : {}),
      ...(answers.cloud === 'aws' ? { accountId: '999999999999' } : {}),
    };
  }

  /** Six are the most that are offered. */
  function roomy(intent: Intent): Intent {
    return intent.environments.length < 6
      ? intent
      : removeEnvironment(intent, intent.environments[1].name);
  }

  it.each(COMBINATIONS.map(entry => [entry.name, entry] as const))(
    '%s: an environment that comes and goes leaves what was there',
    (_, combination) => {
      const intent = roomy(intentOfAnswers(combination.answers));
      const more = addEnvironment(intent, additionFor(combination, intent));
      expect(intentProblems(more)).toEqual([]);
      expect(platform(more)).toMatchObject(platform(intent));
      expect(
        render(more).deployConfig.some(({ path }) =>
          path.includes('/overlays/extra/'),
        ),
      ).toBe(true);

      const again = removeEnvironment(more, 'extra');
      expect(intentProblems(again)).toEqual([]);
      expect(platform(again)).toEqual(platform(intent));
      expect(
        again.environments.map(({ name, delivery }) => [name, delivery]),
      ).toEqual(
        intent.environments.map(({ name, delivery }) => [name, delivery]),
      );
    },
  );
});

describe('changeIntentText', () => {
  it('changes what differs, and keeps every other word', () => {
    const text = intentToYaml(base)
      .replace(
        '  - name: staging',
        '  # Twin of production.\n  - name: staging',
      )
      .replace('isolation: shared', 'isolation:   shared');
    const changed = changeIntentText(text, base, addEnvironment(base, qa));

    const result = parseIntent(changed);
    expect(result.ok && inOrder(result.intent)).toEqual(
      inOrder(addEnvironment(base, qa)),
    );
    expect(changed).toMatch(/# Twin of production\.\n\s+- name: staging/);
    const read = parseIntent(changed);
    const back = changeIntentText(
      changed,
      addEnvironment(base, qa),
      removeEnvironment(addEnvironment(base, qa), 'qa'),
    );
    expect(read.ok).toBe(true);
    const again = parseIntent(back);
    expect(again.ok && inOrder(again.intent)).toEqual([
      ['dev', 1, undefined],
      ['staging', 5, 'dev'],
      ['prod', 10, 'staging'],
    ]);
  });
});

describe('planFiles', () => {
  const file = (content: string) => ({ path: 'a.yaml', content });
  const plan = (
    before: string | undefined,
    after: string | undefined,
    actual: string | undefined,
  ) =>
    planFiles({
      before: before === undefined ? [] : [file(before)],
      after: after === undefined ? [] : [file(after)],
      actual: new Map(actual === undefined ? [] : [['a.yaml', actual]]),
    });

  it.each<
    [
      string,
      string | undefined,
      string | undefined,
      string | undefined,
      object[],
    ]
  >([
    ['leaves what does not change', 'a\n', 'a\n', 'edited\n', []],
    [
      'writes what is new',
      undefined,
      'a\n',
      undefined,
      [{ path: 'a.yaml', after: 'a\n' }],
    ],
    [
      'writes what has changed',
      'a\n',
      'b\n',
      'a\n',
      [{ path: 'a.yaml', before: 'a\n', after: 'b\n' }],
    ],
    [
      'takes out what goes',
      'a\n',
      undefined,
      'a\n',
      [{ path: 'a.yaml', before: 'a\n' }],
    ],
    [
      'says that what goes was changed by hand',
      'a\n',
      undefined,
      'b\n',
      [{ path: 'a.yaml', before: 'b\n', isEdited: true }],
    ],
    [
      'merges with what was done by hand',
      'a\nb\nc\nd\ne\n',
      'a\nb\nc\nd\nE\n',
      'A\nb\nc\nd\ne\n',
      [
        {
          path: 'a.yaml',
          before: 'A\nb\nc\nd\ne\n',
          after: 'A\nb\nc\nd\nE\n',
          isEdited: true,
        },
      ],
    ],
    ['has nothing to do twice', 'a\n', 'b\n', 'b\n', []],
    ['forgets what is gone already', 'a\n', undefined, undefined, []],
  ])('%s', (_, before, after, actual, files) => {
    expect(plan(before, after, actual)).toEqual({ files, conflicts: [] });
  });

  it.each<[string, string | undefined, string, string | undefined, string]>([
    ['both changed one line', 'a\n', 'b\n', 'c\n', 'was changed by hand'],
    ['something else is there', undefined, 'a\n', 'b\n', 'is there already'],
    ['it was removed', 'a\n', 'b\n', undefined, 'was removed'],
  ])('leaves a file alone when %s', (_, before, after, actual, problem) => {
    expect(plan(before, after, actual)).toEqual({
      files: [],
      conflicts: [
        { path: 'a.yaml', problem: expect.stringContaining(problem) },
      ],
    });
  });

  it('gives a new overlay the release of the one that it is promoted from', () => {
    const overlay = (environment: string, tag: string) => ({
      path: `apps/checkout/overlays/${environment}/kustomization.yaml`,
      content: `images:\n  - name: checkout\n    newTag: "${tag}"\n`,
    });
    const dev = overlay('dev', '1.4.0');
    const { files } = planFiles({
      before: [overlay('dev', '0.1.0')],
      after: [overlay('dev', '0.1.0'), overlay('qa', '0.1.0')],
      actual: new Map([[dev.path, dev.content]]),
      releaseOf: path => path.replace('/qa/', '/dev/'),
    });
    expect(files).toEqual([
      { path: overlay('qa', '').path, after: overlay('qa', '1.4.0').content },
    ]);
  });
});
