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
  /** The text of `environments.yaml` where a person keeps it; without it one is written from the intent. */
  readonly intentText?: string;
}

/**
 * The repositories cannot be rendered: what, where, and what to do, in one sentence.
 *
 * @public
 */
export class RenderError extends Error {
  constructor(
    /** Field of the intent, or file of the skeleton. */
    readonly where: string,
    message: string,
  ) {
    super(`${where}: ${message}`);
    this.name = 'RenderError';
  }
}
