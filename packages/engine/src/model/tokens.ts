import { Intent, IntentEnvironment, targetsOf } from '../intent';

/**
 * The words by which an environment is told apart from the others, in names and in values.
 */
export interface EnvironmentTokens {
  readonly environment: string;
  /** Of its targets. */
  readonly namespaces: readonly string[];
  readonly clusters: readonly string[];
  readonly accounts: readonly string[];
  readonly hosts: readonly string[];
  /** Hosts under which its own manifests expose it. */
  readonly routeHosts: readonly string[];
  /** Regions of its clusters. */
  readonly regions: readonly string[];
  /** Address ranges of its networks. */
  readonly networks: readonly string[];
  /** Its name as values spell it: `prod` is also `production` and `PROD`, unless that is another environment. */
  readonly spellings: readonly string[];
  /**
   * A name without the environment's name, where that stands between `-` or `.` or at an end: `checkout-dev` and
   * `dev-checkout` are `checkout`. What is nothing but the environment's name becomes a placeholder.
   */
  readonly stripName: (name: string) => string;
  /**
   * What a name may be without the word where that is not certain: in one place alone where it stands in several, as in
   * `dev-portal-dev`, or in another spelling.
   */
  readonly stripOnce: (name: string) => readonly string[];
}

/** Stands in canonical values for what names the environment that they belong to. */
export const PLACEHOLDER = '{environment}';

/** Stands for the environment's own namespace. */
export const NAMESPACE_PLACEHOLDER = '{namespace}';

/** Stands for the environment's own network. */
export const NETWORK_PLACEHOLDER = '{network}';

export function tokensOf(
  intent: Intent,
  environment: IntentEnvironment,
  routeHosts: readonly string[] = [],
): EnvironmentTokens {
  const targets = targetsOf(environment);
  const clusters = [...new Set(targets.map(target => target.cluster))];
  const ownClusters = intent.clusters.filter(cluster =>
    clusters.includes(cluster.name),
  );
  const clouds = ownClusters.flatMap(({ aws }) => (aws ? [aws] : []));
  const accounts = clouds.map(({ accountId }) => accountId);
  const roots = [
    environment.name,
    ...ownClusters.map(({ terraformRoot }) => terraformRoot),
  ];
  return {
    environment: environment.name,
    namespaces: [...new Set(targets.map(target => target.namespace))],
    clusters,
    accounts: [...new Set(accounts)],
    hosts: environment.host ? [environment.host] : [],
    routeHosts,
    regions: [...new Set(clouds.map(({ region }) => region))],
    networks: Object.entries(intent.vpcCidr ?? {})
      .filter(([root]) => roots.includes(root))
      .map(([, cidr]) => cidr),
    spellings: spellingsOf(
      environment.name,
      intent.environments.map(({ name }) => name),
    ),
    ...nameStrippers(
      environment.name,
      synonymsOf(
        environment.name,
        intent.environments.map(({ name }) => name),
      ),
    ),
  };
}

/** Words that people use for one and the same environment. */
const SYNONYMS: readonly (readonly string[])[] = [
  ['dev', 'develop', 'development'],
  ['tst', 'test', 'testing'],
  ['int', 'integration'],
  ['acc', 'acceptance'],
  ['stg', 'stage', 'staging'],
  ['preprod', 'preproduction', 'pre-production'],
  ['prd', 'prod', 'production'],
];

/** Other words for an environment, unless they are environments themselves. */
export function synonymsOf(
  name: string,
  declared: readonly string[],
): string[] {
  const words = SYNONYMS.find(synonyms => synonyms.includes(name)) ?? [];
  return words.filter(word => !declared.includes(word));
}

export function spellingsOf(
  name: string,
  declared: readonly string[],
): string[] {
  return [name, ...synonymsOf(name, declared)].flatMap(word => [
    word,
    word[0].toUpperCase() + word.slice(1),
    word.toUpperCase(),
  ]);
}

function nameStrippers(
  environment: string,
  synonyms: readonly string[],
): Pick<EnvironmentTokens, 'stripName' | 'stripOnce'> {
  const token = environment.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const before = new RegExp(`(?<=^|[-.])${token}[-.]`, 'g');
  const first = new RegExp(`(?<=^|[-.])${token}[-.]`);
  const atEnd = new RegExp(`(?:^|[-.])${token}$`);
  return {
    stripName: name =>
      name.includes(environment)
        ? name.replace(before, '').replace(atEnd, '') || PLACEHOLDER
        : name,
    stripOnce: name => [
      ...(name.indexOf(environment) === name.lastIndexOf(environment)
        ? []
        : [name.replace(first, ''), name.replace(atEnd, '')].filter(
            stripped => stripped !== name && stripped !== '',
          )),
      ...synonyms
        .filter(word => containsWord(name, word))
        .map(word =>
          name
            .split(/(?=[-.])/)
            .filter(part => part.replace(/^[-.]/, '') !== word)
            .join('')
            .replace(/^[-.]/, ''),
        )
        .filter(stripped => stripped !== ''),
    ],
  };
}

/**
 * A value with everything that names its own environment replaced: namespaces, hosts, accounts, clusters, and the
 * environment's name where no letter or digit touches it.
 */
export function replaceOwnTokens(
  value: string,
  tokens: EnvironmentTokens,
): string {
  return ownWordsOf(tokens).reduce(
    (text, word) => replaceWord(text, word, PLACEHOLDER),
    value,
  );
}

function ownWordsOf(tokens: EnvironmentTokens): readonly string[] {
  return [
    ...tokens.hosts,
    ...tokens.routeHosts,
    ...tokens.namespaces,
    ...tokens.accounts,
    ...tokens.networks,
    ...tokens.regions,
    ...tokens.clusters,
    ...tokens.spellings,
  ];
}

/** Longer values are compared only as a whole: no name or address is as long. */
const MAX_ALIGNED = 500;

/**
 * Whether two values differ, and only in that each names its own environment where the other does. A word may be one of an
 * environment's and stand in both for something else: `tempo.dev.acme.dev` beside `tempo.qa.acme.dev`.
 */
export function differInOwnTokens(
  a: string,
  b: string,
  ofA: EnvironmentTokens,
  ofB: EnvironmentTokens,
): boolean {
  if (a === b) {
    return false;
  }
  const own = replaceOwnTokens(a, ofA);
  const other = replaceOwnTokens(b, ofB);
  if (own === a || other === b) {
    return false;
  }
  if (own === other) {
    return true;
  }
  if (a.length > MAX_ALIGNED || b.length > MAX_ALIGNED) {
    return false;
  }
  const wordsOfA = ownWordsOf(ofA).filter(word => containsWord(a, word));
  const wordsOfB = ownWordsOf(ofB).filter(word => containsWord(b, word));
  const failed = new Set<number>();
  const aligns = (i: number, j: number): boolean => {
    if (i === a.length && j === b.length) {
      return true;
    }
    const place = i * (b.length + 1) + j;
    if (failed.has(place)) {
      return false;
    }
    const found =
      (a[i] !== undefined && a[i] === b[j] && aligns(i + 1, j + 1)) ||
      wordsOfA.some(
        word =>
          indexOfWord(a, word, i) === i &&
          wordsOfB.some(
            counterpart =>
              indexOfWord(b, counterpart, j) === j &&
              aligns(i + word.length, j + counterpart.length),
          ),
      );
    if (!found) {
      failed.add(place);
    }
    return found;
  };
  return aligns(0, 0);
}

/** Whether a word stands in a text with no letter or digit touching it. */
export function containsWord(text: string, word: string): boolean {
  return indexOfWord(text, word, 0) >= 0;
}

/** Whether a host stands in a text as it is: not one below it, and not a mailbox. */
export function containsHost(text: string, host: string): boolean {
  let at = indexOfWord(text, host, 0);
  while (at >= 0) {
    const after = text.slice(at + host.length);
    if (!/[-.@_]/.test(text[at - 1] ?? '') && !/^[-_]|^\.\w/.test(after)) {
      return true;
    }
    at = indexOfWord(text, host, at + 1);
  }
  return false;
}

/** A text with another word in the places of one that no letter or digit touches. */
export function replaceWord(text: string, word: string, by: string): string {
  let result = '';
  let done = 0;
  let at = indexOfWord(text, word, 0);
  while (at >= 0) {
    result += text.slice(done, at) + by;
    done = at + word.length;
    at = indexOfWord(text, word, done);
  }
  return result + text.slice(done);
}

function indexOfWord(text: string, word: string, start: number): number {
  let at = word === '' ? -1 : text.indexOf(word, start);
  while (at >= 0) {
    // Braces too, so that a placeholder is not taken for the word in it.
    const before = text[at - 1] ?? '';
    const after = text[at + word.length] ?? '';
    if (!/[A-Za-z0-9{]/.test(before) && !/[A-Za-z0-9}]/.test(after)) {
      return at;
    }
    at = text.indexOf(word, at + 1);
  }
  return -1;
}
