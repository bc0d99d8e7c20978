import { COMBINATIONS } from './combinations';
import { optionsOfAnswers, optionsUsed } from './options';

describe('the combinations that everything is proven with', () => {
  it('are many, of different names', () => {
    expect(COMBINATIONS.length).toBeGreaterThanOrEqual(24);
    expect(new Set(COMBINATIONS.map(({ name }) => name)).size).toBe(
      COMBINATIONS.length,
    );
  });

  it('have every option at least twice', () => {
    const seldom = optionsOfAnswers().filter(
      option =>
        COMBINATIONS.filter(({ answers }) => optionsUsed(answers).has(option))
          .length < 2,
    );
    expect(seldom).toEqual([]);
  });
});
