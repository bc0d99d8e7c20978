import { isObject } from '../../model/json';
import { FUNCTIONS } from './functions';
import { Expression, parseTemplate, TemplatePart } from './parse';
import { ExpressionError } from './tokens';

/** Stands for what only Terraform will know, or what is not looked at. */
export const UNKNOWN: unique symbol = Symbol('unknown');

/** What names stand for: `var`, `local`, `terraform`. What is absent is {@link UNKNOWN}. */
export interface Scope {
  readonly lookUp: (namespace: string, name: string) => unknown;
  /** Names that a `for` gives, and the element of a splat. */
  readonly own?: Readonly<Record<string, unknown>>;
  readonly each?: unknown;
}

/**
 * The value of what `hcl2json` made of an argument: text is a template, and lists and maps are looked through. Parts that
 * are not known are {@link UNKNOWN}.
 */
export function evaluate(value: unknown, scope: Scope): unknown {
  if (typeof value === 'string') {
    return templateValue(value, scope);
  }
  if (Array.isArray(value)) {
    return value.map(entry => evaluate(entry, scope));
  }
  return isObject(value)
    ? Object.fromEntries(
        Object.entries(value).map(([key, entry]) => {
          const name = templateValue(key, scope);
          return [
            typeof name === 'string' ? name : key,
            evaluate(entry, scope),
          ];
        }),
      )
    : value;
}

/** Whether something, or anything in it, is not known. */
export function isKnown(value: unknown): boolean {
  if (Array.isArray(value)) {
    return value.every(isKnown);
  }
  return isObject(value)
    ? Object.values(value).every(isKnown)
    : value !== UNKNOWN;
}

/** Templates that were read; the same ones are asked for by every root. */
const parsed = new Map<string, readonly TemplatePart[] | undefined>();
const MAX_PARSED = 10_000;

/** The parts of a template; undefined where it cannot be read. */
export function partsOf(text: string): readonly TemplatePart[] | undefined {
  if (!parsed.has(text)) {
    if (parsed.size >= MAX_PARSED) {
      parsed.clear();
    }
    let parts: readonly TemplatePart[] | undefined;
    try {
      parts = parseTemplate(text);
    } catch (error) {
      if (!(error instanceof ExpressionError)) {
        throw error;
      }
    }
    parsed.set(text, parts);
  }
  return parsed.get(text);
}

function templateValue(text: string, scope: Scope): unknown {
  if (!/[$%]\{/.test(text)) {
    return text;
  }
  const parts = partsOf(text);
  return parts ? orUnknown(() => joined(parts, scope)) : UNKNOWN;
}

/** The value of one expression. */
export function valueOfExpression(
  expression: Expression,
  scope: Scope,
): unknown {
  return orUnknown(() => valueOf(expression, scope));
}

function orUnknown(value: () => unknown): unknown {
  try {
    return value();
  } catch (error) {
    if (error instanceof ExpressionError) {
      return UNKNOWN;
    }
    throw error;
  }
}

function joined(parts: readonly TemplatePart[], scope: Scope): unknown {
  const [only] = parts;
  if (parts.length === 1 && typeof only !== 'string') {
    return partValue(only, scope);
  }
  const values = parts.map(part =>
    typeof part === 'string' ? part : partValue(part, scope),
  );
  return values.every(
    value =>
      typeof value === 'string' ||
      typeof value === 'number' ||
      typeof value === 'boolean',
  )
    ? values.join('')
    : UNKNOWN;
}

function partValue(part: Exclude<TemplatePart, string>, scope: Scope): unknown {
  if (part.kind === 'unread') {
    return UNKNOWN;
  }
  if (part.kind === 'choice') {
    const condition = valueOf(part.condition, scope);
    return typeof condition === 'boolean'
      ? joined(condition ? part.then : part.otherwise, scope) ?? ''
      : UNKNOWN;
  }
  return valueOf(part, scope);
}

/** @throws ExpressionError for what can have no value, such as a key that a map has not. */
function valueOf(expression: Expression, scope: Scope): unknown {
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'template':
      return joined(expression.parts, scope);
    case 'name':
      return scope.own && Object.hasOwn(scope.own, expression.name)
        ? scope.own[expression.name]
        : UNKNOWN;
    case 'each':
      return scope.each;
    case 'index':
      return indexed(expression, scope);
    case 'splat': {
      const of = valueOf(expression.of, scope);
      const items = Array.isArray(of) ? of : [of];
      return of === UNKNOWN
        ? UNKNOWN
        : items.map(each => valueOf(expression.each, { ...scope, each }));
    }
    case 'call':
      return called(expression, scope);
    case 'unary': {
      const of = valueOf(expression.of, scope);
      if (expression.operator === '!') {
        return typeof of === 'boolean' ? !of : UNKNOWN;
      }
      return typeof of === 'number' ? -of : UNKNOWN;
    }
    case 'binary':
      return combined(expression, scope);
    case 'conditional': {
      const condition = valueOf(expression.condition, scope);
      if (typeof condition === 'boolean') {
        return valueOf(
          condition ? expression.then : expression.otherwise,
          scope,
        );
      }
      const either = valueOf(expression.then, scope);
      return isKnown(either) &&
        JSON.stringify(either) ===
          JSON.stringify(valueOf(expression.otherwise, scope))
        ? either
        : UNKNOWN;
    }
    case 'tuple':
      return expression.items.map(item => valueOf(item, scope));
    case 'object':
      return objectValue(expression.entries, scope);
    default:
      return repeated(expression, scope);
  }
}

function indexed(
  { of, key }: Extract<Expression, { kind: 'index' }>,
  scope: Scope,
): unknown {
  if (of.kind === 'name' && !(scope.own && Object.hasOwn(scope.own, of.name))) {
    return key.kind === 'literal'
      ? scope.lookUp(of.name, String(key.value))
      : UNKNOWN;
  }
  const holder = valueOf(of, scope);
  const name = valueOf(key, scope);
  if (holder === UNKNOWN || name === UNKNOWN) {
    return UNKNOWN;
  }
  const found: unknown =
    Array.isArray(holder) || isObject(holder)
      ? new Map<string, unknown>(Object.entries(holder)).get(String(name))
      : undefined;
  if (found === undefined) {
    throw new ExpressionError(`there is no ${String(name)}`);
  }
  return found;
}

function called(
  { name, args, spread }: Extract<Expression, { kind: 'call' }>,
  scope: Scope,
): unknown {
  if (name === 'try' || name === 'can') {
    for (const arg of args) {
      try {
        const value = valueOf(arg, scope);
        if (name === 'can') {
          return value === UNKNOWN ? UNKNOWN : true;
        }
        return value;
      } catch (error) {
        if (!(error instanceof ExpressionError)) {
          throw error;
        }
      }
    }
    if (name === 'can') {
      return false;
    }
    throw new ExpressionError('nothing that was tried has a value');
  }
  if (name === 'lookup') {
    const [holder, key, otherwise] = args.map(arg => valueOf(arg, scope));
    if (!isObject(holder) || typeof key !== 'string') {
      return UNKNOWN;
    }
    if (Object.hasOwn(holder, key)) {
      return holder[key];
    }
    if (args.length < 3) {
      throw new ExpressionError(`there is no ${key}`);
    }
    return otherwise;
  }
  const values = args.map(arg => valueOf(arg, scope));
  const last = values.at(-1);
  const given =
    spread && Array.isArray(last) ? [...values.slice(0, -1), ...last] : values;
  const isMerge = name === 'merge';
  // A map with a part that is not known is known for the rest.
  if (
    !Object.hasOwn(FUNCTIONS, name) ||
    (isMerge ? given.includes(UNKNOWN) : !given.every(isKnown))
  ) {
    return UNKNOWN;
  }
  return FUNCTIONS[name](...given);
}

function combined(
  { operator, left, right }: Extract<Expression, { kind: 'binary' }>,
  scope: Scope,
): unknown {
  const a = valueOf(left, scope);
  const b = valueOf(right, scope);
  // What decides by itself does so whatever the other side is.
  if (operator === '&&' && (a === false || b === false)) {
    return false;
  }
  if (operator === '||' && (a === true || b === true)) {
    return true;
  }
  if (!isKnown(a) || !isKnown(b)) {
    return UNKNOWN;
  }
  switch (operator) {
    case '==':
      return JSON.stringify(a) === JSON.stringify(b);
    case '!=':
      return JSON.stringify(a) !== JSON.stringify(b);
    case '&&':
      return a === true && b === true;
    case '||':
      return false;
    default:
      return calculated(operator, Number(a), Number(b));
  }
}

function calculated(operator: string, a: number, b: number): unknown {
  if (Number.isNaN(a) || Number.isNaN(b)) {
    throw new ExpressionError('a number is needed');
  }
  switch (operator) {
    case '<':
      return a < b;
    case '>':
      return a > b;
    case '<=':
      return a <= b;
    case '>=':
      return a >= b;
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    default:
      return a % b;
  }
}

function objectValue(
  entries: readonly (readonly [Expression, Expression])[],
  scope: Scope,
): unknown {
  const found: [string, unknown][] = [];
  for (const [key, value] of entries) {
    const name = valueOf(key, scope);
    if (typeof name !== 'string' && typeof name !== 'number') {
      return UNKNOWN;
    }
    found.push([String(name), valueOf(value, scope)]);
  }
  return Object.fromEntries(found);
}

function repeated(
  expression: Extract<Expression, { kind: 'for' }>,
  scope: Scope,
): unknown {
  const over = valueOf(expression.over, scope);
  if (!Array.isArray(over) && !isObject(over)) {
    return UNKNOWN;
  }
  const results: [unknown, unknown][] = [];
  for (const [key, value] of Object.entries(over)) {
    const named = [Array.isArray(over) ? Number(key) : key, value];
    const own = {
      ...scope.own,
      ...Object.fromEntries(
        expression.names.map((name, index) => [
          name,
          named[expression.names.length === 1 ? 1 : index],
        ]),
      ),
    };
    const inside = { ...scope, own };
    const isWanted =
      expression.condition === undefined ||
      valueOf(expression.condition, inside);
    if (isWanted === UNKNOWN) {
      return UNKNOWN;
    }
    if (isWanted === true) {
      results.push([
        expression.key && valueOf(expression.key, inside),
        valueOf(expression.value, inside),
      ]);
    }
  }
  if (!expression.key) {
    return results.map(([, value]) => value);
  }
  return results.some(([key]) => key === UNKNOWN)
    ? UNKNOWN
    : Object.fromEntries(results.map(([key, value]) => [String(key), value]));
}
