import { isObject } from '../../model/json';
import {
  canonical,
  compared,
  distinct,
  list,
  map,
  number,
  ofOneKind,
  same,
  setOf,
  sortedEntries,
  text,
  truth,
} from './conversions';
import { limited } from './meter';
import { ExpressionError, NotLookedAt } from './tokens';

const flatten = (values: readonly unknown[]): unknown[] =>
  values.flatMap(value => (Array.isArray(value) ? flatten(value) : [value]));

const itself = (value: unknown) => value;

/** What is there twice in a map is as in the last one. */
const merge = (...maps: readonly unknown[]) =>
  Object.fromEntries(
    maps.flatMap(entry => (entry === null ? [] : Object.entries(map(entry)))),
  );

const firstOf =
  (isEmpty: (value: unknown) => boolean) =>
  (...values: readonly unknown[]) => {
    const found = ofOneKind(values).find(value => !isEmpty(value));
    if (found === undefined) {
      throw new ExpressionError('every value is empty');
    }
    return found;
  };

const numbers = (values: readonly unknown[]) => {
  if (values.length === 0) {
    throw new ExpressionError('no numbers');
  }
  return values.map(number);
};

/** A text whose characters are one unit each: how others are counted is not looked at. */
const plain = (value: unknown) => {
  const found = text(value);
  if (!/^\p{ASCII}*$/u.test(found)) {
    throw new NotLookedAt('characters that are counted in several ways');
  }
  return found;
};

const format = (pattern: unknown, ...values: readonly unknown[]) => {
  let next = 0;
  const formatted = text(pattern).replace(/%([\s\S]|$)/g, (_, verb: string) => {
    if (verb === '%') {
      return '%';
    }
    if (verb === '' || !'sdvq'.includes(verb)) {
      throw new NotLookedAt('widths and other verbs');
    }
    const value = values[next];
    if (value === null || typeof value === 'object') {
      throw new NotLookedAt('a verb for what is no text');
    }
    next += 1;
    if (verb === 'd' && !Number.isInteger(number(value))) {
      throw new ExpressionError('a whole number is needed');
    }
    return verb === 'q' ? JSON.stringify(plain(value)) : text(value);
  });
  if (next !== values.length) {
    throw new ExpressionError('more values than verbs');
  }
  return formatted;
};

/** Networks of IPv4; those of IPv6 are not looked at. */
const cidrsubnet = (prefix: unknown, bits: unknown, index: unknown) => {
  if (text(prefix).includes(':')) {
    throw new NotLookedAt('networks of IPv6');
  }
  const [, address, length] =
    /^(\d{1,3}(?:\.\d{1,3}){3})\/(\d{1,2})$/.exec(text(prefix)) ?? [];
  const parts = (address ?? '').split('.').map(Number);
  const size = Number(length) + number(bits);
  const isOne =
    address !== undefined &&
    parts.every(part => part < 256) &&
    Number.isInteger(size) &&
    number(bits) >= 0 &&
    size <= 32 &&
    Number.isInteger(number(index)) &&
    number(index) >= 0 &&
    number(index) < 2 ** number(bits);
  if (!isOne) {
    throw new ExpressionError('not a network');
  }
  const block = 2 ** (32 - Number(length));
  const first = parts.reduce((sum, part) => sum * 256 + part, 0);
  const start =
    Math.floor(first / block) * block + number(index) * 2 ** (32 - size);
  return `${[24, 16, 8, 0]
    .map(shift => Math.floor(start / 2 ** shift) % 256)
    .join('.')}/${size}`;
};

/** The functions whose value depends on their arguments alone, as far as settings of environments use them. */
export const FUNCTIONS: Readonly<
  Record<string, (...args: readonly unknown[]) => unknown>
> = {
  abs: value => Math.abs(number(value)),
  ceil: value => Math.ceil(number(value)),
  floor: value => Math.floor(number(value)),
  max: (...values) => Math.max(...numbers(values)),
  min: (...values) => Math.min(...numbers(values)),
  lower: value => text(value).toLowerCase(),
  upper: value => text(value).toUpperCase(),
  basename: value => /([^/]+)\/*$/.exec(text(value))?.[1] ?? '.',
  dirname: value =>
    text(value).includes('/')
      ? text(value).replace(/\/[^/]*$/, '') || '/'
      : '.',
  title: value =>
    plain(value).replace(/(^|\s)\S/g, letter => letter.toUpperCase()),
  trimspace: value => text(value).trim(),
  trimprefix: (value, prefix) =>
    text(value).startsWith(text(prefix))
      ? text(value).slice(text(prefix).length)
      : text(value),
  trimsuffix: (value, suffix) =>
    text(value).endsWith(text(suffix)) && suffix !== ''
      ? text(value).slice(0, -text(suffix).length)
      : text(value),
  startswith: (value, prefix) => text(value).startsWith(text(prefix)),
  endswith: (value, suffix) => text(value).endsWith(text(suffix)),
  replace: (value, what, by) => {
    if (/^\/.*\/$/s.test(text(what)) || what === '') {
      throw new NotLookedAt('patterns');
    }
    const parts = text(value).split(text(what));
    limited(text(value).length + parts.length * text(by).length);
    return parts.join(text(by));
  },
  substr: (value, start, length) => {
    const whole = plain(value);
    const from =
      number(start) < 0 ? whole.length + number(start) : number(start);
    return whole.slice(
      Math.max(from, 0),
      number(length) < 0 ? undefined : Math.max(from, 0) + number(length),
    );
  },
  format,
  join: (separator, ...values) => {
    const parts = flatten(values.map(list)).map(text);
    limited(parts.length * text(separator).length);
    return parts.join(text(separator));
  },
  split: (separator, value) => text(value).split(text(separator)),
  length: value =>
    typeof value === 'string'
      ? plain(value).length
      : Object.keys(Array.isArray(value) ? value : map(value)).length,
  keys: value => Object.keys(map(value)).sort(compared),
  values: value => sortedEntries(map(value)).map(([, entry]) => entry),
  contains: (values, value) => list(values).some(entry => same(entry, value)),
  concat: (...values) => values.flatMap(list),
  compact: values =>
    list(values).filter(value => value !== '' && value !== null),
  distinct: values => distinct(list(values)),
  flatten: values => flatten(list(values)),
  reverse: values => [...list(values)].reverse(),
  element: (values, index) => {
    const items = list(values);
    if (items.length === 0 || !Number.isInteger(number(index))) {
      throw new ExpressionError('there is no such element');
    }
    // Some versions count from the end, others refuse to.
    if (number(index) < 0) {
      throw new NotLookedAt('an element before the first');
    }
    return items[number(index) % items.length];
  },
  one: values => {
    const items = values === null ? [] : list(values);
    if (items.length > 1) {
      throw new ExpressionError('more than one element');
    }
    return items[0] ?? null;
  },
  merge,
  zipmap: (keys, values) => {
    if (list(keys).length !== list(values).length) {
      throw new ExpressionError('as many keys as values are needed');
    }
    return Object.fromEntries(
      list(keys).map((key, index) => [text(key), list(values)[index]]),
    );
  },
  coalesce: firstOf(value => value === null || value === ''),
  coalescelist: firstOf(value => Array.isArray(value) && value.length === 0),
  tostring: value => (value === null ? null : text(value)),
  tonumber: value => (value === null ? null : number(value)),
  tobool: value => (value === null ? null : truth(value)),
  tolist: value => (value === null ? null : [...ofOneKind(list(value))]),
  toset: value => (value === null ? null : setOf(list(value))),
  tomap: value => {
    if (isObject(value)) {
      ofOneKind(Object.values(value));
    }
    return value === null ? null : map(value);
  },
  sensitive: itself,
  nonsensitive: itself,
  jsonencode: value =>
    canonical(value).replace(
      /[<>&\u2028\u2029]/g,
      character =>
        `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    ),
  cidrsubnet,
};
