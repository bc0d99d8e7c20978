import { Gate } from '../types';
import { GateContext } from './GateContext';

/** Whether the release runs well where it comes from. */
export function healthGate({
  from: { name, summary },
  version,
}: Pick<GateContext, 'from' | 'version'>): Gate {
  return { id: 'health', title: `Healthy in ${name}`, ...judge() };

  function judge(): Pick<Gate, 'state' | 'reason'> {
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
        // What is suspended goes on by itself, or when somebody lets it.
        state:
          health === 'Progressing' || health === 'Suspended'
            ? 'waiting'
            : 'closed',
        reason: summary.detail ?? summary.standing ?? `${name} is ${health}`,
      };
    }
    const short = digest?.replace('sha256:', '').slice(0, 8);
    return {
      state: 'open',
      reason: `${ready} ready${short ? `, digest ${short}…` : ''}`,
    };
  }
}
