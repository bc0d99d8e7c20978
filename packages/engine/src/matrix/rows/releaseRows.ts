import { behindOf } from '../behind';
import { broughtBy } from '../broughtBy';
import { EnvironmentState } from '../environmentState';
import { versionOf } from '../image';
import { Known, map } from '../known';
import { LiveWorkload, ofPods, whyNoVersion } from '../liveWorkload';
import { movingState, releasesText } from '../moving';
import { shortDigest } from '../runningImages';
import { Behind } from '../types';
import { dayAndMinute } from './dayAndMinute';
import { Reading, RowDefinition } from './RowDefinition';

/** What runs: the release, and how it stands to the one in the environment before. */
export function releaseRows(): RowDefinition[] {
  const comparison = { kind: 'release' } as const;
  const row = (
    id: string,
    title: string,
    read: RowDefinition['read'],
  ): RowDefinition => ({
    id: `release.${id}`,
    group: 'release',
    title,
    comparison,
    read,
  });
  return [
    row('version', 'Version', versionReading),
    {
      ...row('digest', 'Image digest', digestReading),
      comparison: { kind: 'release', isExact: true },
    },
    row('commit', 'Commit', commitReading),
    {
      ...row('deployed', 'Deployed', deployedReading),
      comparison: {
        kind: 'measured',
        reason: 'Every environment gets a release at its own time',
      },
    },
    row('behind', 'Behind', behindReading),
  ];
}

function versionReading({
  workload,
  release,
  desired,
  application,
}: EnvironmentState): Reading {
  const known = map(release, ({ version }) => version, whyNoVersion(workload));
  if (!workload.value && release.value && release.value.versions.length > 1) {
    return {
      known: map(release, ({ versions }) => versions.join(', ')),
      state:
        application.value?.health.status === 'Suspended'
          ? 'suspended'
          : 'progressing',
      detail: 'Pods of several releases run at the same time',
    };
  }
  const live = workload.value;
  if (live?.mixture !== undefined) {
    return { known, state: 'degraded', fault: mixtureFault(live) };
  }
  const wanted = live && versionOf(live.wanted);
  const isMoving =
    live?.version !== undefined &&
    (live.versions.length > 1 || live.version !== wanted);
  if (live?.update && !live.rolledOut && live.version !== undefined) {
    return {
      known,
      state: movingState(live),
      detail: releasesText(live) ?? live.update.standing,
    };
  }
  if (isMoving) {
    const others = live.versions.filter(version => version !== wanted);
    return {
      known,
      state: movingState(live),
      detail: `${others.join(', ')} → ${wanted}`,
    };
  }
  const declared = desired.value?.version;
  return {
    known,
    detail:
      declared !== undefined && declared !== release.value?.version
        ? `git says ${declared}`
        : undefined,
  };
}

function digestReading({ workload, release }: EnvironmentState): Reading {
  const live = workload.value;
  // Argo CD tells it where the image is pinned to one.
  const pinned =
    release.value?.images.flatMap(({ digest }) => digest ?? []) ?? [];
  const digests = [...(live?.digests ?? pinned)].sort();
  const read = () => (digests.length > 0 ? digests.join(', ') : undefined);
  const absent = whyNoVersion(workload);
  return {
    known:
      !live && digests.length > 0
        ? map(release, read, absent)
        : ofPods(workload, read, absent),
    display: digests.map(shortDigest).join(' and '),
    state: live && digests.length > 1 ? movingState(live) : undefined,
    detail: live && podsWithDigest(live),
    ...(live?.mixture === undefined
      ? {}
      : { state: 'degraded', fault: mixtureFault(live) }),
  };
}

/** `ghcr.io/acme/checkout, all 3 ready pods` */
function podsWithDigest({
  images,
  digests,
  readyReplicas,
}: LiveWorkload): string | undefined {
  const repositories = [...new Set(images.map(({ repository }) => repository))];
  if (digests.length !== 1) {
    return undefined;
  }
  const count = images.reduce(
    (sum, { digest, pods = 0 }) => sum + (digest === undefined ? 0 : pods),
    0,
  );
  const which =
    count === readyReplicas
      ? `all ${count} ready pods`
      : `${count} of ${readyReplicas} ready pods, the others do not tell`;
  return `${repositories.join(' and ')}, ${which}`;
}

function mixtureFault({ mixture, versions }: LiveWorkload) {
  return {
    rule: 'K8S-12',
    reason: `Pods run different images as ${versions[0]}: ${mixture}. Its tag was moved while some of them ran`,
    remedy:
      'Restart the rollout, so that every pod pulls the same image, and pin the digest beside the tag',
  };
}

function commitReading({
  workload,
  release,
  input,
}: EnvironmentState): Reading {
  const { sha, link, origin, conflict } = input.commit ?? {};
  if (sha !== undefined) {
    const { provenance } = release;
    return {
      known: {
        observation: release.observation,
        value: sha,
        ...(provenance
          ? {
              provenance: {
                ...provenance,
                link,
                ...(origin
                  ? { source: origin.source, location: origin.text }
                  : {}),
              },
            }
          : {}),
      },
      display: sha.slice(0, 7),
      detail: origin && `by the ${origin.text}`,
      note: conflict,
    };
  }
  const known: Known<unknown> =
    release.value?.version === undefined
      ? map(release, () => undefined, whyNoVersion(workload))
      : {
          observation: {
            status: 'unknown',
            reason:
              input.commit?.unknown ??
              'The commit of this version has not been looked up yet',
          },
        };
  return { known };
}

function deployedReading({
  input,
  application,
  release,
}: EnvironmentState): Reading {
  const at = input.arrived?.at ?? application.value?.history.at(-1)?.deployedAt;
  const by = broughtBy(input);
  return {
    known: map(release, () => at, 'Nothing was deployed'),
    display: at === undefined ? undefined : dayAndMinute(at),
    detail: by ? `by ${by}` : undefined,
  };
}

function behindReading(state: EnvironmentState): Reading {
  const behind = behindOf(state);
  if (!behind) {
    return {
      known: {
        observation: {
          status: 'absent',
          reason: 'The first environment lags behind nothing',
        },
      },
    };
  }
  if (behind.status === 'unknown') {
    return {
      known: { observation: { status: 'unknown', reason: behind.reason } },
    };
  }
  const { observation, provenance } = state.release;
  return {
    known: {
      observation,
      value: behind,
      ...(provenance ? { provenance } : {}),
    },
    display: behindText(behind),
  };
}

function behindText({ status, environment, commits }: Behind): string {
  const count =
    commits === undefined
      ? ''
      : `${commits} ${commits === 1 ? 'commit' : 'commits'} `;
  switch (status) {
    case 'identical':
      return `same as ${environment}`;
    case 'behind':
      return `${count}behind ${environment}`;
    case 'ahead':
      return `${count}ahead of ${environment}`;
    case 'diverged':
      return `diverged from ${environment}`;
    case 'unknown':
      return 'not known';
    default:
      throw new Error(`Unknown status ${status satisfies never}`);
  }
}
