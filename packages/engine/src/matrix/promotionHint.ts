import { EnvironmentState } from './environmentState';
import { healthOf, syncOf } from './health';
import { versionOf } from './image';
import { standingText } from './moving';
import { PromotionHint } from './types';

/**
 * The way from one environment to the next: whether there is something to promote, and what stands before it.
 */
export function promotionHint(
  from: EnvironmentState,
  to: EnvironmentState,
): PromotionHint {
  const releases: Releases = {
    running: from.workload.value?.version,
    live: to.workload.value?.version,
    declared: to.desired.value?.version,
  };
  const way = wayOf(to, releases);
  const active = to.input.activePromotion;
  const blockedBy = [
    ...blocksOfSource(from),
    ...blocksOfTarget(from, to, releases, way),
    ...(active
      ? [`A promotion to ${to.name} is under way (${active.state})`]
      : []),
  ];
  return {
    to: to.name,
    possible: blockedBy.length === 0,
    blockedBy,
    way,
    ...(active ? { active } : {}),
  };
}

interface Releases {
  /** What the environment before runs. */
  readonly running?: string;
  /** What the next one runs. */
  readonly live?: string;
  /** What git says for the next one. */
  readonly declared?: string;
}

function wayOf(
  to: EnvironmentState,
  releases: Releases,
): NonNullable<PromotionHint['way']> {
  const { definition } = to.input;
  if (waitsForSync(to, releases) && definition.delivery.sync === 'manual') {
    return 'sync';
  }
  return (
    definition.delivery.way ??
    (definition.kind === 'production' ? 'pull-request' : 'commit')
  );
}

/** Git says it already, and it is not live. */
function waitsForSync(
  to: EnvironmentState,
  { running, live, declared }: Releases,
): boolean {
  return (
    declared !== undefined &&
    declared === running &&
    (syncOf(to).value === 'OutOfSync' ||
      (live !== declared && !isOnItsWay(to, declared)))
  );
}

/** An Argo Rollout has been told, and goes there step by step: another sync would tell it the same. */
function isOnItsWay({ workload }: EnvironmentState, version: string): boolean {
  const live = workload.value;
  return (
    live?.update !== undefined &&
    !live.rolledOut &&
    versionOf(live.wanted) === version
  );
}

function blocksOfSource(from: EnvironmentState): string[] {
  const { observation, value: live } = from.workload;
  if (observation.status === 'absent') {
    return [`Nothing runs in ${from.name} yet`];
  }
  if (observation.status !== 'observed') {
    return [
      `What runs in ${from.name} is not known: ${
        observation.reason ?? observation.status
      }`,
    ];
  }
  if (live?.version === undefined) {
    return [`No pod of ${from.name} is ready`];
  }
  const health = healthOf(from);
  if (health.observation.status !== 'observed') {
    return [
      `Health of ${from.name} is not known: ${
        health.observation.reason ?? health.observation.status
      }`,
    ];
  }
  if (health.value !== 'Healthy') {
    const standing = health.value === 'Suspended' && standingText(live);
    return [
      `${from.name} is ${health.value}${standing ? `: ${standing}` : ''}`,
    ];
  }
  if (!live.rolledOut) {
    return [`${from.name} is still rolling out`];
  }
  const declared = from.desired.value?.version;
  return declared !== undefined && declared !== live.version
    ? [
        `git says ${declared} for ${from.name}, which still runs ${live.version}`,
      ]
    : [];
}

function blocksOfTarget(
  from: EnvironmentState,
  to: EnvironmentState,
  releases: Releases,
  way: PromotionHint['way'],
): string[] {
  const { running, live, declared } = releases;
  const { status, reason } = to.desired.observation;
  if (status === 'unreachable' || status === 'timeout') {
    return [`git cannot be reached: ${reason ?? status}`];
  }
  if (running === undefined) {
    return [];
  }
  if (declared === running && isOnItsWay(to, running)) {
    const state = to.workload.value;
    const standing = state && standingText(state);
    const what = state?.trouble
      ? `${to.name} does not get through with ${running}`
      : `${to.name} is getting ${running} already`;
    return [standing ? `${what}: ${standing}` : what];
  }
  if (waitsForSync(to, releases)) {
    if (way !== 'sync') {
      return [`${to.name} is getting ${running} from ${from.name}`];
    }
    return to.application.value === undefined
      ? [
          `No application of ${to.name} is known that could be synced: ${
            to.application.observation.reason ??
            to.application.observation.status
          }`,
        ]
      : [];
  }
  return live === running && declared === running
    ? [`${to.name} runs ${running} already`]
    : [];
}
