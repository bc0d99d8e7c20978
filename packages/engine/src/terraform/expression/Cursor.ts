import { ExpressionError, NotLookedAt, Token } from './tokens';

/** Goes through the pieces of an expression. */
export class Cursor {
  protected at = 0;

  constructor(protected readonly tokens: readonly Token[]) {}

  end() {
    if (this.at < this.tokens.length) {
      throw new ExpressionError('more than one expression');
    }
  }

  protected attribute(): string | number {
    const token = this.tokens[this.at];
    if (token?.kind !== 'name' && token?.kind !== 'number') {
      throw new ExpressionError('a name is missing after the dot');
    }
    // `a.0.1` reads like a number, and is none.
    if (token.kind === 'number' && !Number.isInteger(token.value)) {
      throw new NotLookedAt('an element of an element by numbers');
    }
    this.at += 1;
    return token.value;
  }

  protected isNamed(name: string): boolean {
    const token = this.tokens[this.at];
    return token?.kind === 'name' && token.value === name;
  }

  protected takeOne(symbols: readonly string[]): string | undefined {
    return symbols.find(symbol => this.take(symbol));
  }

  protected isSymbol(symbol: string, ahead = 0): boolean {
    const token = this.tokens[this.at + ahead];
    return token?.kind === 'symbol' && token.value === symbol;
  }

  protected take(symbol: string): boolean {
    const isThere = this.isSymbol(symbol);
    if (isThere) {
      this.at += 1;
    }
    return isThere;
  }

  protected expect(symbol: string) {
    if (!this.take(symbol)) {
      throw new ExpressionError(`${symbol} is missing`);
    }
  }
}
