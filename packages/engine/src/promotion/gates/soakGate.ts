import { parseDuration } from '../../model/duration';
import { Gate } from '../types';
import { GateContext } from './GateContext';
import { healthGate } from './healthGate';
import { minuteOf } from './minuteOf';

/** Whether the release has been healthy long enough where it comes from, without a break that was seen. */
export function soakGate(soak: string, context: GateContext): Gate {
  const { from, version, since, now } = context;
  const gate = { id: 'soak', title: `Healthy in ${from.name} for ${soak}` };
  const length = parseDuration(soak);
  if (length === undefined) {
    return {
      ...gate,
      state: 'unknown',
      reason: `'${soak}' is no duration; the intent needs one such as 1h or 24h`,
    };
  }
  const health = healthGate(context);
  if (health.state === 'unknown') {
    return { ...gate, state: 'unknown', reason: health.reason };
  }
  if (health.state !== 'open') {
    return {
      ...gate,
      state: 'waiting',
      reason: `It begins when ${version} is healthy in ${from.name}`,
    };
  }
  const arrived = since.version?.to === version ? since.version.at : undefined;
  const healthy = since.health?.to === 'Healthy' ? since.health.at : undefined;
  if (arrived === undefined || healthy === undefined) {
    return {
      ...gate,
      state: 'unknown',
      reason: `Since when ${version} is healthy in ${from.name} was not recorded yet`,
    };
  }
  const begun = Math.max(Date.parse(arrived), Date.parse(healthy));
  const ends = begun + length;
  const reason = `${version} is healthy there since ${minuteOf(begun)}`;
  return ends <= Date.parse(now)
    ? { ...gate, state: 'open', reason }
    : {
        ...gate,
        state: 'waiting',
        reason,
        opensAt: new Date(ends).toISOString(),
      };
}
