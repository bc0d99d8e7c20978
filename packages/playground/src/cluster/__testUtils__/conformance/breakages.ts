import { isFields, objectsOf, type Fields } from '../../values';
import type { Answer, Stream } from '../request';
import type { ConformanceTarget } from './ConformanceTarget';

/** One way in which a server could answer otherwise than it should; `name` goes on with 'an answer'. */
export interface Breakage {
  readonly name: string;
  readonly head?: (
    head: Pick<Answer, 'status' | 'headers'>,
  ) => Pick<Answer, 'status' | 'headers'>;
  /** What becomes of the first object in an answer, or of an answer that is one. */
  readonly object?: (object: Fields) => Fields;
}

/** Whatever a row compares, none of these may go unnoticed. */
export const BREAKAGES: readonly Breakage[] = [
  {
    name: 'of another status',
    head: ({ status = 0, headers }) => ({ status: status + 1, headers }),
  },
  {
    name: 'of another type',
    head: ({ status, headers }) => ({
      status,
      headers: { ...headers, 'content-type': 'application/yaml' },
    }),
  },
  {
    name: 'that caches may keep',
    head: ({ status, headers: { 'cache-control': _, ...headers } }) => ({
      status,
      headers,
    }),
  },
  {
    name: 'with a field too few',
    object: object => Object.fromEntries(Object.entries(object).slice(1)),
  },
  {
    name: 'with a field too many',
    object: object => ({ ...object, surprise: true }),
  },
  {
    name: 'with a field of another type',
    object: withFirstTextAsNumber,
  },
];

/** A target all of whose answers are broken in one way; `broken` says how many were. */
export function breakAnswers(
  target: ConformanceTarget,
  { head = same => same, object }: Breakage,
): ConformanceTarget & { readonly broken: () => number } {
  let broken = 0;
  const change = (body: unknown): unknown => {
    const changed = object ? changeFirst(body, object) : body;
    broken += changed === body ? 0 : 1;
    return changed;
  };
  const changeHead = (answer: Pick<Answer, 'status' | 'headers'>) => {
    const changed = head(answer);
    broken += changed === answer ? 0 : 1;
    return changed;
  };
  return {
    notWritten: target.notWritten,
    serves: resource => target.serves(resource),
    version: path => target.version(path),
    changeElsewhere: () => target.changeElsewhere(),
    restart: () => target.restart(),
    pass: milliseconds => target.pass(milliseconds),
    until: (condition, withinMs) => target.until(condition, withinMs),
    broken: () => broken,
    send: async exchange => {
      const answer = await target.send(exchange);
      const { status, headers } = changeHead(answer);
      const isJson = `${answer.headers['content-type']}`.includes('json');
      const text = isJson
        ? JSON.stringify(change(JSON.parse(answer.text)))
        : answer.text;
      return { status, headers, text };
    },
    watch: async path => {
      const stream = await target.watch(path);
      const { status, headers } = changeHead(stream);
      return {
        status,
        headers,
        get events(): Stream['events'] {
          return JSON.parse(JSON.stringify(change(stream.events)));
        },
        get ended() {
          return stream.ended;
        },
        close: () => stream.close(),
      };
    },
  };
}

/** Changes the first element of a list of objects, or the answer itself where it is none. */
function changeFirst(
  body: unknown,
  change: (object: Fields) => Fields,
): unknown {
  if (Array.isArray(body)) {
    const [event, ...others] = objectsOf(body);
    return event
      ? [{ ...event, object: changeFirst(event.object, change) }, ...others]
      : body;
  }
  if (!isFields(body)) {
    return body;
  }
  const list = ['items', 'resources', 'groups'].find(
    key => objectsOf(body[key]).length > 0,
  );
  if (list === undefined) {
    return change(body);
  }
  const [first, ...others] = objectsOf(body[list]);
  const changed = change(first);
  return changed === first ? body : { ...body, [list]: [changed, ...others] };
}

/** The same object where it has no text. */
function withFirstTextAsNumber(object: Fields): Fields {
  for (const [key, value] of Object.entries(object)) {
    if (typeof value === 'string') {
      return { ...object, [key]: 42 };
    }
    const changed = isFields(value) ? withFirstTextAsNumber(value) : value;
    if (changed !== value) {
      return { ...object, [key]: changed };
    }
  }
  return object;
}
