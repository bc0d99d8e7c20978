import { Cursor } from './Cursor';
import { notTooHigh } from './notTooHigh';
import { CONSTANTS, Expression, LEVELS, TemplatePart } from './syntax';
import { readTemplate } from './template';
import { ExpressionError, NotLookedAt, Token, tokensOf } from './tokens';

export type { Expression, TemplatePart } from './syntax';

/** Deeper than anything that a person wrote: expressions in expressions, templates in templates. */
const MAX_DEPTH = 60;

class Reader extends Cursor {
  /** @param depth - how deep in others the expression stands. */
  constructor(tokens: readonly Token[], private depth: number) {
    super(tokens);
  }

  expression(): Expression {
    this.depth += 1;
    if (this.depth > MAX_DEPTH) {
      throw new NotLookedAt('too deep');
    }
    const found = this.conditional();
    this.depth -= 1;
    return found;
  }

  private conditional(): Expression {
    const condition = this.binary(0);
    if (!this.take('?')) {
      return condition;
    }
    const then = this.expression();
    this.expect(':');
    return {
      kind: 'conditional',
      condition,
      then,
      otherwise: this.expression(),
    };
  }

  private binary(level: number): Expression {
    if (level === LEVELS.length) {
      return this.unary();
    }
    let left = this.binary(level + 1);
    for (
      let operator = this.takeOne(LEVELS[level]);
      operator !== undefined;
      operator = this.takeOne(LEVELS[level])
    ) {
      left = {
        kind: 'binary',
        operator,
        left,
        right: this.binary(level + 1),
      };
    }
    return left;
  }

  private unary(): Expression {
    const operators: string[] = [];
    for (
      let operator = this.takeOne(['!', '-']);
      operator !== undefined;
      operator = this.takeOne(['!', '-'])
    ) {
      operators.unshift(operator);
    }
    return operators.reduce<Expression>(
      (of, operator) => ({ kind: 'unary', operator, of }),
      this.postfix(this.primary()),
    );
  }

  private postfix(start: Expression): Expression {
    let expression = start;
    for (;;) {
      if (this.take('.')) {
        expression = this.take('*')
          ? { kind: 'splat', of: expression, each: this.attributes() }
          : {
              kind: 'index',
              of: expression,
              key: { kind: 'literal', value: this.attribute() },
            };
      } else if (this.take('[')) {
        if (this.take('*')) {
          this.expect(']');
          return {
            kind: 'splat',
            of: expression,
            each: this.postfix({ kind: 'each' }),
          };
        }
        expression = { kind: 'index', of: expression, key: this.expression() };
        this.expect(']');
      } else {
        return expression;
      }
    }
  }

  /** What `.*` takes of each element: attributes alone; what is in brackets after them is of the list. */
  private attributes(): Expression {
    let expression: Expression = { kind: 'each' };
    while (this.isSymbol('.') && !this.isSymbol('*', 1)) {
      this.at += 1;
      expression = {
        kind: 'index',
        of: expression,
        key: { kind: 'literal', value: this.attribute() },
      };
    }
    return expression;
  }

  private primary(): Expression {
    const token = this.tokens[this.at];
    this.at += 1;
    switch (token?.kind) {
      case 'number':
        return { kind: 'literal', value: token.value };
      case 'template':
        return templateExpression(token.value, true, this.depth);
      case 'heredoc':
        return templateExpression(token.value, false, this.depth);
      case 'name':
        return this.named(token.value);
      case 'symbol':
        return this.bracketed(token.value);
      default:
        throw new ExpressionError('an expression ends too early');
    }
  }

  private named(name: string): Expression {
    if (CONSTANTS.has(name)) {
      return { kind: 'literal', value: CONSTANTS.get(name) };
    }
    if (!this.take('(')) {
      return { kind: 'name', name };
    }
    const args: Expression[] = [];
    let spread = false;
    while (!this.take(')')) {
      args.push(this.expression());
      spread = this.take('...') || spread;
      if (!this.take(',')) {
        this.expect(')');
        break;
      }
    }
    return { kind: 'call', name, args, spread };
  }

  private bracketed(symbol: string): Expression {
    switch (symbol) {
      case '(': {
        const inside = this.expression();
        this.expect(')');
        return inside;
      }
      case '[':
        return this.isFor() ? this.forExpression(']') : this.tuple();
      case '{':
        return this.isFor() ? this.forExpression('}') : this.object();
      default:
        throw new ExpressionError(`unexpected ${symbol}`);
    }
  }

  private isFor(): boolean {
    const [first, second] = [this.tokens[this.at], this.tokens[this.at + 1]];
    return (
      first?.kind === 'name' && first.value === 'for' && second?.kind === 'name'
    );
  }

  private tuple(): Expression {
    const items: Expression[] = [];
    while (!this.take(']')) {
      items.push(this.expression());
      if (!this.take(',')) {
        this.expect(']');
        break;
      }
    }
    return { kind: 'tuple', items };
  }

  private object(): Expression {
    const entries: [Expression, Expression][] = [];
    while (!this.take('}')) {
      const isInParentheses = this.isSymbol('(');
      const key = this.expression();
      if (!this.take('=')) {
        this.expect(':');
      }
      entries.push([
        // A bare word is a key by itself; in parentheses it is an expression.
        key.kind === 'name' && !isInParentheses
          ? { kind: 'literal', value: key.name }
          : key,
        this.expression(),
      ]);
      this.take(',');
    }
    return { kind: 'object', entries };
  }

  private forExpression(close: string): Expression {
    this.at += 1;
    const names = [String(this.attribute())];
    if (this.take(',')) {
      names.push(String(this.attribute()));
    }
    if (this.attribute() !== 'in') {
      throw new ExpressionError('for without in');
    }
    const over = this.expression();
    this.expect(':');
    const first = this.expression();
    const value = this.take('=>') ? this.expression() : undefined;
    const isGrouping = value !== undefined && this.take('...');
    const hasCondition = this.isNamed('if');
    if (hasCondition) {
      this.at += 1;
    }
    const condition = hasCondition ? this.expression() : undefined;
    this.expect(close);
    return {
      kind: 'for',
      names,
      over,
      ...(value ? { key: first } : {}),
      value: value ?? first,
      ...(condition ? { condition } : {}),
      isGrouping,
    };
  }
}

/**
 * Reads one expression.
 *
 * @throws {@link ExpressionError} for what is none, {@link NotLookedAt} for what is too deep.
 */
export function parseExpression(text: string): Expression {
  return notTooHigh(expressionIn(text, 0));
}

/**
 * The parts of a template: `checkout-${var.environment}`.
 *
 * @throws {@link ExpressionError} for what is none, {@link NotLookedAt} for what is too deep.
 */
export function parseTemplate(text: string): TemplatePart[] {
  return notTooHigh(templateIn(text, false, 0));
}

function expressionIn(text: string, depth: number): Expression {
  const reader = new Reader(tokensOf(text), depth);
  const expression = reader.expression();
  reader.end();
  return expression;
}

function templateIn(
  text: string,
  isQuoted: boolean,
  depth: number,
): TemplatePart[] {
  if (depth > MAX_DEPTH) {
    throw new NotLookedAt('too deep');
  }
  return readTemplate(text, isQuoted, inner => expressionIn(inner, depth + 1));
}

function templateExpression(
  text: string,
  isQuoted: boolean,
  depth: number,
): Expression {
  const parts = templateIn(text, isQuoted, depth);
  return parts.every((part): part is string => typeof part === 'string')
    ? { kind: 'literal', value: parts.join('') }
    : { kind: 'template', parts };
}
