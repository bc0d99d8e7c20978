import { Intent } from '@envmatrix/engine';
import { COMBINATIONS, intentOfAnswers, renderAnswers } from '../../testing';
import { RepositoryFile } from '../../types';

/** What names an environment and no other: its namespace, its host, its path in Vault, its role. */
function tokensOf(intent: Intent): Record<string, string[]> {
  const service = intent.metadata.name;
  return Object.fromEntries(
    intent.environments.map(({ name, host }) => [
      name,
      [
        `${service}-${name}`,
        `${service}_${name}`,
        `${name}/${service}`,
        ...(host === undefined ? [] : [host]),
      ],
    ]),
  );
}

/** Files that are for one environment alone. */
function ownFiles(
  intent: Intent,
  name: string,
  files: readonly RepositoryFile[],
): RepositoryFile[] {
  const service = intent.metadata.name;
  const places = [
    `apps/${service}/overlays/${name}/`,
    `argocd/projects/${service}-${name}.yaml`,
    `argocd/applications/${service}-${name}.yaml`,
    `argocd/applicationsets/${service}-${name}.yaml`,
    `cert-manager/issuers-${name}.yaml`,
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

it.each(COMBINATIONS.map(({ name, answers }) => [name, answers] as const))(
  '%s: no file of an environment names another',
  (_, answers) => {
    const intent = intentOfAnswers(answers);
    const { deployConfig } = renderAnswers(answers);
    const tokens = tokensOf(intent);
    const found = intent.environments.flatMap(({ name }) => {
      const own = ownFiles(intent, name, deployConfig);
      expect(own.length).toBeGreaterThan(5);
      return own.flatMap(({ path, content }) =>
        Object.entries(tokens)
          .filter(([other]) => other !== name)
          .flatMap(([, foreign]) => foreign)
          .filter(token => contains(content, token))
          .map(token => `${path} names ${token}`),
      );
    });
    expect(found).toEqual([]);
  },
);
