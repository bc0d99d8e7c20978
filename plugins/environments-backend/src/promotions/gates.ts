import { EnvironmentColumn, Gate, IntentGate } from '@envmatrix/engine';

/**
 * The conditions on a promotion. Health is always one: a release goes on from where it runs well. A gate that is declared and that
 * nobody checks yet stays shut, rather than being passed over.
 */
export function gatesOf(
  from: EnvironmentColumn,
  version: string,
  declared: readonly IntentGate[] = [],
): Gate[] {
  return [
    {
      id: 'health',
      title: `Healthy in ${from.name}`,
      ...healthGate(from, version),
    },
    ...declared.flatMap(gate => {
      const [id] = Object.keys(gate);
      return id === 'health'
        ? []
        : [
            {
              id,
              title: `Gate '${id}'`,
              state: 'unknown' as const,
              reason: `The intent declares a gate '${id}', which this version does not check yet`,
            },
          ];
    }),
  ];
}

function healthGate(
  { name, summary }: EnvironmentColumn,
  version: string,
): Pick<Gate, 'state' | 'reason'> {
  const { observations, health, ready, digest } = summary;
  const unknown = [
    observations.version,
    observations.health,
    observations.ready,
  ].find(({ status }) => status !== 'observed');
  if (unknown) {
    return {
      state: unknown.status === 'absent' ? 'closed' : 'unknown',
      reason: unknown.reason ?? `What runs in ${name} is not known`,
    };
  }
  if (summary.version !== version) {
    return {
      state: 'waiting',
      reason: `git says ${version} for ${name}, which still runs ${summary.version}`,
    };
  }
  if (health !== 'Healthy') {
    return {
      state: health === 'Progressing' ? 'waiting' : 'closed',
      reason: summary.detail ?? `${name} is ${health}`,
    };
  }
  const short = digest?.replace('sha256:', '').slice(0, 8);
  return {
    state: 'open',
    reason: `${ready} ready${short ? `, digest ${short}…` : ''}`,
  };
}
