import { behindOf } from '../behind';
import { EnvironmentState } from '../environmentState';
import { versionOf } from '../image';
import { Known, map } from '../known';
import { ofPods, whyNoVersion } from '../liveWorkload';
import { movingState, releasesText } from '../moving';
import { Behind } from '../types';
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
    row('digest', 'Image digest', digestReading),
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

function digestReading({ workload }: EnvironmentState): Reading {
  const live = workload.value;
  const digests = live?.digests ?? [];
  return {
    known: ofPods(
      workload,
      () => (digests.length > 0 ? digests.join(', ') : undefined),
      whyNoVersion(workload),
    ),
    display: digests.map(shortDigest).join(' and '),
    state: live && digests.length > 1 ? movingState(live) : undefined,
    detail:
      digests.length === 1 && live
        ? `all ${live.readyReplicas} ready pods`
        : undefined,
  };
}

function shortDigest(digest: string): string {
  return `${digest.slice(0, 'sha256:'.length + 8)}…`;
}

function commitReading({
  workload,
  release,
  input,
}: EnvironmentState): Reading {
  const sha = input.commit?.sha;
  if (sha !== undefined) {
    const { provenance } = release;
    return {
      known: {
        observation: release.observation,
        value: sha,
        ...(provenance
          ? { provenance: { ...provenance, link: input.commit?.link } }
          : {}),
      },
      display: sha.slice(0, 7),
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
  const by = input.arrived?.by;
  return {
    known: map(release, () => at, 'Nothing was deployed'),
    display: at === undefined ? undefined : dayAndMinute(at),
    detail: by ? `by ${by}` : undefined,
  };
}

/** `2026-11-23 18:05 UTC` */
function dayAndMinute(at: string): string {
  return `${at.slice(0, 10)} ${at.slice(11, 16)} UTC`;
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
