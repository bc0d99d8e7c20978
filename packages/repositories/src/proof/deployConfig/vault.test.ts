import { COMBINATIONS, intentOfAnswers, renderAnswers } from '../../testing';
import { vaultProblems } from './__testUtils__/vaultProblems';

jest.setTimeout(300_000);

const cases = COMBINATIONS.map(({ name, answers }) => [name, answers] as const);

describe('what Vault lets in', () => {
  it.each(cases)(
    '%s: each role binds the ServiceAccount of its store, and reads what its secrets come from',
    async (_, answers) => {
      const { deployConfig } = renderAnswers(answers);
      expect(
        await vaultProblems(intentOfAnswers(answers), deployConfig),
      ).toEqual([]);
    },
  );

  it('is proven of policies that are there, some without those of environments with made-up values', () => {
    const counts = cases.map(([, answers]) => {
      const { deployConfig } = renderAnswers(answers);
      return {
        environments: intentOfAnswers(answers).environments.length,
        policies: deployConfig.filter(({ path }) =>
          path.startsWith('vault/policies/'),
        ).length,
      };
    });
    const some = counts.filter(({ policies }) => policies > 0);
    expect(some.length).toBeGreaterThan(5);
    expect(
      some.some(({ environments, policies }) => policies < environments),
    ).toBe(true);
  });
});
