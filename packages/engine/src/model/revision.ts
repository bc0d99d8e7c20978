/**
 * The names that the OCI image specification gives to what an image says of itself. Pipelines write them on images, and some on pods.
 *
 * @public
 */
export const OCI_KEYS = {
  revision: 'org.opencontainers.image.revision',
  source: 'org.opencontainers.image.source',
  version: 'org.opencontainers.image.version',
  created: 'org.opencontainers.image.created',
} as const;

/**
 * The trailer of a commit in the deploy-config repository that says which commit of the source repository its release was built from.
 *
 * @public
 */
export const SOURCE_COMMIT_TRAILER = 'Source-Commit';

/**
 * A commit as somebody wrote it down; undefined for what cannot be one, such as `unknown`, a branch or a version.
 *
 * @public
 */
export function readRevision(value: unknown): string | undefined {
  const text = typeof value === 'string' ? value.trim().toLowerCase() : '';
  return /^[0-9a-f]{7,64}$/.test(text) ? text : undefined;
}
