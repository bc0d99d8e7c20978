import {
  ANNOTATION_LOCATION,
  ANNOTATION_SOURCE_LOCATION,
  Entity,
} from '@backstage/catalog-model';
import { InputError } from '@backstage/errors';
import { INTENT_ANNOTATION } from '@envmatrix/backstage-plugin-environments-common';
import { parseRepositoryUrl, RepositoryRef } from '@envmatrix/scm';

/**
 * Where the intent of an entity is: its repository is the deploy-config repository.
 */
export interface DeployConfigLocation {
  readonly repository: RepositoryRef;
  /** Path of the intent in the repository. */
  readonly path: string;
}

/**
 * Reads the intent annotation: a `url:` reference, or a path that is resolved against the entity's source location.
 * Undefined for an entity without one.
 *
 * @throws InputError when it is there and cannot be understood.
 */
export function deployConfigLocation(
  entity: Entity,
): DeployConfigLocation | undefined {
  const annotations = entity.metadata.annotations ?? {};
  const annotation = annotations[INTENT_ANNOTATION];
  if (annotation === undefined) {
    return undefined;
  }
  if (annotation.startsWith('url:')) {
    return locationOf(annotation.slice('url:'.length));
  }
  if (annotation.startsWith('/') || annotation.split('/').includes('..')) {
    throw new InputError(
      `Annotation ${INTENT_ANNOTATION}: '${annotation}' must be a 'url:' reference or a path without a leading slash`,
    );
  }
  const source =
    annotations[ANNOTATION_SOURCE_LOCATION] ?? annotations[ANNOTATION_LOCATION];
  if (!source?.startsWith('url:')) {
    throw new InputError(
      `Annotation ${INTENT_ANNOTATION}: '${annotation}' is a path, but the entity has no ${ANNOTATION_SOURCE_LOCATION} that is a 'url:' to resolve it against`,
    );
  }
  const folder = source.slice('url:'.length).replace(/[^/]*$/, '');
  return locationOf(new URL(annotation, folder).toString());
}

/**
 * The path in a repository that the address of a file names. Hosts write it as `/owner/name/<view>/<branch>/path`, with a view
 * of one part (`blob`) or two (`src/branch`, `-/blob`).
 */
function locationOf(url: string): DeployConfigLocation {
  const repository = parseRepositoryUrl(url);
  const parts = new URL(url).pathname
    .split('/')
    .filter(Boolean)
    .slice(2)
    .map(decodeURIComponent);
  const view = parts[0] === 'src' || parts[0] === '-' ? 2 : 1;
  const path = parts.slice(view + 1).join('/');
  if (path === '') {
    throw new InputError(
      `Annotation ${INTENT_ANNOTATION}: ${url} names no file`,
    );
  }
  return { repository, path };
}
