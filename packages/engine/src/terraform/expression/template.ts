import { Expression, TemplatePart } from './syntax';
import {
  endOfInterpolation,
  ExpressionError,
  isInterpolation,
  NotLookedAt,
} from './tokens';

/** Choices in choices are followed this far. */
const MAX_CHOICES = 50;

/** A directive or an interpolation, without its braces and the marks that trim what is beside it. */
interface Marked {
  readonly inner: string;
  readonly trimsBefore: boolean;
  readonly trimsAfter: boolean;
  readonly end: number;
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
};

/** `\n`, `\"`, `\u00e9` and `\U0001F44D` as what they stand for. */
function unescaped(text: string): string {
  return text.replace(
    /\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([\s\S]))/g,
    (_, short?: string, long?: string, character = '') => {
      const code = short ?? long;
      if (code === undefined) {
        return ESCAPES[character] ?? character;
      }
      if (parseInt(code, 16) > 0x10ffff) {
        throw new ExpressionError(`there is no character ${code}`);
      }
      return String.fromCodePoint(parseInt(code, 16));
    },
  );
}

class TemplateReader {
  private at = 0;
  private choices = 0;
  /** Whether white space at the start of the next text goes. */
  private trims = false;

  constructor(
    private readonly text: string,
    private readonly isQuoted: boolean,
    private readonly parse: (text: string) => Expression,
  ) {}

  end() {
    if (this.at < this.text.length) {
      throw new ExpressionError('a directive that nothing opened');
    }
  }

  /** Reads up to one of the directives, or to the end. */
  parts(until: readonly string[]): TemplatePart[] {
    const parts: TemplatePart[] = [];
    while (this.at < this.text.length) {
      const literal = this.literal();
      if (literal !== '') {
        parts.push(literal);
      }
      if (this.at < this.text.length) {
        const isDirective = this.text[this.at] === '%';
        const marked = this.marked();
        const [, word = '', condition = ''] =
          /^\s*(\w+)\s*([\s\S]*)$/.exec(marked.inner) ?? [];
        if (isDirective && until.includes(word)) {
          return parts;
        }
        this.pass(marked);
        if (!isDirective) {
          parts.push(this.parse(marked.inner));
        } else if (word === 'if') {
          parts.push(this.choice(condition));
        } else {
          // A loop: what it makes is not looked at.
          parts.push({ kind: 'unread' });
        }
      }
    }
    return parts;
  }

  private choice(condition: string): TemplatePart {
    this.choices += 1;
    if (this.choices > MAX_CHOICES) {
      throw new NotLookedAt('too deep');
    }
    const then = this.parts(['else', 'endif']);
    const next = this.marked();
    this.pass(next);
    const isElse = /^\s*else\b/.test(next.inner);
    const otherwise = isElse ? this.parts(['endif']) : [];
    if (isElse) {
      this.pass(this.marked());
    }
    this.choices -= 1;
    return {
      kind: 'choice',
      condition: this.parse(condition),
      then,
      otherwise,
    };
  }

  private marked(): Marked {
    const end = endOfInterpolation(this.text, this.at + 2);
    const inner = this.text.slice(this.at + 2, end);
    return {
      inner: inner.replace(/^~|~$/g, ''),
      trimsBefore: inner.startsWith('~'),
      trimsAfter: inner.endsWith('~'),
      end,
    };
  }

  private pass({ end, trimsAfter }: Marked) {
    this.at = end + 1;
    this.trims = trimsAfter;
  }

  /** Text up to the next interpolation or directive. */
  private literal(): string {
    let literal = '';
    while (this.at < this.text.length && !isInterpolation(this.text, this.at)) {
      if (/^(?:\$\$|%%)\{/.test(this.text.slice(this.at, this.at + 3))) {
        this.at += 1;
      } else if (this.isQuoted && this.text[this.at] === '\\') {
        literal += this.text[this.at];
        this.at += 1;
      }
      literal += this.text[this.at] ?? '';
      this.at += 1;
    }
    let found = this.isQuoted ? unescaped(literal) : literal;
    if (this.trims) {
      found = found.trimStart();
    }
    this.trims = false;
    return this.at < this.text.length && this.marked().trimsBefore
      ? found.trimEnd()
      : found;
  }
}

/**
 * The parts of a template.
 *
 * @param isQuoted - whether its text has the escapes of what stands between quotes.
 * @param parse - reads the expression of an interpolation.
 * @throws {@link ExpressionError} for what is no template.
 */
export function readTemplate(
  text: string,
  isQuoted: boolean,
  parse: (text: string) => Expression,
): TemplatePart[] {
  const reader = new TemplateReader(text, isQuoted, parse);
  const parts = reader.parts([]);
  reader.end();
  return parts;
}
