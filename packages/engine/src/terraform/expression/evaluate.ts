import { isObject } from '../../model/json';
import { called, elementOf } from './calls';
import { same, text, truth } from './conversions';
import { gathered, pairsOf } from './loops';
import { isTooLarge, limited, Meter, weightOf } from './meter';
import { binary, unary } from './operators';
import { parseTemplate } from './parse';
import { Expression, TemplatePart } from './syntax';
import { ExpressionError, NotLookedAt } from './tokens';
import { isKnown, UNKNOWN } from './unknown';

export { isKnown, UNKNOWN } from './unknown';

/** What names stand for: `var`, `local`, `terraform`. What is absent is {@link UNKNOWN}. */
export interface Scope {
  readonly lookUp: (namespace: string, name: string) => unknown;
  /** Names that a `for` gives, and the element of a splat. */
  readonly own?: Readonly<Record<string, unknown>>;
  readonly each?: unknown;
  /** What `abspath` makes of a path. */
  readonly absolute?: (path: string) => unknown;
  /** Counts for everything that is evaluated together; what is evaluated alone has one of its own. */
  readonly meter?: Meter;
}

interface Metered extends Scope {
  readonly meter: Meter;
}

/**
 * The value of what `hcl2json` made of an argument: text is a template, and lists and maps are looked through. Parts that
 * are not known are {@link UNKNOWN}, and so is what is too large or too deep.
 */
export function evaluate(value: unknown, scope: Scope): unknown {
  const metered = meteredBy(scope);
  return orUnknown(() => metered.meter.within(() => inside(value, metered)));
}

function inside(value: unknown, scope: Metered): unknown {
  if (typeof value === 'string') {
    return templateValue(value, scope);
  }
  if (Array.isArray(value)) {
    return value.map(entry => evaluate(entry, scope));
  }
  return isObject(value)
    ? Object.fromEntries(
        Object.entries(value).map(([key, entry]): [string, unknown] => {
          const name = templateValue(key, scope);
          if (name === UNKNOWN) {
            throw new NotLookedAt('a key that is not known');
          }
          return [text(name), evaluate(entry, scope)];
        }),
      )
    : value;
}

function meteredBy(scope: Scope): Metered {
  return { ...scope, meter: scope.meter ?? new Meter() };
}

/** A value that is given and not written; {@link UNKNOWN} where it is too large. */
export function bounded(value: unknown): unknown {
  return isTooLarge(value) ? UNKNOWN : value;
}

/** Templates that were read; the same ones are asked for by every root. */
const parsed = new Map<string, readonly TemplatePart[] | undefined>();
const MAX_PARSED = 10_000;

/** The parts of a template; undefined where it cannot be read. */
export function partsOf(template: string): readonly TemplatePart[] | undefined {
  if (!parsed.has(template)) {
    if (parsed.size >= MAX_PARSED) {
      parsed.clear();
    }
    const parts = orUnknown(() => parseTemplate(template));
    parsed.set(template, isParts(parts) ? parts : undefined);
  }
  return parsed.get(template);
}

function isParts(
  parts: readonly TemplatePart[] | typeof UNKNOWN,
): parts is readonly TemplatePart[] {
  return parts !== UNKNOWN;
}

function templateValue(template: string, scope: Metered): unknown {
  if (!/[$%]\{/.test(template)) {
    return template;
  }
  const parts = partsOf(template);
  return parts
    ? orUnknown(() => scope.meter.within(() => joined(parts, scope)))
    : UNKNOWN;
}

/** The value of one expression. */
export function valueOfExpression(
  expression: Expression,
  scope: Scope,
): unknown {
  const metered = meteredBy(scope);
  return orUnknown(() => valueOf(expression, metered));
}

function orUnknown<T>(value: () => T): T | typeof UNKNOWN {
  try {
    return value();
  } catch (error) {
    if (error instanceof ExpressionError || error instanceof NotLookedAt) {
      return UNKNOWN;
    }
    throw error;
  }
}

function joined(parts: readonly TemplatePart[], scope: Metered): unknown {
  const [only] = parts;
  if (parts.length === 1 && typeof only !== 'string') {
    return partValue(only, scope);
  }
  const values = parts.map(part =>
    typeof part === 'string' ? part : partValue(part, scope),
  );
  if (!isKnown(values)) {
    return UNKNOWN;
  }
  const texts = values.map(text);
  limited(texts.reduce((sum, { length }) => sum + length, 0));
  return texts.join('');
}

function partValue(
  part: Exclude<TemplatePart, string>,
  scope: Metered,
): unknown {
  if (part.kind === 'unread') {
    return UNKNOWN;
  }
  if (part.kind === 'choice') {
    const condition = valueOf(part.condition, scope);
    if (condition === UNKNOWN) {
      return UNKNOWN;
    }
    const chosen = joined(truth(condition) ? part.then : part.otherwise, scope);
    return chosen === UNKNOWN ? UNKNOWN : text(chosen);
  }
  return valueOf(part, scope);
}

/**
 * @throws {@link ExpressionError} for what can have no value, such as a key that a map has not; {@link NotLookedAt} for what
 * may have one.
 */
function valueOf(expression: Expression, scope: Metered): unknown {
  return scope.meter.within(() => found(expression, scope));
}

function found(expression: Expression, scope: Metered): unknown {
  const value = (part: Expression) => valueOf(part, scope);
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
    case 'splat':
      return splat(expression, scope);
    case 'call':
      return called(expression, value, scope);
    case 'unary':
      return unary(expression.operator, value(expression.of));
    case 'binary':
      return binary(
        expression.operator,
        () => value(expression.left),
        () => value(expression.right),
        scope.meter,
      );
    case 'conditional':
      return conditional(expression, scope);
    case 'tuple':
      return expression.items.map(value);
    case 'object':
      return objectValue(expression.entries, scope);
    default:
      return repeated(expression, scope);
  }
}

function splat(
  { of, each }: Extract<Expression, { kind: 'splat' }>,
  scope: Metered,
): unknown {
  const value = valueOf(of, scope);
  if (value === UNKNOWN) {
    return UNKNOWN;
  }
  // What is null has no elements, and any other single thing is its only one.
  const items = value === null ? [] : [value].flat();
  return items.map(item => valueOf(each, { ...scope, each: item }));
}

function conditional(
  { condition, then, otherwise }: Extract<Expression, { kind: 'conditional' }>,
  scope: Metered,
): unknown {
  const decision = valueOf(condition, scope);
  if (decision !== UNKNOWN) {
    return valueOf(truth(decision) ? then : otherwise, scope);
  }
  // A side that has no value may be the one that does not count.
  const sides = [then, otherwise].map(side =>
    orUnknown(() => valueOf(side, scope)),
  );
  scope.meter.spend(weightOf(sides));
  return isKnown(sides) && same(sides[0], sides[1]) ? sides[0] : UNKNOWN;
}

function indexed(
  { of, key }: Extract<Expression, { kind: 'index' }>,
  scope: Metered,
): unknown {
  if (of.kind === 'name' && !(scope.own && Object.hasOwn(scope.own, of.name))) {
    return key.kind === 'literal'
      ? scope.lookUp(of.name, String(key.value))
      : UNKNOWN;
  }
  return elementOf(valueOf(of, scope), valueOf(key, scope));
}

function objectValue(
  entries: readonly (readonly [Expression, Expression])[],
  scope: Metered,
): unknown {
  const made: [string, unknown][] = [];
  for (const [key, value] of entries) {
    const name = valueOf(key, scope);
    if (name === UNKNOWN) {
      return UNKNOWN;
    }
    made.push([text(name), valueOf(value, scope)]);
  }
  return Object.fromEntries(made);
}

function repeated(
  expression: Extract<Expression, { kind: 'for' }>,
  scope: Metered,
): unknown {
  const over = valueOf(expression.over, scope);
  if (over === UNKNOWN) {
    return UNKNOWN;
  }
  const results: [unknown, unknown][] = [];
  for (const pair of pairsOf(over)) {
    const { names } = expression;
    const own = {
      ...scope.own,
      ...Object.fromEntries(
        names.map((name, index) => [
          name,
          pair[names.length === 1 ? 1 : index],
        ]),
      ),
    };
    const within = { ...scope, own };
    const isWanted =
      expression.condition === undefined ||
      valueOf(expression.condition, within);
    if (isWanted === UNKNOWN) {
      return UNKNOWN;
    }
    if (truth(isWanted)) {
      results.push([
        expression.key && valueOf(expression.key, within),
        valueOf(expression.value, within),
      ]);
    }
  }
  if (!expression.key) {
    return results.map(([, value]) => value);
  }
  return results.some(([key]) => key === UNKNOWN)
    ? UNKNOWN
    : gathered(results, expression.isGrouping);
}
