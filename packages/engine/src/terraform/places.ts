import { Intent, IntentEnvironment, targetsOf } from '../intent';
import { synonymsOf } from '../model/tokens';

/** What a word in a path stands for: an environment, or the cluster of several. */
export interface Place {
  readonly word: string;
  readonly environments: readonly string[];
  readonly isPlatform: boolean;
  /** The one of several places where an environment runs: `prod-eu`. */
  readonly target?: string;
}

/** Finds the environment, or the cluster of several, that a word of a path names; undefined for any other word. */
export function placeFinder(intent: Intent) {
  const declared = intent.environments.map(({ name }) => name);
  const words = new Map<string, Place>();
  const add = (word: string, environments: string[], isPlatform: boolean) => {
    if (!words.has(word) && environments.length > 0) {
      words.set(word, { word, environments, isPlatform });
    }
  };
  for (const name of declared) {
    add(name, [name], false);
  }
  for (const { name, terraformRoot } of intent.clusters) {
    const inside = intent.environments
      .filter(environment =>
        targetsOf(environment).some(({ cluster }) => cluster === name),
      )
      .map(environment => environment.name);
    add(name, inside, true);
    if (terraformRoot !== undefined) {
      add(terraformRoot, inside, true);
    }
  }
  for (const name of declared) {
    for (const synonym of synonymsOf(name, declared)) {
      add(synonym, [name], false);
    }
  }
  const several = intent.environments.filter(
    environment => targetsOf(environment).length > 1,
  );

  /** A word that is a place as it stands. */
  function exactly(word: string): Place | undefined {
    return (
      words.get(word) ??
      ofTarget(several, word) ??
      words.get(word.toLowerCase())
    );
  }

  /** A word that a place stands in, between dashes, dots or underscores: `env-prod`, `acme_prod`, `prod.eu`. */
  function within(word: string): Place | undefined {
    const found = word
      .split(/[-_.]/)
      .flatMap(part => words.get(part) ?? [])
      .filter(
        (place, index, all) =>
          all.findIndex(
            other => other.environments.join() === place.environments.join(),
          ) === index,
      );
    return found.length === 1 ? found[0] : undefined;
  }

  return { exactly, within };
}

/** `prod-eu`, where prod runs in several places. */
function ofTarget(
  several: readonly IntentEnvironment[],
  word: string,
): Place | undefined {
  const found = several.find(({ name }) => word.startsWith(`${name}-`));
  return (
    found && {
      word,
      environments: [found.name],
      isPlatform: false,
      target: word,
    }
  );
}
