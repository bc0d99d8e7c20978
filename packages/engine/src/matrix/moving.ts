import { parseImage, versionOf } from './image';
import { LiveWorkload } from './liveWorkload';
import { Cell } from './types';

/** What a workload that is not rolled out is, beside what differs. */
export function movingState({
  trouble,
  update,
}: LiveWorkload): NonNullable<Cell['state']> {
  if (trouble) {
    return 'degraded';
  }
  return update?.phase === 'Paused' ? 'suspended' : 'progressing';
}

/** The one sentence of a workload that is not rolled out: what is wrong, else where an Argo Rollout stands. */
export function standingText({
  trouble,
  update,
  rolledOut,
}: LiveWorkload): string | undefined {
  return trouble?.text ?? (rolledOut ? undefined : update?.standing);
}

/** The versions that an Argo Rollout runs side by side: `stable 1.0.0, canary 1.1.0`; undefined where it runs one. */
export function releasesText(live: LiveWorkload): string | undefined {
  return sidesText(live, image => versionOf(parseImage(image)) ?? image);
}

/** The same with whole images. */
export function imagesText(live: LiveWorkload): string | undefined {
  return sidesText(live, image => image);
}

function sidesText(
  { update, servingImage, container }: LiveWorkload,
  textOf: (image: string) => string,
): string | undefined {
  if (
    !update ||
    servingImage === undefined ||
    update.current === undefined ||
    update.serving === update.current
  ) {
    return undefined;
  }
  const [old, coming] =
    update.strategy === 'blueGreen'
      ? ['active', 'preview']
      : ['stable', 'canary'];
  const [serving, wanted] = [servingImage, container.image ?? ''].map(textOf);
  if (update.isAborted) {
    return `${old} ${serving}, ${wanted} was aborted`;
  }
  return serving === wanted
    ? `${old} and ${coming} both run ${serving}, from different templates`
    : `${old} ${serving}, ${coming} ${wanted}`;
}
