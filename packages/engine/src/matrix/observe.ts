import { parseImage as parseFully } from '../model/image';
import { ApplicationFact, CommitOrigin } from '../observations';
import { environmentState } from './environmentState';
import { healthOf } from './health';
import { versionOf } from './image';
import { EnvironmentInput } from './input';
import { inputsOf } from './places';
import { present } from './present';
import { NamedRevision } from './annotatedRevision';

/**
 * The version that the ready pods of the service run in an environment, in all of its places, last known if need be.
 *
 * @public
 */
export function runningVersion(
  environment: EnvironmentInput,
  options: { service: string; selector: string },
): string | undefined {
  return only(
    inputsOf(environment).map(
      place => environmentState(place, options).release.value?.version,
    ),
  );
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
  const releases = inputsOf(environment).map(place =>
    releaseAt(place, options),
  );
  const [first] = releases;
  return only(releases.map(release => release?.version)) === undefined
    ? undefined
    : first;
}

function releaseAt(
  place: EnvironmentInput,
  options: { service: string; selector: string },
): RunningRelease | undefined {
  const { release } = environmentState(place, options);
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
  const releases = inputsOf(environment).map(place =>
    settledAt(place, options),
  );
  const version = only(releases.map(release => release?.version));
  const digest = only(releases.map(release => release?.digest));
  return version === undefined
    ? undefined
    : { version, ...(digest === undefined ? {} : { digest }) };
}

function settledAt(
  place: EnvironmentInput,
  options: { service: string; selector: string },
): { version: string; digest?: string } | undefined {
  const { workload, release, application } = environmentState(place, options);
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
): PlaceObservation {
  const [first, ...others] = inputsOf(environment).map(place =>
    observeAt(place, options),
  );
  return others.reduce(bothOf, first);
}

type PlaceObservation = ReturnType<typeof observeAt>;

/** What holds in both places; what is wrong in one is wrong. */
function bothOf(
  left: PlaceObservation,
  right: PlaceObservation,
): PlaceObservation {
  const { running: _running, wanted: _wanted, targets, ...rest } = left;
  const running = only([left.running, right.running]);
  const wanted = only([left.wanted, right.wanted]);
  const isBehind = (sync: string | undefined) => sync !== 'Synced';
  const failed = [left, right].find(
    ({ operation }) =>
      operation?.phase === 'Failed' || operation?.phase === 'Error',
  );
  return {
    ...rest,
    ...(running === undefined ? {} : { running }),
    ...(wanted === undefined ? {} : { wanted }),
    healthyAndRolledOut: left.healthyAndRolledOut && right.healthyAndRolledOut,
    ...present({
      trouble: left.trouble ?? right.trouble,
      paused: left.paused ?? right.paused,
      sync: isBehind(left.sync) ? left.sync : right.sync,
      operation: failed?.operation ?? left.operation ?? right.operation,
      targets: targets?.filter(target => right.targets?.includes(target)),
    }),
  };
}

function observeAt(
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
