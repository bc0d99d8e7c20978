import { isObject } from '../../model/json';
import { ExpressionError } from './tokens';

const text = (value: unknown): string => {
  if (
    typeof value === 'string' ||
    typeof value === 'number' ||
    typeof value === 'boolean'
  ) {
    return String(value);
  }
  throw new ExpressionError('a text is needed');
};

const number = (value: unknown): number => {
  const found = typeof value === 'string' ? Number(value) : value;
  if (typeof found !== 'number' || Number.isNaN(found) || value === '') {
    throw new ExpressionError('a number is needed');
  }
  return found;
};

const list = (value: unknown): readonly unknown[] => {
  if (Array.isArray(value)) {
    return value;
  }
  throw new ExpressionError('a list is needed');
};

const map = (value: unknown): Readonly<Record<string, unknown>> => {
  if (isObject(value)) {
    return value;
  }
  throw new ExpressionError('a map is needed');
};

const same = (left: unknown, right: unknown) =>
  JSON.stringify(left) === JSON.stringify(right);

const distinct = (values: readonly unknown[]) =>
  values.filter(
    (value, index) => values.findIndex(other => same(value, other)) === index,
  );

const flatten = (values: readonly unknown[]): unknown[] =>
  values.flatMap(value => (Array.isArray(value) ? flatten(value) : [value]));

const itself = (value: unknown) => value;

/** What is there twice in a map is as in the last one. */
const merge = (...maps: readonly unknown[]) =>
  Object.assign({}, ...maps.map(entry => (entry === null ? {} : map(entry))));

const firstOf =
  (isEmpty: (value: unknown) => boolean) =>
  (...values: readonly unknown[]) => {
    const found = values.find(value => !isEmpty(value));
    if (found === undefined) {
      throw new ExpressionError('every value is empty');
    }
    return found;
  };

/** The functions whose value depends on their arguments alone, as far as settings of environments use them. */
export const FUNCTIONS: Readonly<
  Record<string, (...args: readonly unknown[]) => unknown>
> = {
  abs: value => Math.abs(number(value)),
  ceil: value => Math.ceil(number(value)),
  floor: value => Math.floor(number(value)),
  max: (...values) => Math.max(...values.map(number)),
  min: (...values) => Math.min(...values.map(number)),
  lower: value => text(value).toLowerCase(),
  upper: value => text(value).toUpperCase(),
  abspath: value => text(value),
  basename: value => text(value).replace(/\/+$/, '').replace(/^.*\//, ''),
  dirname: value => text(value).replace(/\/[^/]*$/, ''),
  title: value =>
    text(value).replace(/(^|\s)\S/g, letter => letter.toUpperCase()),
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
    if (/^\/.*\/$/.test(text(what))) {
      throw new ExpressionError('patterns are not looked at');
    }
    return text(value).split(text(what)).join(text(by));
  },
  substr: (value, start, length) => {
    const from =
      number(start) < 0 ? text(value).length + number(start) : number(start);
    return text(value).slice(
      from,
      number(length) < 0 ? undefined : from + number(length),
    );
  },
  format: (pattern, ...values) => {
    let next = 0;
    return text(pattern).replace(/%(.)/g, (_, verb: string) => {
      if (verb === '%') {
        return '%';
      }
      if (!'sdvq'.includes(verb)) {
        throw new ExpressionError('widths and other verbs are not looked at');
      }
      const value = text(values[next]);
      next += 1;
      return verb === 'q' ? JSON.stringify(value) : value;
    });
  },
  join: (separator, ...values) =>
    flatten(values).map(text).join(text(separator)),
  split: (separator, value) => text(value).split(text(separator)),
  length: value =>
    typeof value === 'string'
      ? value.length
      : Object.keys(Array.isArray(value) ? value : map(value)).length,
  keys: value => Object.keys(map(value)).sort(),
  values: value =>
    Object.keys(map(value))
      .sort()
      .map(key => map(value)[key]),
  contains: (values, value) => list(values).some(entry => same(entry, value)),
  concat: (...values) => values.flatMap(list),
  compact: values =>
    list(values).filter(value => value !== '' && value !== null),
  distinct: values => distinct(list(values)),
  flatten: values => flatten(list(values)),
  reverse: values => [...list(values)].reverse(),
  element: (values, index) => {
    const items = list(values);
    return items[number(index) % items.length];
  },
  one: values => list(values)[0] ?? null,
  merge,
  zipmap: (keys, values) =>
    Object.fromEntries(
      list(keys).map((key, index) => [text(key), list(values)[index]]),
    ),
  coalesce: firstOf(value => value === null || value === ''),
  coalescelist: firstOf(value => Array.isArray(value) && value.length === 0),
  tostring: value => (value === null ? null : text(value)),
  tonumber: value => (value === null ? null : number(value)),
  tobool: value => {
    if (value === 'true' || value === true) {
      return true;
    }
    if (value === 'false' || value === false) {
      return false;
    }
    throw new ExpressionError('a truth value is needed');
  },
  tolist: value => list(value),
  toset: value => distinct(list(value)),
  tomap: value => map(value),
  sensitive: itself,
  nonsensitive: itself,
  jsonencode: value => JSON.stringify(value),
  cidrsubnet: (prefix, bits, index) => {
    const [address, length] = text(prefix).split('/');
    const size = Number(length) + number(bits);
    const first = address
      .split('.')
      .reduce((sum, part) => sum * 256 + Number(part), 0);
    const start =
      Math.floor(first / 2 ** (32 - Number(length))) *
        2 ** (32 - Number(length)) +
      number(index) * 2 ** (32 - size);
    if (!(size <= 32) || Number.isNaN(start)) {
      throw new ExpressionError('not a network');
    }
    return `${[24, 16, 8, 0]
      .map(shift => Math.floor(start / 2 ** shift) % 256)
      .join('.')}/${size}`;
  },
};
