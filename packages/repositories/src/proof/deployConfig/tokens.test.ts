import { Intent, IntentEnvironment, targetsOf } from '@envmatrix/engine';
import { COMBINATIONS, intentOfAnswers, renderAnswers } from '../../testing';
import { RepositoryFile } from '../../types';
import { accountTokens } from '../accountTokens';

/**
 * What names an environment and no other: its namespaces, its host, its path in Vault, its role, its label, its files,
 * its accounts and the buckets of its states.
 */
function tokensOf(intent: Intent, environment: IntentEnvironment): string[] {
  const service = intent.metadata.name;
  const { name, host } = environment;
  return [
    `${service}-${name}`,
    `${service}_${name}`,
    `${name}/${service}`,
    `environment: ${name}`,
    `overlays/${name}`,
    `issuers-${name}.yaml`,
    ...targetsOf(environment).map(({ namespace }) => namespace),
    ...(host === undefined ? [] : [host]),
    ...accountTokens(intent, environment),
  ];
}

/** Files that are for one environment alone. */
function ownFiles(
  intent: Intent,
  environment: IntentEnvironment,
  files: readonly RepositoryFile[],
): RepositoryFile[] {
  const service = intent.metadata.name;
  const { name } = environment;
  const targets = targetsOf(environment);
  const applications = targets.map(({ region, cluster }) =>
    targets.length === 1 ? name : `${name}-${region ?? cluster}`,
  );
  const places = [
    `apps/${service}/overlays/${name}/`,
    `argocd/projects/${service}-${name}.yaml`,
    `argocd/applicationsets/${service}-${name}.yaml`,
    ...applications.flatMap(application => [
      `argocd/applications/${service}-${application}.yaml`,
      `argocd/platform/${service}-${application}-certificates.yaml`,
    ]),
    `cert-manager/issuers-${name}.yaml`,
    `monitoring/prometheus/values-${name}.yaml`,
    `monitoring/targets/${service}-${name}.yaml`,
    `vault/policies/${service}-${name}.hcl`,
    `vault/roles/${service}_${name}.json`,
  ];
  return files.filter(({ path }) =>
    places.some(place => path.startsWith(place)),
  );
}

function contains(text: string, token: string): boolean {
  const escaped = token.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(^|[^\\w.-])${escaped}($|[^\\w.-])`, 'm').test(text);
}

/** Where a file of one environment names another. */
function foreignTokens(
  intent: Intent,
  files: readonly RepositoryFile[],
): string[] {
  return intent.environments.flatMap(environment => {
    // What two environments share, such as the account of their cluster, gives neither away.
    const own = tokensOf(intent, environment);
    const foreign = intent.environments
      .filter(({ name }) => name !== environment.name)
      .flatMap(other => tokensOf(intent, other))
      .filter(
        (token, index, all) =>
          !own.includes(token) && all.indexOf(token) === index,
      );
    return ownFiles(intent, environment, files).flatMap(({ path, content }) =>
      foreign
        .filter(token => contains(content, token))
        .map(token => `${path} names ${token}`),
    );
  });
}

const cases = COMBINATIONS.map(({ name, answers }) => [name, answers] as const);

it.each(cases)('%s: no file of an environment names another', (_, answers) => {
  expect(
    foreignTokens(
      intentOfAnswers(answers),
      renderAnswers(answers).deployConfig,
    ),
  ).toEqual([]);
});

it('looks at every file that has an environment in its path', () => {
  for (const [, answers] of cases) {
    const intent = intentOfAnswers(answers);
    const { deployConfig } = renderAnswers(answers);
    const names = intent.environments.map(({ name }) => name).join('|');
    const own = intent.environments.flatMap(environment =>
      ownFiles(intent, environment, deployConfig).map(({ path }) => path),
    );
    const named = deployConfig
      .map(({ path }) => path)
      // A script may be called after what it does, and an environment `test`.
      .filter(path => !path.startsWith('scripts/'))
      .filter(path => new RegExp(`(^|[/_-])(${names})([/.-]|$)`).test(path));
    expect(named.length).toBeGreaterThan(5 * intent.environments.length);
    expect([...own].sort()).toEqual([...named].sort());
  }
});

it.each([
  ['apps/pay/overlays/dev/kustomization.yaml', '# 222222222222'],
  ['monitoring/targets/pay-dev.yaml', '# pay-prod'],
  ['monitoring/prometheus/values-dev.yaml', 'environment: prod'],
  ['argocd/platform/pay-dev-certificates.yaml', 'include: issuers-prod.yaml'],
  ['argocd/projects/pay-dev.yaml', '# acme-floor-state'],
])('notices what %s must not say', (suffix, text) => {
  const { answers } =
    COMBINATIONS.find(({ name }) => name === 'everything said, aws, github') ??
    COMBINATIONS[0];
  const intent = intentOfAnswers(answers);
  const path = suffix.replaceAll('pay', intent.metadata.name);
  const said = text.replaceAll('pay', intent.metadata.name);
  const found = foreignTokens(
    intent,
    renderAnswers(answers).deployConfig.map(file =>
      file.path === path
        ? { ...file, content: `${file.content}${said}\n` }
        : file,
    ),
  );
  expect(found).toHaveLength(1);
  expect(found[0]).toContain(path);
});
