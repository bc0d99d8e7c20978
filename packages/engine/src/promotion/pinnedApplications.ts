import { Document, isScalar, parseAllDocuments, Scalar } from 'yaml';
import { PromotionError } from './PromotionError';
import { PromotionFile } from './types';

const COMMIT = /^[0-9a-f]{40,64}$/;

/** Where an Application, or what an ApplicationSet makes, says what it applies. */
const SOURCES = [
  ['spec', 'source'],
  ['spec', 'template', 'spec', 'source'],
] as const;

/** What an image becomes: `ghcr.io/acme/checkout:1.4.0@sha256:...`. */
export interface PinnedImage {
  /** Name of the image in the kustomization. */
  readonly name: string;
  readonly newName?: string;
  readonly newTag?: string;
  readonly digest?: string;
}

/**
 * Moves the Applications of an environment on, where they are pinned: to the commit whose manifests were tried before, and to the
 * release. Such an Application names the images itself (`spec.source.kustomize.images`), as the commit that it is pinned to
 * cannot contain its own promotion. Applications that follow a branch stay as they are.
 *
 * @throws {@link PromotionError} where the commit is not known.
 */
export function movePins(options: {
  /** Folder of the overlay: `apps/checkout/overlays/prod`. */
  overlay: string;
  images: readonly PinnedImage[];
  revision: string | undefined;
  files: Readonly<Record<string, string>>;
}): PromotionFile[] {
  const { overlay, images, revision, files } = options;
  return Object.entries(files)
    .filter(([path]) => isOfArgoCd(path))
    .flatMap(([path, before]) => {
      const edits = parseAllDocuments(before).flatMap(document =>
        editsOf(document, overlay, images, () => {
          if (revision === undefined || !COMMIT.test(revision)) {
            throw new PromotionError(
              `${path} is pinned to a commit, and which one comes next is not known here`,
            );
          }
          return revision;
        }),
      );
      const after = edits
        .sort((a, b) => b.start - a.start)
        .reduce(
          (text, { start, end, by }) =>
            text.slice(0, start) + by + text.slice(end),
          before,
        );
      return after === before ? [] : [{ path, before, after }];
    });
}

/**
 * The commit that the Applications of an environment are pinned to: what it applies, whatever the branch says. Undefined where one of them
 * follows a branch, or where there is none.
 *
 * @param options - `overlay` is the folder that they apply: `apps/checkout/overlays/prod`.
 * @public
 */
export function pinnedCommit(options: {
  overlay: string;
  files: Readonly<Record<string, string>>;
}): string | undefined {
  const { overlay, files } = options;
  const revisions = Object.entries(files)
    .filter(([path]) => isOfArgoCd(path))
    .flatMap(([, text]) => parseAllDocuments(text))
    .flatMap(document =>
      SOURCES.filter(
        source => document.getIn([...source, 'path']) === overlay,
      ).map(source => String(document.getIn([...source, 'targetRevision']))),
    );
  const [first] = revisions;
  return first !== undefined &&
    COMMIT.test(first) &&
    revisions.every(revision => revision === first)
    ? first
    : undefined;
}

function isOfArgoCd(path: string): boolean {
  return /^argocd\/.*\.ya?ml$/.test(path);
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly by: string;
}

function editsOf(
  document: Document,
  overlay: string,
  images: readonly PinnedImage[],
  revision: () => string,
): Edit[] {
  return SOURCES.flatMap(source => {
    if (document.getIn([...source, 'path']) !== overlay) {
      return [];
    }
    const pinned = images.flatMap(image => {
      const node = imageNode(document, source, image.name);
      return node ? [edit(node, writtenImage(image, node.value))] : [];
    });
    const target = document.getIn([...source, 'targetRevision'], true);
    return pinned.length > 0 && isScalar(target)
      ? [...pinned, edit(target, revision())]
      : [];
  });
}

function imageNode(
  document: Document,
  source: readonly string[],
  name: string,
): Scalar<string> | undefined {
  for (let index = 0; ; index++) {
    const node = document.getIn(
      [...source, 'kustomize', 'images', index],
      true,
    );
    if (node === undefined) {
      return undefined;
    }
    if (
      isScalar(node) &&
      isText(node) &&
      (node.value.startsWith(`${name}=`) || nameOf(node.value) === name)
    ) {
      return node;
    }
  }
}

function isText(node: Scalar): node is Scalar<string> {
  return typeof node.value === 'string';
}

/** `ghcr.io/acme/checkout` of `ghcr.io/acme/checkout:1.4.0@sha256:...` */
function nameOf(image: string): string {
  return image.replace(/@.*$/, '').replace(/:[^/:]*$/, '');
}

function writtenImage(image: PinnedImage, before: string): string {
  const [, target = before] = /^[^=]+=(.*)$/.exec(before) ?? [];
  return [
    before.includes('=') ? `${image.name}=` : '',
    image.newName ?? nameOf(target),
    image.newTag === undefined ? '' : `:${image.newTag}`,
    image.digest === undefined ? '' : `@${image.digest}`,
  ].join('');
}

/** In the quotes that were there; a commit gets some, as one of digits alone would be a number. */
function edit(node: Scalar, by: string): Edit {
  const [start, end] = node.range ?? [0, 0];
  const isSingle = node.type === Scalar.QUOTE_SINGLE;
  const isPlain = node.type === Scalar.PLAIN && !COMMIT.test(by);
  const quoted = isSingle ? `'${by}'` : `"${by}"`;
  return { start, end, by: isPlain ? by : quoted };
}
