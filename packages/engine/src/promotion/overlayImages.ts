import { Document, isMap, isScalar, isSeq, parseDocument, YAMLMap } from 'yaml';
import { PromotionError } from './PromotionError';

/** One entry of `images` in a kustomization. */
export interface OverlayImage {
  readonly name: string;
  readonly newName?: string;
  readonly newTag?: string;
  readonly digest?: string;
  readonly node: YAMLMap;
}

/** A kustomization with its `images`, ready to be edited. */
export interface Overlay {
  readonly path: string;
  readonly text: string;
  readonly document: Document;
  readonly images: readonly OverlayImage[];
}

const FILE_NAMES = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

/**
 * Finds and reads the kustomization of an overlay.
 *
 * @throws {@link PromotionError} where there is none, or none that can be edited.
 */
export function readOverlay(options: {
  folder: string;
  files: Readonly<Record<string, string>>;
}): Overlay {
  const { folder, files } = options;
  const path = FILE_NAMES.map(name => `${folder}/${name}`).find(candidate =>
    Object.hasOwn(files, candidate),
  );
  if (path === undefined) {
    throw new PromotionError(
      `There is no ${folder}/kustomization.yaml in the repository`,
    );
  }
  const text = files[path];
  const document = parseDocument(text, { uniqueKeys: true });
  if (document.errors.length > 0) {
    const [error] = document.errors;
    const line = error.linePos ? `:${error.linePos[0].line}` : '';
    throw new PromotionError(
      `${path}${line} is not valid YAML: ${error.message
        .split('\n')[0]
        .replace(/ at line .*$/, '')}`,
    );
  }
  return { path, text, document, images: readImages(path, document) };
}

function readImages(path: string, document: Document): OverlayImage[] {
  const list = isMap(document.contents)
    ? document.contents.get('images')
    : undefined;
  if (list === undefined || list === null) {
    return [];
  }
  if (!isSeq(list)) {
    throw new PromotionError(`images in ${path} is not a list`);
  }
  return list.items.map((node, index) => {
    if (!isMap(node)) {
      throw new PromotionError(`images[${index}] in ${path} is not an object`);
    }
    const name = textOf(node, 'name');
    if (name === undefined) {
      throw new PromotionError(`images[${index}] in ${path} has no name`);
    }
    return {
      name,
      newName: textOf(node, 'newName'),
      newTag: textOf(node, 'newTag'),
      digest: textOf(node, 'digest'),
      node,
    };
  });
}

/** A scalar as it is written: an unquoted `1.10` is a tag, not the number 1.1. */
function textOf(node: YAMLMap, key: string): string | undefined {
  const value = node.get(key, true);
  if (!isScalar(value) || value.value === null) {
    return undefined;
  }
  return typeof value.value === 'string'
    ? value.value
    : value.source ?? String(value.value);
}
