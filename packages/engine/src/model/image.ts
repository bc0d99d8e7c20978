/** An image reference in its parts. */
export interface ImageReference {
  /** With the registry; what Docker Hub leaves out is filled in. */
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: string;
}

/** Splits an image reference; a `:` after the last `/` begins a tag, one before it is a registry's port. */
export function parseImage(reference: string): ImageReference {
  const [withoutDigest, digest] = reference.trim().split('@', 2);
  const colon = withoutDigest.indexOf(':', withoutDigest.lastIndexOf('/') + 1);
  const path = colon < 0 ? withoutDigest : withoutDigest.slice(0, colon);
  const tag = colon < 0 ? undefined : withoutDigest.slice(colon + 1);
  return {
    repository: withRegistry(path),
    ...(tag ? { tag } : {}),
    ...(digest ? { digest } : {}),
  };
}

function withRegistry(path: string): string {
  const [first, ...rest] = path.split('/');
  if (rest.length === 0) {
    return `docker.io/library/${first}`;
  }
  // As the container runtimes decide: a registry has a dot, a port, or is localhost.
  return /[.:]/.test(first) || first === 'localhost'
    ? path
    : `docker.io/${path}`;
}

/** The image in canonical form, by which two references are compared. */
export function formatImage(image: ImageReference): string {
  return [
    image.repository,
    image.tag ? `:${image.tag}` : '',
    image.digest ? `@${image.digest}` : '',
  ].join('');
}
