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
  /**
   * A name without the environment's name, where that stands between `-` or `.` or at an end: `checkout-dev` and
   * `dev-checkout` are `checkout`. What is nothing but the environment's name becomes a placeholder.
   */
  readonly stripName: (name: string) => string;
}

/** Stands in canonical values for what names the environment that they belong to. */
export const PLACEHOLDER = '{environment}';

/** Stands for the environment's own namespace. */
export const NAMESPACE_PLACEHOLDER = '{namespace}';

export function tokensOf(
  intent: Intent,
  environment: IntentEnvironment,
  routeHosts: readonly string[] = [],
): EnvironmentTokens {
  const targets = targetsOf(environment);
  const clusters = [...new Set(targets.map(target => target.cluster))];
  const accounts = intent.clusters
    .filter(cluster => clusters.includes(cluster.name))
    .flatMap(cluster => (cluster.aws ? [cluster.aws.accountId] : []));
  return {
    environment: environment.name,
    namespaces: [...new Set(targets.map(target => target.namespace))],
    clusters,
    accounts: [...new Set(accounts)],
    hosts: environment.host ? [environment.host] : [],
    routeHosts,
    stripName: nameStripper(environment.name),
  };
}

function nameStripper(environment: string): (name: string) => string {
  const token = environment.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const before = new RegExp(`(?<=^|[-.])${token}[-.]`, 'g');
  const atEnd = new RegExp(`(?:^|[-.])${token}$`);
  return name =>
    name.includes(environment)
      ? name.replace(before, '').replace(atEnd, '') || PLACEHOLDER
      : name;
}

/**
 * A value with everything that names its own environment replaced: namespaces, hosts, accounts, clusters, and the
 * environment's name where no letter or digit touches it.
 */
export function replaceOwnTokens(
  value: string,
  tokens: EnvironmentTokens,
): string {
  return [
    ...tokens.hosts,
    ...tokens.routeHosts,
    ...tokens.namespaces,
    ...tokens.accounts,
    ...tokens.clusters,
    tokens.environment,
  ].reduce((text, word) => replaceWord(text, word, PLACEHOLDER), value);
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

function replaceWord(text: string, word: string, by: string): string {
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
