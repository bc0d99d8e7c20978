import { isObject } from '../../model/json';
import { literalParts } from '../../terraform/expression/literalParts';
import { TerraformFile, TerraformRoot } from '../../terraform/types';

/** Arguments that are for people and for checks, and the guard that names the accounts which are refused. */
const PROSE = new Set([
  'description',
  'condition',
  'error_message',
  'validation',
  'type',
  'forbidden_account_ids',
]);

/** Texts of the files of a root, as far as they can be told. */
export class RootLiterals {
  private readonly foreign: ReadonlySet<string>;

  constructor(
    private readonly root: TerraformRoot,
    others: readonly { words: readonly string[] }[],
  ) {
    this.foreign = new Set(others.flatMap(({ words }) => words));
  }

  of(file: TerraformFile): { text: string; argument: string }[] {
    if (!isObject(file.json)) {
      return [];
    }
    const { variable, ...rest } = file.json;
    return [...this.in(rest, ''), ...this.defaultsIn(variable)];
  }

  /** Defaults that count: a variable that is set has none. */
  private defaultsIn(variables: unknown) {
    return Object.entries(isObject(variables) ? variables : {}).flatMap(
      ([name, blocks]) =>
        Object.hasOwn(this.root.variables, name)
          ? []
          : [blocks].flat().flatMap(block => this.in(block, 'default')),
    );
  }

  private in(
    value: unknown,
    argument: string,
  ): { text: string; argument: string }[] {
    if (typeof value === 'string') {
      return this.textsOf(value).map(text => ({ text, argument }));
    }
    if (Array.isArray(value)) {
      return value.flatMap(entry => this.in(entry, argument));
    }
    return isObject(value)
      ? Object.entries(value).flatMap(([key, entry]) =>
          PROSE.has(key) || this.foreign.has(key) ? [] : this.in(entry, key),
        )
      : [];
  }

  private textsOf(written: string): string[] {
    // What a variable or local gives is said where it is given.
    return /[$%]\{/.test(written)
      ? literalParts(written, {
          foreign: this.foreign,
          decide: this.root.decide,
        })
      : [written];
  }
}
