import { Intent } from '@envmatrix/engine';
import { Answers } from '../answers';
import { COMBINATIONS, intentOfAnswers, renderAnswers } from '../testing';
import { RepositoryFile } from '../types';

/** A deploy-config repository as the template makes it, and what it was made from. */
export interface DeployConfig {
  readonly name: string;
  readonly dialect: 'github' | 'gitlab' | 'gitea';
  readonly intent: Intent;
  readonly files: readonly RepositoryFile[];
  /** Text of a file; fails where there is none. */
  readonly read: (path: string) => string;
}

const [{ answers: FIVE }] = COMBINATIONS;

/** What pipelines and alerts depend on, beyond the table: names with hyphens, promises large and small, registries. */
const MORE: Readonly<Record<string, Partial<Answers>>> = {
  'github, approval and pull request': {
    repos: { host: 'github.com', owner: 'acme' },
    github: { reviewers: ['acme/release-managers'] },
    prodGate: ['github-environment', 'pull-request'],
    slo: { availability: 99.95, latencyMs: 1000, window: '7d' },
  },
  'gitlab, hyphens, a registry of its own': {
    repos: { host: 'gitlab.com', owner: 'acme' },
    image: 'registry.example.com/acme/checkout',
    environments: [
      { name: 'dev', kind: 'non-production' },
      { name: 'uat-eu', kind: 'non-production', paging: true },
      { name: 'prod-eu', kind: 'production' },
    ],
  },
  'little promised': {
    slo: { availability: 90, latencyMs: 2000, window: '4w' },
  },
};

let configs: DeployConfig[] | undefined;

/** The whole table. */
export function deployConfigs(): DeployConfig[] {
  configs ??= [
    ...COMBINATIONS,
    ...Object.entries(MORE).map(([name, answers]) => ({
      name,
      answers: { ...FIVE, ...answers },
    })),
  ].map(({ name, answers }) => deployConfigOf(name, answers));
  return configs;
}

/** The one that serves where one is enough. */
export function defaultDeployConfig(
  dialect: DeployConfig['dialect'] = 'github',
): DeployConfig {
  return deployConfigOf(dialect, {
    ...FIVE,
    repos: { ...FIVE.repos, dialect },
  });
}

/** The same text is proven once. */
export function unique<T extends { readonly content: string }>(
  items: readonly T[],
): T[] {
  const byContent = new Map<string, T>();
  for (const item of items) {
    if (!byContent.has(item.content)) {
      byContent.set(item.content, item);
    }
  }
  return [...byContent.values()];
}

function deployConfigOf(name: string, answers: Answers): DeployConfig {
  const intent = intentOfAnswers(answers);
  const { deployConfig: files } = renderAnswers(answers);
  return {
    name,
    dialect: intent.scm?.dialect ?? 'gitea',
    intent,
    files,
    read: path => {
      const file = files.find(candidate => candidate.path === path);
      if (!file) {
        throw new Error(`${name} has no file ${path}`);
      }
      return file.content;
    },
  };
}
