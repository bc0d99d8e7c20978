import { InputProblem } from '../InputProblem';

/** Folders that hold one folder for each environment, as people call them. */
const HOLDERS = /^(overlays|envs|environments)$/;

/** An environment as a repository has it: its overlays, one for each service. */
export interface FoundEnvironment {
  readonly name: string;
  /** Folders with a kustomization, relative to the repository. */
  readonly folders: readonly string[];
}

/**
 * The environments of a repository, by its folders: `apps/checkout/overlays/dev`, `overlays/dev`, `checkout/envs/dev`.
 *
 * @throws {@link InputProblem} where there are fewer than two.
 */
export function environmentsIn(paths: readonly string[]): FoundEnvironment[] {
  const found = new Map<string, string[]>();
  for (const path of paths) {
    const match = /^(.*)\/(kustomization\.ya?ml|Kustomization)$/.exec(path);
    const parts = match?.[1].split('/') ?? [];
    if (HOLDERS.test(parts.at(-2) ?? '')) {
      const name = parts[parts.length - 1];
      found.set(name, [...(found.get(name) ?? []), parts.join('/')]);
    }
  }
  if (found.size < 2) {
    throw new InputProblem(
      found.size === 0
        ? 'no folder of an environment was found: overlays/NAME, envs/NAME or environments/NAME with a kustomization.yaml in it'
        : `only the environment '${
            [...found.keys()][0]
          }' was found, and there is nothing to compare one with`,
    );
  }
  return [...found]
    .map(([name, folders]) => ({ name, folders: folders.sort() }))
    .sort((a, b) => rank(a.name) - rank(b.name) || (a.name < b.name ? -1 : 1));
}

/** How far from production an environment usually is, by its name. */
const ORDER = [
  /^(local|sandbox|play)/,
  /^(dev|development)/,
  /^(ci|int|integration|test|tst|sit)/,
  /^(qa|quality)/,
  /^(uat|accept|acc)/,
  /^(perf|load)/,
  /^(stag|stg|preprod|pre-prod|pre|canary)/,
  /^(prod|prd|live|production)/,
];

/** Names that tell nothing stand between the tests and production. */
const UNKNOWN_RANK = 5.5;

function rank(name: string): number {
  const index = ORDER.findIndex(pattern => pattern.test(name));
  return index < 0 ? UNKNOWN_RANK : index;
}

/** Whether an environment is production by its name. */
export function isProduction(name: string): boolean {
  return rank(name) === ORDER.length - 1;
}

/** Where the name tells nothing of its place. */
export function isGuess(name: string): boolean {
  return rank(name) === UNKNOWN_RANK;
}
