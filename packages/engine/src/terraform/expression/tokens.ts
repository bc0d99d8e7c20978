/** A piece of an expression of HCL. */
export type Token =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'name'; readonly value: string }
  /** What stands between quotes, as it is written. */
  | { readonly kind: 'template'; readonly value: string }
  /** The lines of a heredoc, without what `<<-` takes off them. */
  | { readonly kind: 'heredoc'; readonly value: string }
  | { readonly kind: 'symbol'; readonly value: string };

/** What has no value: Terraform would stop at it, and `try` goes on to what comes next. */
export class ExpressionError extends Error {}

/** What Terraform may well have a value for, and this reader does not look at. */
export class NotLookedAt extends Error {}

/** Templates in templates are followed this far. */
const MAX_NESTED = 100;

const SYMBOLS = [
  '...',
  '=>',
  '==',
  '!=',
  '<=',
  '>=',
  '&&',
  '||',
  ...'+-*/%<>!?:,.()[]{}=',
];

/** Cuts an expression into its pieces; comments and white space are left out. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const rest = text.slice(at);
    const skipped = /^(?:\s+|#[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\/)/.exec(rest);
    const number = /^\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/.exec(rest);
    const name = /^[\p{L}_][\p{L}\p{N}_-]*/u.exec(rest);
    const heredoc =
      /^<<(-?)([\w-]+)\r?\n((?:[^\n]*\n)*?)[ \t]*\2[ \t]*(?=\r?\n|$)/.exec(
        rest,
      );
    if (skipped) {
      at += skipped[0].length;
    } else if (rest.startsWith('"')) {
      const end = endOfTemplate(text, at + 1);
      tokens.push({ kind: 'template', value: text.slice(at + 1, end) });
      at = end + 1;
    } else if (heredoc) {
      const [, dash, , lines] = heredoc;
      tokens.push({
        kind: 'heredoc',
        value: dash === '' ? lines : withoutIndent(lines),
      });
      at += heredoc[0].length;
    } else if (number) {
      tokens.push({ kind: 'number', value: Number(number[0]) });
      at += number[0].length;
    } else if (name) {
      tokens.push({ kind: 'name', value: name[0] });
      at += name[0].length;
    } else {
      const symbol = SYMBOLS.find(candidate => rest.startsWith(candidate));
      if (symbol === undefined) {
        throw new ExpressionError(`unexpected ${rest[0]}`);
      }
      tokens.push({ kind: 'symbol', value: symbol });
      at += symbol.length;
    }
  }
  return tokens;
}

/** Lines without the white space that all of them begin with. */
function withoutIndent(text: string): string {
  const lines = text.split('\n');
  const indent = lines
    .filter(line => line.trim() !== '')
    .reduce((least, line) => Math.min(least, line.search(/\S/)), Infinity);
  return lines
    .map(line =>
      line.slice(Math.min(indent, /^[ \t]*/.exec(line)?.[0].length ?? 0)),
    )
    .join('\n');
}

/** Where a quoted template ends, past what is quoted in its interpolations. */
function endOfTemplate(text: string, start: number, depth = 0): number {
  for (let at = start; at < text.length; at += 1) {
    if (text[at] === '\\') {
      at += 1;
    } else if (text[at] === '"') {
      return at;
    } else if (isInterpolation(text, at)) {
      at = endOfInterpolation(text, at + 2, depth + 1);
    }
  }
  throw new ExpressionError('a text does not end');
}

/** `${` and `%{`, unless doubled. */
export function isInterpolation(text: string, at: number): boolean {
  return (
    (text[at] === '$' || text[at] === '%') &&
    text[at + 1] === '{' &&
    text[at - 1] !== text[at]
  );
}

/** The closing brace of an interpolation. */
export function endOfInterpolation(
  text: string,
  start: number,
  nested = 0,
): number {
  if (nested > MAX_NESTED) {
    throw new NotLookedAt('too deep');
  }
  let depth = 1;
  for (let at = start; at < text.length; at += 1) {
    if (text[at] === '"') {
      at = endOfTemplate(text, at + 1, nested);
    } else if (text[at] === '{') {
      depth += 1;
    } else if (text[at] === '}') {
      depth -= 1;
      if (depth === 0) {
        return at;
      }
    }
  }
  throw new ExpressionError('an interpolation does not end');
}
