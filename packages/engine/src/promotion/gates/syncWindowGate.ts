import { syncPermission } from '../../matrix/syncWindows';
import { untold } from '../../matrix/untold';
import { Gate } from '../types';
import { GateContext } from './GateContext';

/** Whether Argo CD would sync the environment that the release goes to, in the way in which it is synced. */
export function syncWindowGate({ target }: Pick<GateContext, 'target'>): Gate {
  const { definition, application, argocdProject } = target;
  const trouble = untold(target, 'projects');
  const { name, delivery } = definition;
  const gate = {
    id: 'syncWindow',
    title: `Argo CD's sync windows for ${name}`,
  };
  const fact = application?.value;
  if (fact && trouble) {
    // Windows that are last known may have been changed meanwhile.
    return { ...gate, state: 'unknown', reason: trouble.reason };
  }
  if (!fact || !argocdProject) {
    return {
      ...gate,
      state: 'unknown',
      reason: fact
        ? `Argo CD ${fact.instance} does not show project ${fact.project} to the portal: its account needs the right to get projects`
        : `Argo CD shows no application for ${name}`,
    };
  }
  const { automatic, manual, because } = syncPermission(
    fact,
    argocdProject.value.syncWindows,
  );
  const windows = because
    .map(
      ({ kind, schedule, duration, timeZone }) =>
        `${kind} ${schedule} for ${duration}${timeZone ? ` ${timeZone}` : ''}`,
    )
    .join('; ');
  if (delivery.sync === 'automatic' ? automatic : manual) {
    return {
      ...gate,
      state: 'open',
      reason: windows || 'None is closed now',
    };
  }
  const changes = because.flatMap(({ changesAt }) => changesAt ?? []);
  return {
    ...gate,
    state: 'closed',
    reason: `Project ${fact.project}: ${windows}`,
    ...(changes.length === 1 && because.length === 1
      ? { opensAt: changes[0] }
      : {}),
  };
}
