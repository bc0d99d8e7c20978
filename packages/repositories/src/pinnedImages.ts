import { parse } from 'yaml';
import { z } from 'zod';
import { RepositoryFile } from './types';

const kustomization = z.object({
  images: z
    .array(
      z.object({
        name: z.string(),
        newTag: z.coerce.string().optional(),
        digest: z.string().optional(),
      }),
    )
    .default([]),
});

/** `        - checkout=ghcr.io/acme/checkout:0.1.0`: name of the image, and what it becomes without tag and digest. */
const IMAGE = /^(\s*- )([a-z0-9-]+)=([^\s@]+?)(?::[\w][\w.-]*)?(?:@\S+)?$/;

/**
 * The images that an Application names beside its pin, as lines of its file, with the release that the overlay has which it applies. Empty for
 * every other file, and where the overlay says nothing of them.
 *
 * @param read - Text of another file of the repository.
 */
export function pinnedImages(
  { path, content }: RepositoryFile,
  read: (path: string) => string | undefined,
): string {
  const [, folder] =
    /^\s*path: (apps\/[^/\s]+\/overlays\/[^/\s]+)$/m.exec(content) ?? [];
  const overlay =
    folder !== undefined && path.startsWith('argocd/')
      ? read(`${folder}/kustomization.yaml`)
      : undefined;
  const images = overlay === undefined ? [] : imagesIn(overlay);
  return content
    .split('\n')
    .flatMap(line => {
      const [, start, name, image] = IMAGE.exec(line) ?? [];
      const release = images.find(entry => entry.name === name);
      return release
        ? [
            [
              `${start}${name}=${image}`,
              release.newTag === undefined ? '' : `:${release.newTag}`,
              release.digest === undefined ? '' : `@${release.digest}`,
            ].join(''),
          ]
        : [];
    })
    .join('\n');
}

/** An overlay that cannot be read says nothing here; what renders it says what is wrong. */
function imagesIn(overlay: string) {
  try {
    return kustomization.parse(parse(overlay)).images;
  } catch {
    return [];
  }
}
