/** Of tokens that ended the latest ones are enough: nobody repeats the others. */
const MAX_TOKENS = 5;

/** Shorter ones would blot out ordinary words. */
const MIN_LENGTH = 4;

/**
 * What must not be repeated: some servers, and more proxies, quote in an error what they were sent.
 */
export class Secrets {
  readonly #fixed: readonly string[];
  #tokens: readonly string[] = [];

  constructor(fixed: readonly (string | undefined)[]) {
    this.#fixed = fixed.flatMap(secret => secret ?? []);
  }

  add(token: string | undefined): void {
    if (token !== undefined && !this.#tokens.includes(token)) {
      this.#tokens = [token, ...this.#tokens].slice(0, MAX_TOKENS);
    }
  }

  hideIn(text: string): string {
    return [...this.#fixed, ...this.#tokens]
      .filter(secret => secret.length >= MIN_LENGTH)
      .reduce((rest, secret) => rest.replaceAll(secret, '***'), text);
  }
}
