import { isFields, type Fields } from '../../values';

/** The headers that clients go by. */
const HEADERS = [
  'content-type',
  'cache-control',
  'x-content-type-options',
  'retry-after',
  'vary',
];

/** Fields whose content is the data's own. */
const OPEN = [
  'annotations',
  'labels',
  'managedFields',
  'matchLabels',
  'selector',
  'data',
];

/** What was answered, apart from when. */
export interface Heard {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

/**
 * In what an answer differs from the recorded one: a line for each place, none where they are the same. Order counts in lists
 * and not among the keys of an object.
 */
export function differencesOf(
  recorded: unknown,
  answered: unknown,
  at: string = '',
): string[] {
  if (Array.isArray(recorded) && Array.isArray(answered)) {
    const length = Math.max(recorded.length, answered.length);
    return Array.from({ length }, (_, index) => index).flatMap(index =>
      differencesOf(recorded[index], answered[index], `${at}/${index}`),
    );
  }
  if (isFields(recorded) && isFields(answered)) {
    const keys = [...Object.keys(recorded), ...Object.keys(answered)];
    return [...new Set(keys)]
      .sort()
      .flatMap(key =>
        differencesOf(recorded[key], answered[key], `${at}/${key}`),
      );
  }
  return Object.is(recorded, answered)
    ? []
    : [
        `${at || '/'}: recorded ${JSON.stringify(
          recorded,
        )}, answered ${JSON.stringify(answered)}`,
      ];
}

/** Status, headers and every word, apart from versions. */
export function wordForWord(recorded: Heard, answered: Heard): string[] {
  const words = (heard: Heard) => ({
    ...withoutVersions({ body: heard.body }),
    ...outside(heard),
  });
  return differencesOf(words(recorded), words(answered));
}

/** Status, headers, and which fields of which type there are; of a list, its first element. */
export function inShape(
  recorded: Heard,
  answered: Heard,
  leaveOut: readonly string[] = [],
): string[] {
  const shape = (heard: Heard) => ({
    ...outside(heard),
    body: shapeOf(heard.body, '', leaveOut),
  });
  return differencesOf(shape(recorded), shape(answered));
}

/** Status and headers alone. */
export function outside({ status, headers }: Omit<Heard, 'body'>): Fields {
  return {
    status,
    headers: Object.fromEntries(HEADERS.map(name => [name, headers[name]])),
  };
}

/** Without what differs between two servers of one version: how far they have counted, and what built them for which machine. */
export function withoutVersions(value: Fields): Fields {
  return JSON.parse(
    JSON.stringify(value)
      .replace(/"resourceVersion":"\d+"/g, '"resourceVersion":"N"')
      .replace(/current: \d+/g, 'current: N')
      .replace(/version: \d+ \(\d+\)/g, 'version: N (N)')
      .replace(/"goVersion":"go[\d.]+"/, '"goVersion":"goN"')
      .replace(/"platform":"linux\/\w+"/, '"platform":"linux/N"'),
  );
}

function shapeOf(
  value: unknown,
  path: string,
  leaveOut: readonly string[],
): unknown {
  if (Array.isArray(value)) {
    return value.slice(0, 1).map(element => shapeOf(element, path, leaveOut));
  }
  if (!isFields(value)) {
    return value === null ? 'null' : typeof value;
  }
  const entries = Object.entries(value)
    .map(([key, child]) => ({
      key,
      child,
      at: path === '' ? key : `${path}.${key}`,
    }))
    .filter(({ at }) => !leaveOut.includes(at));
  return Object.fromEntries(
    entries.map(({ key, child, at }) => [
      key,
      OPEN.includes(key) ? 'open' : shapeOf(child, at, leaveOut),
    ]),
  );
}
