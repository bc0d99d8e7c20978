import {
  EnvironmentColumn,
  EnvironmentInput,
  settledRelease,
} from '@envmatrix/engine';
import { StoredPromotion } from '../store/PromotionStore';
import { LatestTransitions, Transition } from '../store/TransitionStore';

/**
 * What changed since the last transition of each environment. Only what is observed now counts, and what is still moving is no
 * change yet: ten events of one release are one transition.
 */
export function newTransitions(options: {
  columns: readonly EnvironmentColumn[];
  environments: readonly EnvironmentInput[];
  names: { service: string; selector: string };
  latest: LatestTransitions;
  now: string;
}): Transition[] {
  const { columns, environments, names, latest, now } = options;
  return environments.flatMap(environment => {
    const { name, delivery } = environment.definition;
    const column = columns.find(candidate => candidate.name === name);
    const last = (what: string) => latest.get(`${name} ${what}`);
    const found = [
      versionTransition(environment, names, column, last('version'), now),
      column && healthTransition(column, last('health'), now),
      // Where Argo CD syncs by itself, being out of sync is a moment of every release.
      column && delivery.sync === 'manual'
        ? syncTransition(column, last('sync'), now)
        : undefined,
    ];
    return found.flatMap(transition => transition ?? []);
  });
}

/** Commits of releases that had arrived before anybody could tell which commits they are, by the id of their transition. */
export function lateCommits(
  columns: readonly EnvironmentColumn[],
  latest: LatestTransitions,
): ReadonlyMap<string, string> {
  return new Map(
    columns.flatMap(({ name, summary: { version, commit } }) => {
      const arrival = latest.get(`${name} version`);
      return commit && arrival?.to === version && !arrival?.commit && arrival
        ? [[arrival.id, commit] as const]
        : [];
    }),
  );
}

/** A release that a promotion by pull request brought says by which. */
export function withPullRequests(
  transitions: readonly Transition[],
  promotions: readonly StoredPromotion[],
  latest: LatestTransitions,
): Transition[] {
  return transitions.map(transition => {
    const before = latest.get(`${transition.environment} version`)?.at ?? '';
    const { pullRequest } =
      promotions.find(
        ({ plan, state, createdAt }) =>
          transition.what === 'version' &&
          createdAt > before &&
          plan.to === transition.environment &&
          plan.release.to === transition.to &&
          state !== 'cancelled' &&
          state !== 'superseded',
      ) ?? {};
    return pullRequest ? { ...transition, pullRequest } : transition;
  });
}

function versionTransition(
  environment: EnvironmentInput,
  names: { service: string; selector: string },
  column: EnvironmentColumn | undefined,
  before: Transition | undefined,
  now: string,
): Transition | undefined {
  const release = settledRelease(environment, names);
  if (!release || before?.to === release.version) {
    return undefined;
  }
  const desired = environment.desired?.value;
  const change =
    desired?.version === release.version ? desired.lastChange : undefined;
  const deployed = environment.application?.value.history.at(-1);
  const by = change?.author ?? deployed?.initiatedBy;
  const commit = column?.summary.commit;
  return {
    environment: environment.definition.name,
    // The first time that an environment is seen, Argo CD knows better since when.
    at: before ? now : deployed?.deployedAt ?? now,
    what: 'version',
    ...(before?.to ? { from: before.to } : {}),
    to: release.version,
    ...(by ? { by } : {}),
    ...(commit ? { commit } : {}),
    ...(change?.link ? { link: change.link } : {}),
  };
}

/** What is on its way from one of these to the other is neither. */
const SETTLED_HEALTH = new Set(['Healthy', 'Degraded']);

function healthTransition(
  { name, summary }: EnvironmentColumn,
  before: Transition | undefined,
  now: string,
): Transition | undefined {
  const { health, observations } = summary;
  return health !== undefined &&
    SETTLED_HEALTH.has(health) &&
    observations.health.status === 'observed'
    ? transitionTo(name, 'health', health, before, now)
    : undefined;
}

function syncTransition(
  { name, summary }: EnvironmentColumn,
  before: Transition | undefined,
  now: string,
): Transition | undefined {
  const { sync, observations } = summary;
  return sync !== undefined && observations.sync.status === 'observed'
    ? transitionTo(name, 'sync', sync, before, now)
    : undefined;
}

function transitionTo(
  environment: string,
  what: string,
  to: string,
  before: Transition | undefined,
  at: string,
): Transition | undefined {
  return before?.to === to
    ? undefined
    : {
        environment,
        at,
        what,
        ...(before?.to ? { from: before.to } : {}),
        to,
      };
}
