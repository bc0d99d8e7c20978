import {
  endOfInterpolation,
  ExpressionError,
  isInterpolation,
  Token,
  tokensOf,
} from './tokens';

/** An expression of HCL. */
export type Expression =
  | { readonly kind: 'literal'; readonly value: unknown }
  | { readonly kind: 'template'; readonly parts: readonly TemplatePart[] }
  | { readonly kind: 'name'; readonly name: string }
  | {
      readonly kind: 'index';
      readonly of: Expression;
      readonly key: Expression;
    }
  | {
      readonly kind: 'splat';
      readonly of: Expression;
      readonly each: Expression;
    }
  | { readonly kind: 'each' }
  | {
      readonly kind: 'call';
      readonly name: string;
      readonly args: readonly Expression[];
      readonly spread: boolean;
    }
  | {
      readonly kind: 'unary';
      readonly operator: string;
      readonly of: Expression;
    }
  | {
      readonly kind: 'binary';
      readonly operator: string;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: 'conditional';
      readonly condition: Expression;
      readonly then: Expression;
      readonly otherwise: Expression;
    }
  | { readonly kind: 'tuple'; readonly items: readonly Expression[] }
  | {
      readonly kind: 'object';
      readonly entries: readonly (readonly [Expression, Expression])[];
    }
  | {
      readonly kind: 'for';
      readonly names: readonly string[];
      readonly over: Expression;
      readonly key?: Expression;
      readonly value: Expression;
      readonly condition?: Expression;
    };

/** Text as it is, an expression whose value is put in, or a choice between two templates. */
export type TemplatePart =
  | string
  | Expression
  | { readonly kind: 'unread' }
  | {
      readonly kind: 'choice';
      readonly condition: Expression;
      readonly then: readonly TemplatePart[];
      readonly otherwise: readonly TemplatePart[];
    };

/** What binds tighter comes later. */
const LEVELS = [
  ['||'],
  ['&&'],
  ['==', '!='],
  ['<', '>', '<=', '>='],
  ['+', '-'],
  ['*', '/', '%'],
];

const CONSTANTS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['true', true],
  ['false', false],
  ['null', null],
]);

/** Deeper than anything that a person wrote. */
const MAX_DEPTH = 100;

class Reader {
  private at = 0;
  private depth = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  end() {
    if (this.at < this.tokens.length) {
      throw new ExpressionError('more than one expression');
    }
  }

  expression(): Expression {
    this.depth += 1;
    if (this.depth > MAX_DEPTH) {
      throw new ExpressionError('too deep');
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
        if (this.take('*')) {
          return this.splat(expression);
        }
        expression = {
          kind: 'index',
          of: expression,
          key: { kind: 'literal', value: this.attribute() },
        };
      } else if (this.take('[')) {
        if (this.take('*')) {
          this.expect(']');
          return this.splat(expression);
        }
        expression = { kind: 'index', of: expression, key: this.expression() };
        this.expect(']');
      } else {
        return expression;
      }
    }
  }

  private splat(of: Expression): Expression {
    return { kind: 'splat', of, each: this.postfix({ kind: 'each' }) };
  }

  private attribute(): string | number {
    const token = this.tokens[this.at];
    if (token?.kind !== 'name' && token?.kind !== 'number') {
      throw new ExpressionError('a name is missing after the dot');
    }
    this.at += 1;
    return token.value;
  }

  private primary(): Expression {
    const token = this.tokens[this.at];
    this.at += 1;
    switch (token?.kind) {
      case 'number':
        return { kind: 'literal', value: token.value };
      case 'template':
        return templateExpression(token.value);
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
      const key = this.expression();
      if (!this.take('=')) {
        this.expect(':');
      }
      entries.push([
        // A bare word is a key by itself; in parentheses it is an expression.
        key.kind === 'name' ? { kind: 'literal', value: key.name } : key,
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
    this.take('...');
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
    };
  }

  private isNamed(name: string): boolean {
    const token = this.tokens[this.at];
    return token?.kind === 'name' && token.value === name;
  }

  private takeOne(symbols: readonly string[]): string | undefined {
    return symbols.find(symbol => this.take(symbol));
  }

  private take(symbol: string): boolean {
    const token = this.tokens[this.at];
    const isThere = token?.kind === 'symbol' && token.value === symbol;
    if (isThere) {
      this.at += 1;
    }
    return isThere;
  }

  private expect(symbol: string) {
    if (!this.take(symbol)) {
      throw new ExpressionError(`${symbol} is missing`);
    }
  }
}

/** @throws {@link ExpressionError} */
export function parseExpression(text: string): Expression {
  const reader = new Reader(tokensOf(text));
  const expression = reader.expression();
  reader.end();
  return expression;
}

/** The parts of a template: `checkout-${var.environment}`. */
export function parseTemplate(text: string): TemplatePart[] {
  const { parts, rest } = partsOf(text, 0, []);
  if (rest < text.length) {
    throw new ExpressionError('a directive that nothing opened');
  }
  return parts;
}

/** Reads up to one of the directives, or to the end; `rest` is where that stands. */
function partsOf(
  text: string,
  start: number,
  until: readonly string[],
): { parts: TemplatePart[]; rest: number } {
  const parts: TemplatePart[] = [];
  let literal = '';
  let at = start;
  const flush = () => {
    if (literal !== '') {
      parts.push(literal);
      literal = '';
    }
  };
  while (at < text.length) {
    if (!isInterpolation(text, at)) {
      if (/^(?:\$\$|%%)\{/.test(text.slice(at, at + 3))) {
        at += 1;
      }
      literal += text[at];
      at += 1;
      continue;
    }
    const end = endOfInterpolation(text, at + 2);
    const inner = text.slice(at + 2, end).replace(/^~|~$/g, '');
    if (text[at] === '$') {
      flush();
      parts.push(parseExpression(inner));
      at = end + 1;
      continue;
    }
    const [, word = '', condition = ''] =
      /^\s*(\w+)\s*([\s\S]*)$/.exec(inner) ?? [];
    if (until.includes(word)) {
      flush();
      return { parts, rest: at };
    }
    flush();
    if (word === 'if') {
      const choice = choiceOf(text, end + 1, condition);
      parts.push(choice.part);
      at = choice.rest;
    } else {
      // A loop: what it makes is not looked at.
      parts.push({ kind: 'unread' });
      at = end + 1;
    }
  }
  flush();
  return { parts, rest: at };
}

function choiceOf(text: string, start: number, condition: string) {
  const then = partsOf(text, start, ['else', 'endif']);
  const next = endOfInterpolation(text, then.rest + 2);
  const isElse = /^[%]\{~?\s*else/.test(text.slice(then.rest));
  const otherwise = isElse
    ? partsOf(text, next + 1, ['endif'])
    : { parts: [], rest: then.rest };
  return {
    part: {
      kind: 'choice' as const,
      condition: parseExpression(condition),
      then: then.parts,
      otherwise: otherwise.parts,
    },
    rest: endOfInterpolation(text, otherwise.rest + 2) + 1,
  };
}

function templateExpression(quoted: string): Expression {
  const parts = parseTemplate(quoted).map(part =>
    typeof part === 'string' ? unescaped(part) : part,
  );
  if (parts.every((part): part is string => typeof part === 'string')) {
    return { kind: 'literal', value: parts.join('') };
  }
  return { kind: 'template', parts };
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
};

function unescaped(text: string): string {
  return text
    .replace(/\\u([0-9a-fA-F]{4})/g, (_, code: string) =>
      String.fromCharCode(parseInt(code, 16)),
    )
    .replace(
      /\\(.)/g,
      (_, character: string) => ESCAPES[character] ?? character,
    );
}
