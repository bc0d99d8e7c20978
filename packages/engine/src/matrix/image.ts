/**
 * An image reference, taken apart.
 */
export interface ImageReference {
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: string;
}

export function parseImage(reference: string): ImageReference {
  const [name, digest] = reference.split('@');
  const colon = name.lastIndexOf(':');
  // A colon before the last slash belongs to the port of the registry.
  const hasTag = colon > name.lastIndexOf('/');
  return {
    repository: hasTag ? name.slice(0, colon) : name,
    ...(hasTag ? { tag: name.slice(colon + 1) } : {}),
    ...(digest ? { digest } : {}),
  };
}

/** What a person calls the version: the tag, else the start of the digest. */
export function versionOf(image: ImageReference): string | undefined {
  return image.tag ?? image.digest?.slice(0, 'sha256:'.length + 12);
}

/** The digest in a container's `imageID`: `docker-pullable://ghcr.io/acme/checkout@sha256:...`. */
export function digestOf(imageId: string | undefined): string | undefined {
  const at = imageId?.lastIndexOf('@') ?? -1;
  return at >= 0 ? imageId?.slice(at + 1) : undefined;
}
