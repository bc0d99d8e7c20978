/** One key that a `config.d.ts` declares and says something about. */
export interface ConfigKey {
  /** `environments.definitions[].name`; the part of a map that an adopter chooses is in angle brackets: `<host>`. */
  readonly path: string;
  /** In words of YAML: `string`, `list of strings`, `one of …`. */
  readonly type: string;
  /** Whether other keys are below it. */
  readonly isGroup: boolean;
  readonly isRequired: boolean;
  readonly description: string;
  /** `@defaultValue`, as it stands there. */
  readonly defaultValue?: string;
  /** `@example`: a value, as YAML on one line. */
  readonly example?: string;
  readonly visibility?: string;
}
