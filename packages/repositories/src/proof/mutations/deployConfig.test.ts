import { Intent } from '@envmatrix/engine';
import { COMBINATIONS, intentOfAnswers, renderAnswers } from '../../testing';
import { RepositoryFile } from '../../types';
import { argoProblems } from '../deployConfig/__testUtils__/argoProblems';
import { judge } from '../deployConfig/__testUtils__/judge';
import { objectsOf } from '../deployConfig/__testUtils__/objects';
import { typeProblems } from '../deployConfig/__testUtils__/typeProblems';
import { vaultProblems } from '../deployConfig/__testUtils__/vaultProblems';
import { DEPLOY_CONFIG_MUTATIONS, DeployConfigMutation } from './deployConfig';
import { edited } from './edit';

jest.setTimeout(300_000);

function mutated(mutation: DeployConfigMutation): {
  intent: Intent;
  deployConfig: RepositoryFile[];
} {
  const { answers } =
    COMBINATIONS.find(({ name }) => name === mutation.combination) ??
    COMBINATIONS[0];
  const { deployConfig } = renderAnswers(answers);
  const edits = [mutation, ...(mutation.also ?? [])];
  const unknown = edits.find(edit =>
    deployConfig.every(({ path }) => path !== edit.file),
  );
  if (unknown) {
    throw new Error(`${mutation.name} is of no file: ${unknown.file}`);
  }
  const changed = deployConfig.map(file => ({
    ...file,
    content: edits
      .filter(edit => edit.file === file.path)
      .reduce(edited, file.content),
  }));
  return { intent: intentOfAnswers(answers), deployConfig: changed };
}

const by = (kind: DeployConfigMutation['caught']['by']) =>
  DEPLOY_CONFIG_MUTATIONS.filter(({ caught }) => caught.by === kind).map(
    mutation => [mutation.name, mutation] as const,
  );

describe('a generated deploy-config repository, done wrong', () => {
  it('in thirty ways and more', () => {
    expect(DEPLOY_CONFIG_MUTATIONS.length).toBeGreaterThanOrEqual(30);
  });

  it.each(by('rule'))('%s: a rule notices', (_, mutation) => {
    const { intent, deployConfig } = mutated(mutation);
    const { findings } = judge(intent, { deployConfig });
    const wanted =
      mutation.caught.by === 'rule' && mutation.caught.warns ? 'warn' : 'fail';
    const noticed = findings
      .filter(({ outcome }) => outcome === wanted)
      .map(finding => finding.rule);
    expect(noticed).toContain(
      mutation.caught.by === 'rule' ? mutation.caught.rule : undefined,
    );
  });

  it.each(by('kustomize'))('%s: kustomize notices', (_, mutation) => {
    const { intent, deployConfig } = mutated(mutation);
    expect(() => judge(intent, { deployConfig })).toThrow(
      mutation.caught.by === 'kustomize' ? mutation.caught.says : '',
    );
  });

  it.each(by('argo'))(
    '%s: a look at what Argo CD does notices',
    (_, mutation) => {
      const { intent, deployConfig } = mutated(mutation);
      const problems = argoProblems(objectsOf(intent, deployConfig));
      expect(problems.join('\n')).toContain(
        mutation.caught.by === 'argo' ? mutation.caught.says : undefined,
      );
    },
  );

  it.each(by('vault'))(
    '%s: a look at what Vault lets in notices',
    async (_, mutation) => {
      const { intent, deployConfig } = mutated(mutation);
      const problems = await vaultProblems(intent, deployConfig);
      expect(problems.join('\n')).toContain(
        mutation.caught.by === 'vault' ? mutation.caught.says : undefined,
      );
    },
  );

  it('in ways that the types of the kinds notice', () => {
    const broken = by('types').map(([name, mutation]) => {
      const { intent, deployConfig } = mutated(mutation);
      return {
        name,
        says: mutation.caught.by === 'types' ? mutation.caught.says : '',
        objects: objectsOf(intent, deployConfig).map(object => ({
          ...object,
          where: name,
        })),
      };
    });
    const problems = typeProblems(broken.flatMap(({ objects }) => objects));
    for (const { name, says } of broken) {
      expect(
        problems.filter(
          problem => problem.includes(name) && problem.includes(says),
        ),
      ).not.toEqual([]);
    }
  });
});
