import path from 'path';
import { defaultDeployConfig } from '../deployConfigs';
import { inFolder, run } from '../programs';
import { IDENTITY } from './__testUtils__/ClonedRepository';
import { gitlabScriptsOf } from './__testUtils__/gitlabProblems';
import { scriptsOf } from './__testUtils__/workflowProblems';

/** The part of the source repository's pipeline that names a release, as the runner would run it. */
const SCRIPTS = {
  github: namingOf('github'),
  gitea: namingOf('gitea'),
  gitlab: gitlabScriptsOf(
    defaultDeployConfig('gitlab').read('docs/deliver.gitlab.yaml'),
  ).find(({ where }) => where === 'name')?.script,
} as const;

function namingOf(dialect: 'github' | 'gitea'): string | undefined {
  return scriptsOf(
    defaultDeployConfig(dialect).read(`docs/deliver.${dialect}.yaml`),
  ).find(({ where }) => where.endsWith('Name the release'))?.script;
}

/** Names a release in a repository with one commit for each entry, which bears the tags of that entry. */
function named(
  dialect: keyof typeof SCRIPTS,
  history: readonly (readonly string[])[],
) {
  return inFolder(folder => {
    const clone = path.join(folder, 'clone');
    const git = (...args: string[]) =>
      run('git', args, { cwd: clone, env: IDENTITY }).stdout;
    run('git', ['init', '--quiet', '--bare', 'origin.git'], { cwd: folder });
    run('git', ['config', 'receive.advertisePushOptions', 'true'], {
      cwd: path.join(folder, 'origin.git'),
    });
    run('git', ['clone', '--quiet', 'origin.git', 'clone'], {
      cwd: folder,
      env: IDENTITY,
    });
    for (const tags of history) {
      git('commit', '--quiet', '--allow-empty', '-m', 'A change');
      for (const tag of tags) {
        git('tag', tag);
      }
    }
    const output = path.join(clone, 'version.env');
    // The runner of GitLab sets the address that is pushed to, which is not to be had here.
    const script = SCRIPTS[dialect]?.replace(/^git remote set-url.*$/m, '');
    const { code, stderr } = run(
      'bash',
      ['-eo', 'pipefail', '-c', script ?? 'exit 1'],
      { cwd: clone, env: { ...IDENTITY, GITHUB_OUTPUT: output } },
    );
    return {
      code,
      stderr,
      version: run('cat', [output]).stdout.trim().toLowerCase(),
      pushed: run('git', ['tag'], { cwd: path.join(folder, 'origin.git') })
        .stdout.split('\n')
        .filter(Boolean),
    };
  });
}

describe.each(['github', 'gitea', 'gitlab'] as const)(
  'a release of the source repository, named on %s',
  dialect => {
    it.each([
      ['the first one', [[]], '0.1.0', ['0.1.0']],
      ['the one after the last', [['0.1.9'], []], '0.1.10', ['0.1.10']],
      [
        'the one after the newest, and not the last in the alphabet',
        [['0.9.0'], ['0.10.2'], []],
        '0.10.3',
        ['0.10.3'],
      ],
      ['what a person has tagged', [['0.1.0'], ['1.0.0']], '1.0.0', []],
      [
        'not after tags of another kind',
        [['nightly', 'v2'], []],
        '0.1.0',
        ['0.1.0'],
      ],
    ])('%s', (_, history, version, pushed) => {
      expect(named(dialect, history)).toEqual({
        code: 0,
        stderr: expect.any(String),
        version: `version=${version}`,
        pushed,
      });
    });
  },
);

describe('what a pipeline says of the commit that it built', () => {
  it.each([
    ['github', '"$GITHUB_SHA"', 'revision=${{ github.sha }}'],
    ['gitea', '"$GITHUB_SHA"', 'revision=${{ github.sha }}'],
    ['gitlab', '"$CI_COMMIT_SHA"', 'revision=$CI_COMMIT_SHA'],
  ] as const)(
    'is on the image, and goes along with the release: %s',
    (dialect, argument, label) => {
      const text = defaultDeployConfig(dialect).read(
        `docs/deliver.${dialect}.yaml`,
      );
      expect(text).toMatch(
        /scripts\/release\.sh checkout "\$VERSION" "\$DIGEST" /,
      );
      expect(text).toContain(`"$DIGEST" ${argument}\n`);
      expect(text).toContain(`org.opencontainers.image.${label}`);
    },
  );

  it.each(['github', 'gitea'] as const)(
    'is found where a workflow of %s promotes it: the clone has its history',
    dialect => {
      expect(
        defaultDeployConfig(dialect).read(`.${dialect}/workflows/promote.yaml`),
      ).toContain('fetch-depth: 0');
    },
  );
});
