/**
 * A manifest that cannot be read: not YAML, not an object, or too large to be one.
 *
 * @public
 */
export class ManifestError extends Error {
  /** Name of the source, as it was given to `parseManifests`. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;

  constructor(file: string, line: number, problem: string) {
    super(`${file}:${line}: ${problem}`);
    this.name = 'ManifestError';
    this.file = file;
    this.line = line;
  }
}
