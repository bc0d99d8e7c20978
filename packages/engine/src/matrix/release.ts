import { ApplicationFact, SourceState } from '../observations';
import { EnvironmentInput, Seen } from './input';
import { parseImage, versionOf } from './image';
import { Known, known, map } from './known';
import { LiveWorkload, ofPods } from './liveWorkload';
import { lookedAt } from './lookedAt';
import { annotatedRevision } from './annotatedRevision';
import { RunningImage } from './runningImages';
import { isSecondHand, lastKnown } from './secondHand';

/**
 * What runs of the service, by its pods.
 */
export interface Release {
  /** Of the ready pods; undefined while there is none. Of several the wanted one, and of an Argo Rollout the stable or active one. */
  readonly version?: string;
  /** Each once. */
  readonly versions: readonly string[];
  /** Each once. */
  readonly images: readonly RunningImage[];
}

/**
 * The release in an environment: as the workload's pods show it, or, where the portal looks at no cluster, as Argo CD saw its pods last.
 */
export function releaseOf(
  workload: Known<LiveWorkload>,
  input: EnvironmentInput,
  service: string,
): Known<Release> {
  const { argocd, application } = input;
  const images = imagesOf(application?.value.images ?? [], service);
  const source = input.targets[0]?.source;
  const isOurs = source !== undefined && !isSecondHand(source);
  if (isOurs || !application || images.length === 0) {
    // While a rollout is on its way, only pods tell which release runs.
    return workload.value?.podsUnknown && workload.value.version === undefined
      ? ofPods<Release>(workload, () => undefined)
      : map(workload, liveRelease);
  }
  const said = saidOf(images, application, argocd);
  return source?.status === 'unreachable' || source?.status === 'timeout'
    ? lastKnown(
        said,
        source.reason ?? `cluster ${source.name} cannot be reached`,
        source.since,
      )
    : said;
}

function saidOf(
  images: readonly string[],
  application: Seen<ApplicationFact>,
  argocd: SourceState | undefined,
): Known<Release> {
  const seen = images.map(image => {
    const reference = parseImage(image);
    return { ...reference, version: versionOf(reference) };
  });
  const versions = seen.flatMap(({ version }) => version ?? []);
  return known(
    argocd,
    {
      versions,
      images: seen.map(({ repository, version, digest }) => ({
        repository,
        version,
        digest,
      })),
      // Which of several is on its way in is not said.
      ...(versions.length === 1 ? { version: versions[0] } : {}),
    },
    {
      absent: '',
      observedAt: lookedAt(
        application.value.reconciledAt,
        application.observedAt,
      ),
      link: application.value.link,
      location: `Application ${application.value.namespace}/${application.value.name}, images of its pods`,
    },
  );
}

/** An annotation of the workload itself speaks for its pods once they are all of one template. */
function liveRelease(live: LiveWorkload): Release {
  const { version, versions, images, rolledOut, object } = live;
  const revision = rolledOut ? annotatedRevision(object.metadata) : undefined;
  return {
    version,
    versions,
    images: images.map(image =>
      revision && !image.revision ? { ...image, revision } : image,
    ),
  };
}

/** Images that are called like the service, else the only one there is. */
function imagesOf(images: readonly string[], service: string): string[] {
  const own = images.filter(
    image => parseImage(image).repository.split('/').pop() === service,
  );
  return own.length > 0 || images.length !== 1 ? own : [...images];
}
