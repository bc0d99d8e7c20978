import { Intent } from '@envmatrix/engine';
import { parse } from 'yaml';

/** The image tag that a kustomization sets for the service; undefined where it sets none, or is none. */
export function declaredVersion(
  kustomization: string | undefined,
  intent: Intent,
): string | undefined {
  if (kustomization === undefined) {
    return undefined;
  }
  let content: unknown;
  try {
    content = parse(kustomization, { maxAliasCount: 100 });
  } catch {
    return undefined; // the rendering says what is wrong
  }
  const images: unknown =
    typeof content === 'object' && content !== null && 'images' in content
      ? content.images
      : undefined;
  for (const image of Array.isArray(images) ? images : []) {
    const ours =
      image?.name === intent.metadata.name ||
      (intent.service.image !== undefined &&
        [image?.name, image?.newName].includes(intent.service.image));
    if (ours && image.newTag !== undefined) {
      return String(image.newTag);
    }
  }
  return undefined;
}
