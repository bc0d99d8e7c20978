import { isPair, isScalar, Scalar } from 'yaml';
import { Intent } from '../intent';
import { Overlay, OverlayImage, readOverlay } from './overlayImages';
import { movePins } from './pinnedApplications';
import { PromotionError } from './PromotionError';
import { PromotionFile } from './types';

/**
 * The change in git that makes one environment's overlay run the release of another's.
 *
 * @public
 */
export interface PromotionProposal {
  /** Files that change; empty when git already says so. */
  readonly files: readonly PromotionFile[];
  readonly release: {
    /** Version that the overlay of `to` has now. */
    readonly from?: string;
    /** Version that it gets. */
    readonly to: string;
  };
}

/**
 * Sets tag and digest of every image in the overlay of `to` to what the overlay of `from` says, and nothing else: comments,
 * order and layout stay. Where the Application of `to` is pinned to a commit, the pin moves on with it.
 *
 * @param options - `files` are the text files of the deploy-config repository by path.
 * @throws {@link PromotionError} where the layout of the repository is not understood.
 * @public
 */
export function proposePromotion(options: {
  intent: Intent;
  from: string;
  to: string;
  files: Readonly<Record<string, string>>;
  /** Commit that `files` are of; an Application that is pinned moves on to it. */
  revision?: string;
}): PromotionProposal {
  const { intent, from, to, files, revision } = options;
  const service = intent.metadata.name;
  for (const name of [from, to]) {
    if (!intent.environments.some(environment => environment.name === name)) {
      throw new PromotionError(`'${name}' is not an environment of ${service}`);
    }
  }
  const source = readOverlay({
    folder: `apps/${service}/overlays/${from}`,
    files,
  });
  const target = readOverlay({
    folder: `apps/${service}/overlays/${to}`,
    files,
  });
  const released = releaseImage(source, intent);
  const sourceVersion = versionOf(released);
  if (sourceVersion === undefined) {
    throw new PromotionError(
      `${source.path} sets neither newTag nor digest of image '${released.name}', so ${from} has no release to promote`,
    );
  }
  const edits = source.images
    .filter(image => versionOf(image) !== undefined)
    .map(image => ({ image, own: matching(image, source, target) }));
  const before = matching(released, source, target);
  const after = edit(target, edits);
  return {
    files:
      after === target.text
        ? []
        : [
            { path: target.path, before: target.text, after },
            ...movePins({
              overlay: `apps/${service}/overlays/${to}`,
              images: edits.map(({ image, own }) => ({
                name: own.name,
                newName: own.newName,
                newTag: image.newTag,
                digest: image.digest,
              })),
              revision,
              files,
            }),
          ],
    release: { from: versionOf(before), to: sourceVersion },
  };
}

/**
 * What an environment applies that is pinned: the files of the pinned commit, with the release that its overlay has by now, as that is what
 * the Application names beside the pin.
 *
 * @param options - `pinned` are the files of the commit, `files` those of the branch.
 * @throws {@link PromotionError} where the layout of the repository is not understood.
 * @public
 */
export function filesAtPin(options: {
  intent: Intent;
  environment: string;
  files: Readonly<Record<string, string>>;
  pinned: Readonly<Record<string, string>>;
}): Record<string, string> {
  const { intent, environment, files, pinned } = options;
  const folder = `apps/${intent.metadata.name}/overlays/${environment}`;
  const source = readOverlay({ folder, files });
  const target = readOverlay({ folder, files: pinned });
  const edits = source.images
    .filter(({ name }) => target.images.some(image => image.name === name))
    .map(image => ({ image, own: matching(image, source, target) }));
  return { ...pinned, [target.path]: edit(target, edits) };
}

function versionOf(image: OverlayImage): string | undefined {
  return image.newTag ?? image.digest;
}

/** The image of the service itself, among those that the overlay sets. */
function releaseImage(overlay: Overlay, intent: Intent): OverlayImage {
  const { images, path } = overlay;
  const repository = intent.service.image;
  const found =
    images.find(
      image =>
        repository !== undefined &&
        (image.newName === repository || image.name === repository),
    ) ??
    images.find(image => image.name === intent.metadata.name) ??
    (images.length === 1 ? images[0] : undefined);
  if (!found) {
    throw new PromotionError(
      images.length === 0
        ? `${path} has no images, so it says nowhere which release runs`
        : `None of the images in ${path} is the image of ${intent.metadata.name}`,
    );
  }
  return found;
}

function matching(
  image: OverlayImage,
  source: Overlay,
  target: Overlay,
): OverlayImage {
  const found = target.images.filter(entry => entry.name === image.name);
  if (found.length !== 1) {
    throw new PromotionError(
      found.length === 0
        ? `${target.path} sets no image '${image.name}', which ${source.path} does; add it to its images`
        : `${target.path} sets image '${image.name}' more than once`,
    );
  }
  return found[0];
}

function edit(
  target: Overlay,
  edits: readonly { image: OverlayImage; own: OverlayImage }[],
): string {
  const replacements: { start: number; end: number; text: string }[] = [];
  for (const { image, own } of edits) {
    for (const field of ['newTag', 'digest'] as const) {
      const wanted = image[field];
      if (wanted === own[field]) {
        continue;
      }
      const pair = own.node.items.find(
        item => isScalar(item.key) && item.key.value === field,
      );
      if (wanted === undefined) {
        replacements.push(removal(target, own, field));
      } else if (isPair(pair) && isScalar(pair.value) && pair.value.range) {
        const [start, end] = pair.value.range;
        replacements.push({ start, end, text: written(wanted, pair.value) });
      } else {
        replacements.push(addition(target, own, field, wanted));
      }
    }
  }
  // From the end, so that the places before stay where they are.
  return replacements
    .sort((a, b) => b.start - a.start)
    .reduce(
      (text, { start, end, text: by }) =>
        text.slice(0, start) + by + text.slice(end),
      target.text,
    );
}

/** In the quotes that were there; with quotes where a reader could take it for a number. */
function written(value: string, scalar?: Scalar): string {
  if (scalar?.type === Scalar.QUOTE_SINGLE) {
    return `'${value}'`;
  }
  const isPlain =
    scalar?.type === Scalar.PLAIN &&
    /^(v?\d+\.\d+\.\d+[-.\w]*|sha256:[0-9a-f]+|[a-zA-Z]{2,}-[-.\w]+)$/.test(
      value,
    );
  return isPlain ? value : `"${value}"`;
}

/** A new line below the field that the entry certainly has; in a flow mapping a new field behind it. */
function addition(
  target: Overlay,
  own: OverlayImage,
  field: string,
  value: string,
) {
  const last = own.node.items.at(-1);
  const key = last && isScalar(last.key) ? last.key : undefined;
  const end = last && isScalar(last.value) ? last.value.range?.[1] : undefined;
  if (!key?.range || end === undefined) {
    throw notEditable(target, own);
  }
  const { text } = target;
  const lineStart = text.lastIndexOf('\n', key.range[0]) + 1;
  const indent = ' '.repeat(key.range[0] - lineStart);
  const quoted = written(value);
  return {
    start: end,
    end,
    text: own.node.flow
      ? `, ${field}: ${quoted}`
      : `${
          text.slice(end).startsWith('\r\n') ? '\r\n' : '\n'
        }${indent}${field}: ${quoted}`,
  };
}

function removal(target: Overlay, own: OverlayImage, field: string) {
  const { text } = target;
  const index = own.node.items.findIndex(
    item => isScalar(item.key) && item.key.value === field,
  );
  const pair = own.node.items[index];
  const start = pair && isScalar(pair.key) ? pair.key.range?.[0] : undefined;
  const end = pair && isScalar(pair.value) ? pair.value.range?.[1] : undefined;
  // The entry's first field shares its line with the dash.
  if (start === undefined || end === undefined || index === 0) {
    throw notEditable(target, own);
  }
  if (own.node.flow) {
    const comma = text.lastIndexOf(',', start);
    return { start: comma, end, text: '' };
  }
  const lineStart = text.lastIndexOf('\n', start);
  const lineEnd = text.indexOf('\n', end);
  return {
    start: lineStart,
    end: lineEnd < 0 ? text.length : lineEnd,
    text: '',
  };
}

function notEditable(target: Overlay, own: OverlayImage): PromotionError {
  return new PromotionError(
    `The entry of image '${own.name}' in ${target.path} is written in a way that cannot be edited; write its fields below each other, name first`,
  );
}
