import { Intent } from '@envmatrix/engine';

/**
 * A text file, its path relative to the root of its repository (or of the skeleton), with forward slashes.
 *
 * @public
 */
export interface RepositoryFile {
  readonly path: string;
  readonly content: string;
  /** Whether the file is to be executable. */
  readonly executable?: boolean;
}

/** @public */
export interface RenderedRepositories {
  readonly infrastructure: readonly RepositoryFile[];
  readonly deployConfig: readonly RepositoryFile[];
}

/** @public */
export interface RenderOptions {
  readonly intent: Intent;
  /** The skeleton's files, paths relative to its root: `infrastructure/...`, `deploy-config/...`. */
  readonly skeleton: readonly RepositoryFile[];
}
