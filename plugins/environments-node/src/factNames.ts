import { TrackedRevision } from './sources';

/**
 * The name of an `ImageFact`: `ghcr.io/acme/checkout@sha256:...`.
 *
 * @public
 */
export function imageFactName(image: {
  readonly repository: string;
  readonly digest: string;
}): string {
  return `${image.repository}@${image.digest}`;
}

/**
 * The name of an `ArgoRevisionFact`: `https://git.example.com/acme/deploy-config 9f31c2a...`.
 *
 * @public
 */
export function argoRevisionFactName(
  revision: Pick<TrackedRevision, 'repoURL' | 'revision'>,
): string {
  return `${revision.repoURL} ${revision.revision}`;
}
