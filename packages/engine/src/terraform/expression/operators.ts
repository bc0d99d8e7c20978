import { number, same, truth } from './conversions';
import { Meter, weightOf } from './meter';
import { ExpressionError, NotLookedAt } from './tokens';
import { isKnown, UNKNOWN } from './unknown';

/** The value of `!x` or `-x`. */
export function unary(operator: string, value: unknown): unknown {
  if (value === UNKNOWN) {
    return UNKNOWN;
  }
  return operator === '!' ? !truth(value) : -number(value);
}

/**
 * The value of two sides with an operator between them.
 *
 * @throws {@link ExpressionError} for sides that the operator is not for.
 */
export function binary(
  operator: string,
  left: () => unknown,
  right: () => unknown,
  meter: Meter,
): unknown {
  if (operator === '&&' || operator === '||') {
    return logical(operator === '||', left(), right);
  }
  const a = left();
  const b = right();
  if (operator === '==' || operator === '!=') {
    meter.spend(weightOf(a) + weightOf(b));
    return isKnown(a) && isKnown(b)
      ? same(a, b) === (operator === '==')
      : UNKNOWN;
  }
  return a === UNKNOWN || b === UNKNOWN
    ? UNKNOWN
    : calculated(operator, number(a), number(b));
}

/** @param deciding - what one side decides by, whatever the other one is. */
function logical(
  deciding: boolean,
  left: unknown,
  right: () => unknown,
): unknown {
  const a = left === UNKNOWN ? UNKNOWN : truth(left);
  let b: unknown;
  try {
    const found = right();
    b = found === UNKNOWN ? UNKNOWN : truth(found);
  } catch (error) {
    // Some versions do not look at the right side where the left one decides, others stop.
    if (error instanceof ExpressionError && a !== !deciding) {
      throw new NotLookedAt('a side that may not count');
    }
    throw error;
  }
  if (a === deciding || b === deciding) {
    return deciding;
  }
  return a === UNKNOWN || b === UNKNOWN ? UNKNOWN : !deciding;
}

function calculated(operator: string, a: number, b: number): unknown {
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
    default:
      if (b === 0) {
        throw new ExpressionError('a division by zero');
      }
      return operator === '/' ? a / b : a % b;
  }
}
