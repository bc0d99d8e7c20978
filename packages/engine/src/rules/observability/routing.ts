import { JsonObject, isObject, objectsAt, stringAt } from '../../model/json';

type Labels = Readonly<Record<string, string>>;

/** A receiver that an alert reaches. */
export interface Reached {
  readonly receiver: string;
  /** Intervals outside of which, or in which, nothing is sent. */
  readonly intervals: readonly string[];
}

export function timedOut({ intervals }: Reached): boolean {
  return intervals.length > 0;
}

/** The receivers that an alert reaches: the deepest routes that match, and the next ones where a route continues. */
export function receiversOf(
  route: JsonObject,
  labels: Labels,
  inherited = '',
): Reached[] {
  const receiver = stringAt(route, 'receiver') ?? inherited;
  const found: Reached[] = [];
  for (const child of objectsAt(route, 'routes')) {
    if (matches(child, labels)) {
      found.push(...receiversOf(child, labels, receiver));
      if (child.continue !== true) {
        break;
      }
    }
  }
  return found.length > 0
    ? found
    : [
        {
          receiver,
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

function matches(route: JsonObject, labels: Labels): boolean {
  const listed = Array.isArray(route.matchers) ? route.matchers : [];
  return (
    listed.every(matcher =>
      isObject(matcher)
        ? matchesObject(matcher, labels)
        : matchesText(String(matcher), labels),
    ) &&
    Object.entries(isObject(route.match) ? route.match : {}).every(
      ([label, value]) => (labels[label] ?? '') === String(value),
    ) &&
    Object.entries(isObject(route.match_re) ? route.match_re : {}).every(
      ([label, value]) => anchored(String(value)).test(labels[label] ?? ''),
    )
  );
}

/** As an AlertmanagerConfig has it: `{ name, value, matchType }`. */
function matchesObject(matcher: JsonObject, labels: Labels): boolean {
  const value = stringAt(matcher, 'value') ?? '';
  const type =
    stringAt(matcher, 'matchType') ?? (matcher.regex === true ? '=~' : '=');
  return compares(labels[stringAt(matcher, 'name') ?? ''] ?? '', type, value);
}

/** `severity="critical"`, `environment=~"dev|staging"`; several stand in braces, with commas between. */
function matchesText(text: string, labels: Labels): boolean {
  return text
    .replace(/^\s*\{|\}\s*$/g, '')
    .split(/,(?=\s*[\w:"]+\s*[=!])/)
    .filter(part => part.trim() !== '')
    .every(part => {
      const parsed = /^\s*"?([\w:]+)"?\s*(=~|!~|!=|=)\s*"?(.*?)"?\s*$/.exec(
        part,
      );
      return parsed
        ? compares(labels[parsed[1]] ?? '', parsed[2], parsed[3])
        : false;
    });
}

function compares(actual: string, operator: string, value: string): boolean {
  switch (operator) {
    case '=':
      return actual === value;
    case '!=':
      return actual !== value;
    case '=~':
      return anchored(value).test(actual);
    default:
      return !anchored(value).test(actual);
  }
}

function anchored(pattern: string): RegExp {
  try {
    return new RegExp(`^(?:${pattern})$`);
  } catch {
    return /^$/;
  }
}
