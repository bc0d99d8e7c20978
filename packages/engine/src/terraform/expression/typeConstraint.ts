import { isObject } from '../../model/json';
import {
  list,
  map,
  number,
  ofOneKind,
  setOf,
  text,
  truth,
} from './conversions';
import { evaluate, partsOf, UNKNOWN, valueOfExpression } from './evaluate';
import { Expression } from './syntax';
import { ExpressionError, NotLookedAt } from './tokens';

/** What stands for itself alone: the values of a file of variables, and defaults. */
const NOTHING = { lookUp: () => UNKNOWN };

/**
 * A value as the type of its variable makes it: `"3"` is 3 for a number, attributes that are optional have their defaults, and
 * what an object's type does not name is left out. {@link UNKNOWN} for a value that the type refuses, and for a type that is
 * not understood.
 *
 * @param type - as `hcl2json` writes it: `${list(string)}`.
 */
export function ofType(value: unknown, type: unknown): unknown {
  if (type === undefined || value === UNKNOWN) {
    return value;
  }
  const written = typeOf(type);
  try {
    return written ? converted(value, written) : UNKNOWN;
  } catch (error) {
    if (error instanceof ExpressionError || error instanceof NotLookedAt) {
      return UNKNOWN;
    }
    throw error;
  }
}

/** The type; in files of long ago it is in quotes. */
function typeOf(type: unknown): Expression | undefined {
  if (typeof type !== 'string') {
    return undefined;
  }
  const [part] = partsOf(/^\w+$/.test(type) ? `\${${type}}` : type) ?? [];
  return typeof part === 'object' &&
    part.kind !== 'unread' &&
    part.kind !== 'choice'
    ? part
    : undefined;
}

function converted(value: unknown, type: Expression): unknown {
  if (value === UNKNOWN || value === null) {
    return value;
  }
  if (type.kind === 'name') {
    return ofName(value, type.name);
  }
  if (type.kind === 'call') {
    return ofCall(value, type.name, type.args);
  }
  throw new NotLookedAt('a type that is not understood');
}

function ofName(value: unknown, name: string): unknown {
  switch (name) {
    case 'string':
      return text(value);
    case 'number':
      return number(value);
    case 'bool':
      return truth(value);
    case 'any':
      return value;
    case 'list':
      return ofOneKind(list(value));
    case 'map':
      ofOneKind(Object.values(map(value)));
      return value;
    case 'set':
      return setOf(list(value));
    default:
      throw new NotLookedAt(`a type ${name}`);
  }
}

function ofCall(
  value: unknown,
  name: string,
  [inner, ...more]: readonly Expression[],
): unknown {
  if (inner === undefined || more.length > 0) {
    throw new NotLookedAt(`a type ${name}`);
  }
  const isAny = inner.kind === 'name' && inner.name === 'any';
  switch (name) {
    case 'list': {
      const items = list(value).map(item => converted(item, inner));
      return isAny ? ofOneKind(items) : items;
    }
    case 'set':
      return setOf(list(value).map(item => converted(item, inner)));
    case 'map': {
      const entries = Object.entries(map(value)).map(
        ([key, entry]): [string, unknown] => [key, converted(entry, inner)],
      );
      if (isAny) {
        ofOneKind(entries.map(([, entry]) => entry));
      }
      return Object.fromEntries(entries);
    }
    case 'tuple':
      return ofTuple(list(value), inner);
    case 'object':
      return ofObject(value, inner);
    default:
      throw new NotLookedAt(`a type ${name}`);
  }
}

function ofTuple(items: readonly unknown[], types: Expression): unknown {
  if (types.kind !== 'tuple' || types.items.length !== items.length) {
    throw new ExpressionError('a tuple of another length');
  }
  return items.map((item, index) => converted(item, types.items[index]));
}

function ofObject(value: unknown, types: Expression): unknown {
  if (types.kind !== 'object' || !isObject(value)) {
    throw new ExpressionError('an object is needed');
  }
  return Object.fromEntries(
    types.entries.map(([key, type]): [string, unknown] => {
      if (key.kind !== 'literal') {
        throw new NotLookedAt('an attribute without a name');
      }
      const name = String(key.value);
      const given = Object.hasOwn(value, name) ? value[name] : undefined;
      return [name, attribute(given, type, name)];
    }),
  );
}

function attribute(given: unknown, type: Expression, name: string): unknown {
  if (type.kind === 'call' && type.name === 'optional') {
    const [inner, otherwise] = type.args;
    return converted(
      (given ?? null) === null && otherwise
        ? valueOfExpression(otherwise, NOTHING)
        : given ?? null,
      inner,
    );
  }
  if (given === undefined) {
    throw new ExpressionError(`${name} is missing`);
  }
  return converted(given, type);
}

/** A value that names nothing: `-1`, which is an expression. */
export function constant(value: unknown): unknown {
  return evaluate(value, NOTHING);
}
