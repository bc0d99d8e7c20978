import { promises as fs } from 'fs';
import path from 'path';
import { LoggerService } from '@backstage/backend-plugin-api';
import { parseIntent } from '@envmatrix/engine';
import {
  repositoryProtection,
  RepositoryProtection,
} from '@envmatrix/repositories';
import {
  parseRepositoryUrl,
  ProtectionStep,
  RepositoryRef,
  ScmHost,
} from '@envmatrix/scm';

/** A repository that has its first commit, and the folder that it was made from. */
export interface PublishedRepository {
  readonly folder: string;
  readonly url: string;
  readonly host: ScmHost;
  readonly repository: RepositoryRef;
}

/** What a repository is held to since. */
export interface ProtectedRepository {
  readonly url: string;
  readonly steps: readonly ProtectionStep[];
}

/**
 * Makes git hosts hold the repositories of an intent to its gates, once their first commits are there: before, nothing could be
 * pushed. Repositories that no intent speaks of are left alone.
 */
export async function protectRepositories(
  repositories: readonly PublishedRepository[],
  logger: LoggerService,
): Promise<readonly ProtectedRepository[]> {
  const done: ProtectedRepository[] = [];
  for (const { folder, url, host, repository } of repositories) {
    const protection = await protectionOf(folder, url);
    if (!protection) {
      logger.info(`${url}: no intent says how it is to be protected`);
      continue;
    }
    const steps = await host.protect({ repository, protection });
    for (const { what, refused } of steps) {
      if (refused === undefined) {
        logger.info(`${url}: ${what}`);
      } else {
        logger.warn(`${url}: not done: ${what}: ${refused}`);
      }
    }
    done.push({ url, steps });
  }
  return done;
}

async function protectionOf(
  folder: string,
  url: string,
): Promise<RepositoryProtection | undefined> {
  const text = await fs
    .readFile(path.join(folder, 'environments.yaml'), 'utf8')
    .catch(() => undefined);
  const result = text === undefined ? undefined : parseIntent(text);
  if (!result?.ok) {
    return undefined;
  }
  const { infrastructure, deployConfig } = result.intent.repositories;
  const protection = repositoryProtection(result.intent);
  if (deployConfig !== undefined && isSame(deployConfig, url)) {
    return protection.deployConfig;
  }
  return infrastructure !== undefined && isSame(infrastructure, url)
    ? protection.infrastructure
    : undefined;
}

function isSame(one: string, other: string): boolean {
  return addressOf(one) === addressOf(other);
}

function addressOf(url: string): string {
  const { host } = parseRepositoryUrl(url);
  return `${host}${new URL(url).pathname.replace(/(\.git)?\/*$/, '')}`;
}

/** What holds since, for people. */
export function protectionText(
  repositories: readonly ProtectedRepository[],
): string {
  return repositories
    .map(({ url, steps }) => {
      const done = steps.filter(({ refused }) => refused === undefined);
      return [
        `**${nameOf(url)}**`,
        '',
        ...(done.length > 0
          ? done.map(({ what }) => `- ${what}.`)
          : ['- Nothing: the git host refused all of it.']),
      ].join('\n');
    })
    .join('\n\n');
}

/** What the hosts refused, each a step that a person has to do. */
export function refusedText(
  repositories: readonly ProtectedRepository[],
): string {
  return repositories
    .flatMap(({ url, steps }) =>
      steps.flatMap(({ what, refused }) =>
        refused === undefined
          ? []
          : [
              `- **Protect ${nameOf(
                url,
              )} by hand.** ${what}: the git host did not take it (${oneLine(
                refused,
              )}).`,
            ],
      ),
    )
    .map(line => `${line}\n`)
    .join('');
}

function nameOf(url: string): string {
  return new URL(url).pathname.replace(/(\.git)?\/*$/, '').slice(1);
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/\.$/, '');
}
