import {
  CanonicalLeaf,
  nodeAt,
  textOf as textOfValue,
} from '../model/canonical';
import { hostsOfRoute } from '../model/routeHosts';
import {
  EnvironmentTokens,
  containsHost,
  differInOwnTokens,
  containsWord,
  replaceOwnTokens,
} from '../model/tokens';
import { isAcmeIssuer } from './certificates';
import { LABEL } from './environmentLabels';
import { isEndpoint } from './environmentVariables';
import { isOwnName } from './releases';
import { EnvironmentView, Rule, RuleContext, Verdict, always } from './rule';
import { envNames, leavesOf } from './view';

interface ForeignWords {
  readonly name: string;
  /** Give the other environment away wherever they stand. */
  readonly words: readonly string[];
  /** Give it away as a whole: a host below one of them may be anybody's. */
  readonly hosts: readonly string[];
  /** Give it away only as a part of a name. */
  readonly segments: readonly string[];
  /** May be the other environment, and may be a mode: other environments tell. */
  readonly spellings: readonly string[];
}

export const foreignTokens: Rule = {
  id: 'K8S-24',
  kind: 'absolute',
  title: 'Nothing in an environment points at another one',
  guideStep: 11,
  sources: ['manifests', 'intent'],
  semantics:
    'The manifests of an environment contain no namespace, host, account, secret path or name of another environment. Values that name their own environment may differ.',
  remedy: 'Point it at what belongs to this environment.',
  appliesTo: always,
  claims: [
    {
      at: [''],
      fallback: true,
      judge: (change, pair) =>
        isOwnName(change, pair)
          ? {
              class: 'expected',
              reason: 'Each value names its own environment',
            }
          : undefined,
    },
  ],
  evaluate: context => {
    const failures = context.environments.flatMap(environment =>
      foreignVerdicts(context, environment),
    );
    return failures.length > 0
      ? failures
      : [
          {
            outcome: 'pass',
            environments: envNames(context.environments),
            subject: context.service,
          },
        ];
  },
};

function foreignVerdicts(
  context: RuleContext,
  environment: EnvironmentView,
): Verdict[] {
  const others = foreignWords(context, environment);
  const verdicts: Verdict[] = [];
  for (const object of environment.objects.values()) {
    const hostPaths = hostsOfRoute(object.kind, object.source.value).map(
      ({ path }) => path.join('\n'),
    );
    leavesOf(object.node, (path, leaf) => {
      const value = textOf(leaf);
      if (
        value === undefined ||
        isSpokenForElsewhere(path) ||
        hostPaths.includes(path.join('\n')) ||
        isAcmeIssuer(path, value)
      ) {
        return;
      }
      // Nearly no value contains any of the words at all; only the others are worth a closer look.
      const near = others.filter(({ words, hosts, segments, spellings }) =>
        [...words, ...hosts, ...segments, ...spellings].some(word =>
          value.includes(word),
        ),
      );
      if (near.length === 0) {
        return;
      }
      const own = replaceOwnTokens(value, environment.tokens);
      const named = nameSegments(path, leaf);
      const place = { subject: object.subject, path };
      const found = near.find(
        ({ name, words, hosts, segments }) =>
          words.some(word => containsWord(own, word)) ||
          hosts.some(host => containsHost(value, host)) ||
          (segments.some(segment => isNamed(segment, named, value)) &&
            (!isSameEverywhere(context, environment, place, value) ||
              isOwnOfOneAlone(context, segments, named, value))) ||
          standsInFor({ context, environment, other: name, place, value }),
      );
      if (found) {
        verdicts.push({
          outcome: 'fail',
          environments: [environment.name],
          subject: object.subject,
          path,
          reason: `It names ${found.name}: ${
            value.length > 120 ? `${value.slice(0, 117)}...` : value
          }`,
        });
      }
    });
  }
  return verdicts;
}

/** The namespace is judged by ENV-03, the label by K8S-23, the hosts by ENV-09. */
function isSpokenForElsewhere(path: readonly string[]): boolean {
  return (
    (path[0] === 'metadata' && path[1] === 'namespace') ||
    (path.at(-1) === LABEL && path.at(-2) === 'labels')
  );
}

function foreignWords(
  context: RuleContext,
  environment: EnvironmentView,
): ForeignWords[] {
  const { intent, service } = context;
  const own = ownWords(environment.tokens, service);
  return context.environments
    .filter(other => other.name !== environment.name)
    .map(({ name, tokens }) => ({
      name,
      words: [
        ...tokens.namespaces,
        ...tokens.hosts,
        ...tokens.accounts,
        `${service}-${name}`,
      ].filter(
        word =>
          // A word that is part of our own names says nothing: `checkout` in `checkout-dev`.
          word !== service && !own.some(text => containsWord(text, word)),
      ),
      hosts: tokens.routeHosts.filter(
        host => !own.some(text => containsHost(text, host)),
      ),
      segments: intent.environments.some(
        entry => entry.name !== name && entry.name.split(/[-.]/).includes(name),
      )
        ? []
        : [name],
      spellings: tokens.spellings,
    }));
}

function ownWords(tokens: EnvironmentTokens, service: string): string[] {
  return [
    ...tokens.namespaces,
    ...tokens.hosts,
    ...tokens.routeHosts,
    ...tokens.accounts,
    ...tokens.clusters,
    `${service}-${tokens.environment}`,
  ];
}

/** The parts of a value that is a name, a path of a secret, or the host of an address; empty for what is neither. */
function nameSegments(
  path: readonly string[],
  leaf: CanonicalLeaf,
): ReadonlySet<string> {
  const value = textOfValue(leaf.value);
  if (path.at(-2) === 'remoteRef' && path.at(-1) === 'key') {
    return new Set(value.split(/[/_.-]/));
  }
  const address = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/@\s]*@)?([^/:?#\s]+)/i.exec(
    value,
  );
  if (address) {
    // A top-level domain is nobody's: `https://shop.example.dev`.
    return new Set(address[1].replace(/\.[^.]+$/, '').split(/[.-]/));
  }
  if (path.at(-2) === 'env' && isEndpoint(String(path.at(-1)), value)) {
    return new Set(value.replace(/:\d+$/, '').split(/[.-]/));
  }
  const isLabel = path.includes('labels') || path.includes('annotations');
  return leaf.alias !== undefined && !isLabel && /^[a-z0-9.-]+$/.test(value)
    ? new Set(value.split(/[.-]/))
    : new Set();
}

/** A text, or several one below the other. */
function textOf({ value }: CanonicalLeaf): string | undefined {
  if (typeof value === 'string') {
    return value;
  }
  return Array.isArray(value) && value.every(item => typeof item === 'string')
    ? value.join('\n')
    : undefined;
}

/**
 * Every other environment names itself in this place, at least two of them, and this one another. A value that is nothing
 * but the name of production may be a mode, as in NODE_ENV.
 */
function standsInFor(options: {
  context: RuleContext;
  environment: EnvironmentView;
  other: string;
  place: { subject: string; path: readonly string[] };
  value: string;
}): boolean {
  const { context, environment, other, place, value } = options;
  const named = context.environments.find(({ name }) => name === other);
  if (
    !named ||
    (named.role === 'prod' && named.tokens.spellings.includes(value))
  ) {
    return false;
  }
  const pattern = replaceOwnTokens(value, named.tokens);
  if (
    pattern === value ||
    pattern === replaceOwnTokens(value, environment.tokens)
  ) {
    return false;
  }
  const texts = context.environments
    .filter(({ name }) => name !== environment.name)
    .map(({ objects, tokens }) => {
      const object = objects.get(place.subject);
      const node = object && nodeAt(object.node, place.path);
      const text = node?.type === 'leaf' ? textOf(node) : undefined;
      return text === undefined ? undefined : replaceOwnTokens(text, tokens);
    });
  return texts.length > 1 && texts.every(text => text === pattern);
}

/** Whether a name of parts, as `prod-eu` is, stands in a value; one without stands there as a part. */
function isNamed(
  segment: string,
  named: ReadonlySet<string>,
  value: string,
): boolean {
  return (
    named.has(segment) ||
    (segment.includes('-') && named.size > 0 && containsWord(value, segment))
  );
}

/**
 * With two environments, what both have alike is either nobody's or the mistake of one. It is a mistake where the name of
 * the other ends a part of it, as names of an environment do: `mysql-preview`, `api.preview.example.com`.
 */
function isOwnOfOneAlone(
  { environments }: RuleContext,
  segments: readonly string[],
  named: ReadonlySet<string>,
  value: string,
): boolean {
  return (
    environments.length === 2 &&
    segments.some(
      segment =>
        isNamed(segment, named, value) &&
        value !== segment &&
        new RegExp(`(^|[/@.]|[a-z0-9]-)${segment}(?=[.:/]|$)`).test(value),
    )
  );
}

/** What every environment has alike, but for its own name, is not this one's mistake. */
function isSameEverywhere(
  context: RuleContext,
  environment: EnvironmentView,
  place: { subject: string; path: readonly string[] },
  value: string,
): boolean {
  return context.environments.every(other => {
    const object = other.objects.get(place.subject);
    const node = object && nodeAt(object.node, place.path);
    const text = node?.type === 'leaf' ? textOf(node) : undefined;
    return (
      text !== undefined &&
      (text === value ||
        differInOwnTokens(value, text, environment.tokens, other.tokens))
    );
  });
}
