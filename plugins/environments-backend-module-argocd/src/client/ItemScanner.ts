import { ArgoCdAnswerError } from './errors';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/** Depth of what stands in the list: inside the answer, inside its `items`. */
const IN_LIST = 2;

/**
 * Finds the items of a list while it comes in: `{"metadata": {...}, "items": [{...}, {...}]}`. Thousands of applications as they are would
 * take hundreds of megabytes if they were read at once.
 */
export class ItemScanner {
  readonly #maxItem: number;
  #depth = 0;
  #isInString = false;
  #isEscaped = false;
  #isInItems = false;
  #hasBegun = false;
  /** What was read last of a string beside the items: it may be a key. */
  #text = '';
  #key = '';
  /** The part of an item that came with earlier chunks; undefined between items. */
  #item: string | undefined;

  constructor(options: { maxItem: number }) {
    this.#maxItem = options.maxItem;
  }

  /** The texts of the items that end in this chunk. */
  *scan(chunk: string): Generator<string> {
    let start = 0;
    for (let at = 0; at < chunk.length; at++) {
      const code = chunk.charCodeAt(at);
      if (this.#isInString) {
        this.#readString(code, chunk, at);
      } else if (code === QUOTE) {
        this.#isInString = true;
        this.#text = '';
      } else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
        if (this.#isInItems && this.#depth === IN_LIST) {
          this.#item = '';
          start = at;
        } else if (this.#depth === 1 && code === OPEN_BRACKET) {
          this.#isInItems = this.#key === 'items';
        }
        this.#depth += 1;
        this.#hasBegun = true;
      } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
        this.#depth -= 1;
        if (this.#item !== undefined && this.#depth === IN_LIST) {
          yield this.#item + chunk.slice(start, at + 1);
          this.#item = undefined;
        } else if (this.#depth < IN_LIST) {
          this.#isInItems = false;
        }
      } else if (code === COLON && this.#depth === 1) {
        this.#key = this.#text;
      } else if (!this.#hasBegun && chunk[at].trim() !== '') {
        throw notJson();
      }
    }
    this.#keep(chunk.slice(start));
  }

  /** @throws ArgoCdAnswerError when the answer did not end. */
  end(): void {
    if (this.#depth !== 0 || !this.#hasBegun) {
      throw notJson();
    }
  }

  #readString(code: number, chunk: string, at: number): void {
    if (this.#isEscaped) {
      this.#isEscaped = false;
    } else if (code === BACKSLASH) {
      this.#isEscaped = true;
    } else if (code === QUOTE) {
      this.#isInString = false;
    }
    if (this.#depth === 1 && this.#isInString) {
      this.#text += chunk[at];
    }
  }

  #keep(rest: string): void {
    if (this.#item === undefined) {
      return;
    }
    this.#item += rest;
    if (this.#item.length > this.#maxItem) {
      throw new ArgoCdAnswerError('an item of the list does not end');
    }
  }
}

function notJson(): ArgoCdAnswerError {
  return new ArgoCdAnswerError('the answer is not JSON, or was cut off');
}
