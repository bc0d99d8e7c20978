import { spellingsOf } from '../../model/tokens';
import { TerraformRoot } from '../../terraform/types';
import { RuleContext } from '../rule';
import { rootsOf } from './verdicts';

export const spellings = (context: RuleContext) => (environment: string) =>
  spellingsOf(
    environment,
    context.intent.environments.map(({ name }) => name),
  );

/** The environments that a root is not for, by all the words that name them. */
export function placesBeside(
  context: RuleContext,
  root: TerraformRoot,
): { name: string; words: string[] }[] {
  const served = new Set(root.environments);
  const others = new Map<string, string[]>();
  for (const { name } of context.intent.environments) {
    if (!served.has(name)) {
      others.set(name, spellings(context)(name));
    }
  }
  for (const other of rootsOf(context)) {
    if (
      !other.isPlatform &&
      other.place !== root.place &&
      !other.environments.some(name => served.has(name))
    ) {
      const known = others.get(other.place) ?? [];
      others.set(other.place, [...known, other.place]);
    }
  }
  return [...others].map(([name, words]) => ({ name, words }));
}
