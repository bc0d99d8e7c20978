import { ruleCatalogue } from './catalogue';

/** What the guide asks for, by family. */
const FAMILIES: Readonly<Record<string, number>> = {
  ENV: 12,
  TF: 20,
  CAP: 1,
  K8S: 28,
  SEC: 11,
  PIPE: 11,
  OBS: 12,
};

describe('ruleCatalogue', () => {
  it('has every rule once', () => {
    const expected = Object.entries(FAMILIES).flatMap(([family, count]) =>
      Array.from(
        { length: count },
        (_, index) => `${family}-${String(index + 1).padStart(2, '0')}`,
      ),
    );
    expect(ruleCatalogue.map(({ id }) => id).sort()).toEqual(expected.sort());
  });

  it.each(ruleCatalogue.map(rule => [rule.id, rule] as const))(
    '%s says what holds, why it is looked at, and what to do',
    (_, rule) => {
      expect(rule.title).toMatch(/^[A-Z].*[^.]$/);
      expect(rule.semantics).toMatch(/^[A-Z].*\.$/s);
      expect(rule.remedy).toMatch(/^[A-Z].*\.$/s);
      expect(rule.sources.length).toBeGreaterThan(0);
      expect(rule.guideStep).toBeGreaterThanOrEqual(1);
      expect(rule.guideStep).toBeLessThanOrEqual(24);
    },
  );
});
