import { JsonObject, isObject, objectsAt, stringAt } from '../../model/json';

type Labels = Readonly<Record<string, string>>;

/** A receiver that an alert reaches. */
export interface Reached {
  readonly receiver: string;
  /** Whether it is reached whatever the labels are that nobody knows of. */
  readonly isCertain: boolean;
  /** Intervals outside of which, or in which, nothing is sent. */
  readonly intervals: readonly string[];
}

export function timedOut({ intervals }: Reached): boolean {
  return intervals.length > 0;
}

/** An alert whose labels are known in part. */
export interface Alert {
  readonly labels: Labels;
  /** It has no other labels; they may be anything otherwise. */
  readonly isComplete?: boolean;
}

/**
 * The receivers that an alert reaches: the deepest routes that match, and the next ones where a route continues. Where a
 * matcher asks for a label that is not known, or has a pattern that cannot be read, both ways are gone, and nothing on them is
 * certain.
 */
export function receiversOf(
  route: JsonObject,
  alert: Alert,
  above: { receiver: string; isCertain: boolean } = {
    receiver: '',
    isCertain: true,
  },
): Reached[] {
  const receiver = stringAt(route, 'receiver') ?? above.receiver;
  const found: Reached[] = [];
  let { isCertain } = above;
  let isOwnCertain = isCertain;
  let isTaken = false;
  for (const child of objectsAt(route, 'routes')) {
    const isMatch = matches(child, alert);
    if (isMatch !== false) {
      found.push(
        ...receiversOf(child, alert, {
          receiver,
          isCertain: isCertain && isMatch === true,
        }),
      );
      if (isMatch === undefined) {
        isOwnCertain = false;
        isCertain = isCertain && child.continue === true;
      } else if (child.continue === true) {
        isTaken = true;
      } else {
        return found;
      }
    }
  }
  return isTaken
    ? found
    : [
        ...found,
        {
          receiver,
          isCertain: isOwnCertain,
          intervals: [
            route.mute_time_intervals,
            route.active_time_intervals,
            route.muteTimeIntervals,
            route.activeTimeIntervals,
          ]
            .flat()
            .flatMap(name => (typeof name === 'string' ? [name] : [])),
        },
      ];
}

/** What the gravest severity is called, by the words that routes ask for. */
export function severityOf(route: JsonObject): string {
  const asked = wordsOf(route);
  return (
    ['critical', 'page', 'pager', 'p1', 'P1', 'sev1', 'SEV1', 'emergency'].find(
      word => asked.includes(word),
    ) ?? 'critical'
  );
}

function wordsOf(route: JsonObject): string[] {
  return [
    ...JSON.stringify([route.matchers, route.match, route.match_re]).split(
      /[^\w]+/,
    ),
    ...objectsAt(route, 'routes').flatMap(wordsOf),
  ];
}

/** Whether something holds; undefined where that is not known. */
type Known = boolean | undefined;

function all(parts: readonly Known[]): Known {
  if (parts.includes(false)) {
    return false;
  }
  return parts.includes(undefined) ? undefined : true;
}

function matches(route: JsonObject, alert: Alert): Known {
  const listed = Array.isArray(route.matchers) ? route.matchers : [];
  const equal = Object.entries(isObject(route.match) ? route.match : {});
  const alike = Object.entries(isObject(route.match_re) ? route.match_re : {});
  return all([
    ...listed.map(matcher =>
      isObject(matcher)
        ? matchesObject(matcher, alert)
        : matchesText(String(matcher), alert),
    ),
    ...equal.map(([label, value]) =>
      compares(alert, label, '=', String(value)),
    ),
    ...alike.map(([label, value]) =>
      compares(alert, label, '=~', String(value)),
    ),
  ]);
}

/** As an AlertmanagerConfig has it: `{ name, value, matchType }`. */
function matchesObject(matcher: JsonObject, alert: Alert): Known {
  const value = stringAt(matcher, 'value') ?? '';
  const type =
    stringAt(matcher, 'matchType') ?? (matcher.regex === true ? '=~' : '=');
  return compares(alert, stringAt(matcher, 'name') ?? '', type, value);
}

/** `severity="critical"`, `environment=~"dev|staging"`; several stand in braces, with commas between. */
function matchesText(text: string, alert: Alert): Known {
  return all(
    text
      .replace(/^\s*\{|\}\s*$/g, '')
      .split(/,(?=\s*[\w:"]+\s*[=!])/)
      .filter(part => part.trim() !== '')
      .map(part => {
        const parsed = /^\s*"?([\w:]+)"?\s*(=~|!~|!=|=)\s*"?(.*?)"?\s*$/.exec(
          part,
        );
        return parsed
          ? compares(alert, parsed[1], parsed[2], parsed[3])
          : undefined;
      }),
  );
}

function compares(
  { labels, isComplete = false }: Alert,
  label: string,
  operator: string,
  value: string,
): Known {
  if (!isComplete && !Object.hasOwn(labels, label)) {
    return undefined;
  }
  const actual = labels[label] ?? '';
  switch (operator) {
    case '=':
      return actual === value;
    case '!=':
      return actual !== value;
    default: {
      const found = anchored(value)?.test(actual);
      return found === undefined ? undefined : found === (operator === '=~');
    }
  }
}

/** What RE2 has and JavaScript reads otherwise, or the other way round. */
const OTHERWISE =
  /\[\[:|\\[zAQECpPGKkXR]|\\x\{|\(\?P|\(\?(?:<?[=!]|<)|\\[1-9]|\*\+|\+\+|\?\+/;

/** A pattern as Alertmanager reads it; undefined for one that cannot be read here. */
function anchored(pattern: string): RegExp | undefined {
  const [, flags = ''] = /^\(\?([is]+)\)/.exec(pattern) ?? [];
  const rest = flags === '' ? pattern : pattern.slice(flags.length + 3);
  if (OTHERWISE.test(rest)) {
    return undefined;
  }
  try {
    return new RegExp(`^(?:${rest})$`, [...new Set(flags)].join(''));
  } catch {
    return undefined;
  }
}
