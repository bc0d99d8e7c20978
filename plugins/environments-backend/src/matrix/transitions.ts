import { EnvironmentColumn, EnvironmentInput } from '@envmatrix/engine';
import { Transition } from '../store/TransitionStore';

/**
 * What changed since the last transition of each environment. Only what is observed counts, and a rollout on its way is no change yet: ten
 * events of one release are one transition.
 */
export function newTransitions(
  columns: readonly EnvironmentColumn[],
  inputs: readonly EnvironmentInput[],
  latest: ReadonlyMap<string, Transition>,
  now: string,
): Transition[] {
  return columns.flatMap(column => {
    const input = inputs.find(
      candidate => candidate.definition.name === column.name,
    );
    return [
      versionTransition(column, input, latest, now),
      healthTransition(column, latest, now),
    ].flatMap(transition => transition ?? []);
  });
}

function versionTransition(
  column: EnvironmentColumn,
  input: EnvironmentInput | undefined,
  latest: ReadonlyMap<string, Transition>,
  now: string,
): Transition | undefined {
  const { version, observations, commit } = column.summary;
  const before = latest.get(`${column.name} version`);
  if (
    version === undefined ||
    observations.version.status !== 'observed' ||
    before?.to === version
  ) {
    return undefined;
  }
  const desired = input?.desired?.value;
  const change = desired?.version === version ? desired.lastChange : undefined;
  const deployed = input?.application?.value.history.at(-1);
  return {
    environment: column.name,
    // The first time that an environment is seen, Argo CD knows better since when.
    at: before ? now : deployed?.deployedAt ?? now,
    what: 'version',
    ...(before?.to ? { from: before.to } : {}),
    to: version,
    ...(change
      ? { by: change.author }
      : deployed?.initiatedBy
      ? { by: deployed.initiatedBy }
      : {}),
    ...(commit ? { commit } : {}),
    ...(change?.link ? { link: change.link } : {}),
  };
}

const SETTLED = new Set(['Healthy', 'Degraded']);

function healthTransition(
  column: EnvironmentColumn,
  latest: ReadonlyMap<string, Transition>,
  now: string,
): Transition | undefined {
  const { health, observations } = column.summary;
  const before = latest.get(`${column.name} health`);
  if (
    health === undefined ||
    !SETTLED.has(health) ||
    observations.health.status !== 'observed' ||
    before?.to === health
  ) {
    return undefined;
  }
  return {
    environment: column.name,
    at: now,
    what: 'health',
    ...(before?.to ? { from: before.to } : {}),
    to: health,
  };
}
