import { EnvironmentState } from './environmentState';
import { healthOf, syncOf } from './health';
import { PromotionHint } from './types';

/**
 * The way from one environment to the next: whether there is something to promote, and what stands before it.
 */
export function promotionHint(
  from: EnvironmentState,
  to: EnvironmentState,
): PromotionHint {
  const { definition } = to.input;
  const version = from.workload.value?.version;
  const live = to.workload.value?.version;
  const declared = to.desired.value?.version;
  const declaredWay =
    definition.delivery.way ??
    (definition.kind === 'production' ? 'pull-request' : 'commit');
  const waitsForSync =
    declared !== undefined &&
    declared === version &&
    (live !== declared || syncOf(to).value === 'OutOfSync');
  const way =
    waitsForSync && definition.delivery.sync === 'manual'
      ? 'sync'
      : declaredWay;
  const blockedBy = [
    ...blocksOfSource(from, version),
    ...blocksOfTarget(from, to, { version, live, declared, waitsForSync }),
  ];
  const active = to.input.activePromotion;
  if (active) {
    blockedBy.push(`A promotion to ${to.name} is under way (${active.state})`);
  }
  return {
    to: to.name,
    possible: blockedBy.length === 0,
    blockedBy,
    way,
    ...(active ? { active } : {}),
  };
}

function blocksOfSource(
  from: EnvironmentState,
  version: string | undefined,
): string[] {
  const { observation } = from.workload;
  if (observation.status !== 'observed') {
    return [
      `What runs in ${from.name} is not known: ${
        observation.reason ?? observation.status
      }`,
    ];
  }
  if (version === undefined) {
    return [`Nothing runs in ${from.name} yet`];
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
    return [`${from.name} is ${health.value}`];
  }
  return from.workload.value?.rolledOut
    ? []
    : [`${from.name} is still rolling out`];
}

function blocksOfTarget(
  from: EnvironmentState,
  to: EnvironmentState,
  releases: {
    version: string | undefined;
    live: string | undefined;
    declared: string | undefined;
    waitsForSync: boolean;
  },
): string[] {
  const { version, live, declared, waitsForSync } = releases;
  if (
    to.desired.observation.status === 'unreachable' ||
    to.desired.observation.status === 'timeout'
  ) {
    return [
      `git cannot be reached: ${
        to.desired.observation.reason ?? to.desired.observation.status
      }`,
    ];
  }
  if (version === undefined) {
    return [];
  }
  if (live === version && declared === version) {
    return [`${to.name} runs ${version} already`];
  }
  return waitsForSync && to.input.definition.delivery.sync === 'automatic'
    ? [`${to.name} is getting ${version} from ${from.name}`]
    : [];
}
