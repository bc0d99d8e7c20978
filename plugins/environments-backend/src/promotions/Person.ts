import { Author } from '@envmatrix/backstage-plugin-environments-node';

/** Who does something, and on whose behalf git shows it. */
export interface Person {
  readonly ref: string;
  /** Entity references of the groups that they belong to, and their own. */
  readonly memberOf: readonly string[];
  readonly author: Author;
}
