import { parseImage as parseFully } from '../model/image';
import { ApplicationFact, CommitOrigin } from '../observations';
import { environmentState } from './environmentState';
import { healthOf } from './health';
import { versionOf } from './image';
import { EnvironmentInput } from './input';
import { NamedRevision } from './annotatedRevision';

/**
 * The version that the ready pods of the service run in an environment, last known if need be.
 *
 * @public
 */
export function runningVersion(
  environment: EnvironmentInput,
  options: { service: string; selector: string },
): string | undefined {
  return environmentState(environment, options).release.value?.version;
}

/**
 * What the ready pods of the service run in an environment, last known if need be.
 *
 * @public
 */
export interface RunningRelease {
  readonly version: string;
  /** Repository of the image, with its registry. */
  readonly image?: string;
  /** Of all pods of this version; absent where they are not of one. */
  readonly digest?: string;
  /** The commit that the pods, or their workload, are annotated with. */
  readonly revision?: NamedRevision & { readonly origin: CommitOrigin };
}

/**
 * The release that runs in an environment: version, image, digest and what its pods say of its commit.
 *
 * @public
 */
export function runningRelease(
  environment: EnvironmentInput,
  options: { service: string; selector: string },
): RunningRelease | undefined {
  const { release } = environmentState(environment, options);
  const { version, images = [] } = release.value ?? {};
  if (version === undefined) {
    return undefined;
  }
  const own = images.filter(image => image.version === version);
  const repository = only(own.map(image => image.repository));
  const digest = only(own.map(image => image.digest));
  const sha = only(own.map(({ revision }) => revision?.sha));
  const revision = own.find(image => image.revision?.sha === sha)?.revision;
  return {
    version,
    ...(repository ? { image: parseFully(repository).repository } : {}),
    ...(digest ? { digest } : {}),
    ...(revision && release.provenance
      ? {
          revision: {
            ...revision,
            origin: {
              kind: 'annotation',
              source: release.provenance.source,
              text: `annotation of ${release.provenance.location}`,
            },
          },
        }
      : {}),
  };
}

/** What all of them say; undefined where they differ, or one says nothing. */
function only(values: readonly (string | undefined)[]): string | undefined {
  return new Set(values).size === 1 ? values[0] : undefined;
}

/**
 * The release that has arrived in an environment: observed now, on every pod. Undefined while a rollout is on its way.
 *
 * @public
 */
export function settledRelease(
  environment: EnvironmentInput,
  options: { service: string; selector: string },
): { version: string; digest?: string } | undefined {
  const { workload, release, application } = environmentState(
    environment,
    options,
  );
  const { observation, value } = workload;
  if (observation.status === 'not-configured') {
    const { version } = release.value ?? {};
    return release.observation.status === 'observed' &&
      version !== undefined &&
      application.value?.health.status === 'Healthy'
      ? { version }
      : undefined;
  }
  return observation.status === 'observed' &&
    value?.rolledOut &&
    value.version !== undefined
    ? {
        version: value.version,
        ...(value.digests.length === 1 ? { digest: value.digests[0] } : {}),
      }
    : undefined;
}

/**
 * What a promotion into this environment waits to see. Only what is observed now counts: last known is not enough to call something done.
 *
 * @public
 */
export function observePromotion(
  environment: EnvironmentInput,
  options: { service: string; selector: string },
) {
  const state = environmentState(environment, options);
  const live =
    state.workload.observation.status === 'observed'
      ? state.workload.value
      : undefined;
  const application =
    state.application.observation.status === 'observed'
      ? state.application.value
      : undefined;
  const operation = application?.operation;
  const health = healthOf(state);
  return {
    ...(state.desired.value?.version === undefined
      ? {}
      : { declared: state.desired.value.version }),
    ...(live?.version === undefined ? {} : { running: live.version }),
    ...(live === undefined ? {} : { wanted: versionOf(live.wanted) }),
    healthyAndRolledOut:
      live?.rolledOut === true &&
      health.observation.status === 'observed' &&
      health.value === 'Healthy',
    ...(live?.trouble?.ofWanted ? { trouble: live.trouble.text } : {}),
    ...(live?.update?.phase === 'Paused' && live.update.standing !== undefined
      ? { paused: live.update.standing }
      : {}),
    ...(application === undefined
      ? {}
      : { sync: application.sync.status, targets: targetsOf(application) }),
    ...(operation === undefined
      ? {}
      : {
          operation: {
            phase: operation.phase,
            message: operation.message,
            startedAt: operation.startedAt,
          },
        }),
  };
}

/** What Argo CD is told to apply: branches, or commits that it is pinned to. */
function targetsOf({ sources }: ApplicationFact): readonly string[] {
  return sources.flatMap(({ targetRevision }) =>
    targetRevision === undefined ? [] : [targetRevision],
  );
}
