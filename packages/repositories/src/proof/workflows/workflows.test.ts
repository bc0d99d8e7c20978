import { repositoryProtection } from '../../protection';
import { DeployConfig, deployConfigs, unique } from '../deployConfigs';
import { inFolder, run, which, writeFiles } from '../programs';
import {
  gitlabProblems,
  gitlabScriptsOf,
} from './__testUtils__/gitlabProblems';
import { lintWorkflows } from './__testUtils__/lintWorkflows';
import { scriptsOf, workflowProblems } from './__testUtils__/workflowProblems';

const configs = deployConfigs();

/** Pipelines of every repository, the same text once. */
const pipelines = unique(
  configs.flatMap(config =>
    config.files
      .filter(({ path }) => isPipeline(path))
      .map(({ path, content }) => ({
        dialect: config.dialect,
        path,
        content,
        name: `${config.name}: ${path}`,
      })),
  ),
);

function isPipeline(path: string): boolean {
  return (
    /^\.(github|gitea)\/workflows\//.test(path) ||
    path === '.gitlab-ci.yml' ||
    /^docs\/deliver\./.test(path)
  );
}

describe('generated pipelines', () => {
  it('are of the dialect of the git host, and of no other', () => {
    const folders: Record<DeployConfig['dialect'], string[]> = {
      github: [
        '.github/workflows/promote.yaml',
        '.github/workflows/validate.yaml',
        'docs/deliver.github.yaml',
      ],
      gitea: [
        '.gitea/workflows/promote.yaml',
        '.gitea/workflows/validate.yaml',
        'docs/deliver.gitea.yaml',
      ],
      gitlab: ['.gitlab-ci.yml', 'docs/deliver.gitlab.yaml'],
    };
    for (const { dialect, files } of configs) {
      expect(
        files
          .map(({ path }) => path)
          .filter(isPipeline)
          .sort(),
      ).toEqual(folders[dialect]);
    }
  });

  it('pass actionlint where they are Actions', () => {
    const actions = pipelines.filter(({ dialect }) => dialect !== 'gitlab');
    expect(actions.length).toBeGreaterThanOrEqual(6);
    expect(
      lintWorkflows(
        actions.map(({ content }, index) => ({
          path: `.github/workflows/${index}.yaml`,
          content,
        })),
      ),
    ).toEqual([]);
  });

  it.each(pipelines.map(pipeline => [pipeline.name, pipeline] as const))(
    'hold to the rules of the project: %s',
    (_, { dialect, content }) => {
      expect(
        dialect === 'gitlab'
          ? gitlabProblems(content)
          : workflowProblems(content),
      ).toEqual([]);
    },
  );

  it.each(configs.map(config => [config.name, config] as const))(
    'wait for an approval where that is the gate, and offer what is promoted into: %s',
    (_, config) => {
      const isApproved =
        config.intent.prodGate?.includes('github-environment') ?? false;
      const text = config.read(
        config.dialect === 'gitlab'
          ? '.gitlab-ci.yml'
          : `.${config.dialect}/workflows/promote.yaml`,
      );
      expect(/^ +environment:/m.test(text)).toBe(isApproved);
      const [first, ...others] = config.intent.environments;
      for (const { name } of others) {
        expect(text).toMatch(new RegExp(`^ +- ${name}$`, 'm'));
      }
      expect(text).not.toMatch(new RegExp(`^ +- ${first.name}$`, 'm'));
    },
  );
});

describe('a promotion on Gitea, whose own token starts no checks', () => {
  it.each(
    configs
      .filter(({ dialect }) => dialect === 'gitea')
      .map(config => [config.name, config] as const),
  )('answers the checks that main asks for: %s', (_, config) => {
    const { review } = repositoryProtection(config.intent).deployConfig;
    for (const check of review?.checks ?? []) {
      expect(config.read('.gitea/workflows/promote.yaml')).toContain(
        `context: "${check}"`,
      );
    }
  });
});

describe('code owners', () => {
  it.each(configs.map(config => [config.name, config] as const))(
    'of what decides about production are those of production: %s',
    (_, config) => {
      const lines = config
        .read('CODEOWNERS')
        .split('\n')
        .filter(line => line !== '' && !line.startsWith('#'));
      const ownersOf = (pattern: RegExp) =>
        lines.find(line => pattern.test(line))?.replace(/^\S+ /, '');
      const owners = ownersOf(/overlays\/[^/ ]+\/(\.\*)? @/);
      expect(owners).toMatch(/^@/);
      for (const decides of [
        /argocd/,
        /scripts/,
        /monitoring/,
        /CODEOWNERS/,
        /[.\]](github|gitea|gitlab-ci)/,
      ]) {
        expect(ownersOf(decides)).toBe(owners);
      }
    },
  );
});

describe('shell scripts', () => {
  const scripts = unique([
    ...pipelines.flatMap(({ dialect, content, name }) =>
      (dialect === 'gitlab'
        ? gitlabScriptsOf(content)
        : scriptsOf(content)
      ).map(({ where, script }) => ({
        name: `${name}, ${where}`,
        content: `#!/bin/bash\n${script}`,
      })),
    ),
    ...configs.flatMap(config =>
      config.files
        .filter(({ path }) => path.startsWith('scripts/'))
        .map(({ path, content }) => ({
          name: `${config.name}: ${path}`,
          content,
        })),
    ),
  ]);

  it('are read by bash', () => {
    expect(scripts.length).toBeGreaterThan(15);
    const refused = scripts.filter(
      ({ content }) => run('bash', ['-n'], { input: content }).code !== 0,
    );
    expect(refused.map(({ name }) => name)).toEqual([]);
  });

  if (which('shellcheck')) {
    it('pass shellcheck', () => {
      inFolder(folder => {
        writeFiles(
          folder,
          scripts.map(({ content }, index) => ({
            path: `${index}.sh`,
            content,
          })),
        );
        const { stdout } = run(
          'shellcheck',
          [
            '--severity=warning',
            '--format=gcc',
            ...scripts.map((_, index) => `${index}.sh`),
          ],
          { cwd: folder },
        );
        expect(stdout).toBe('');
      });
    });
  }
});
