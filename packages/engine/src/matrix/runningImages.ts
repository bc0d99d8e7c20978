import { digestOf, parseImage, versionOf } from './image';
import { annotatedRevision, NamedRevision } from './annotatedRevision';
import { LivePod } from './trouble';

/** An image that runs, and in how many of the ready pods. */
export interface RunningImage {
  /** As the pods name it. */
  readonly repository: string;
  readonly version?: string;
  /** What the node pulled; absent where the node does not say. */
  readonly digest?: string;
  /** Absent where nobody has counted. */
  readonly pods?: number;
  /** The commit that its pods are annotated with. */
  readonly revision?: NamedRevision;
}

/** What one container of these pods runs: each image once, as seldom as it may differ. */
export function runningImages(
  pods: readonly LivePod[],
  container: string,
): RunningImage[] {
  const images = new Map<string, RunningImage>();
  for (const pod of pods) {
    const image = runningImageOf(pod, container);
    const key = JSON.stringify(image);
    images.set(key, { ...image, pods: (images.get(key)?.pods ?? 0) + 1 });
  }
  return [...images.values()];
}

/** What one container of a pod runs. */
export function runningImageOf(
  { object, pod }: LivePod,
  container: string,
): Omit<RunningImage, 'pods'> {
  const status = pod.status?.containerStatuses?.find(
    ({ name }) => name === container,
  );
  const spec = pod.spec.containers.find(({ name }) => name === container);
  const reference = parseImage(spec?.image ?? status?.image ?? '');
  return {
    repository: reference.repository,
    version: versionOf(reference),
    digest: digestOf(status?.imageID),
    revision: annotatedRevision(object.metadata),
  };
}

/** `sha256:9f31c2a9… in 2 pods and sha256:0b5e17d4… in 1 pod`; undefined where there are not several. */
export function severalDigests(
  images: readonly RunningImage[],
): string | undefined {
  const pods = new Map<string, number>();
  for (const { digest, pods: count = 0 } of images) {
    if (digest !== undefined) {
      pods.set(digest, (pods.get(digest) ?? 0) + count);
    }
  }
  return pods.size > 1
    ? [...pods]
        .map(
          ([digest, count]) =>
            `${shortDigest(digest)} in ${count} ${
              count === 1 ? 'pod' : 'pods'
            }`,
        )
        .join(' and ')
    : undefined;
}

/** `sha256:9f31c2a9…` */
export function shortDigest(digest: string): string {
  return `${digest.slice(0, 'sha256:'.length + 8)}…`;
}
