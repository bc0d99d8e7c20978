import { Gate } from '../types';
import { GateContext } from './GateContext';

/** Whether the environment that the release comes from breaks no rule. */
export function parityGate({
  from,
  findings,
}: Pick<GateContext, 'from' | 'findings'>): Gate {
  const gate = { id: 'parity', title: `No violation in ${from.name}` };
  if (findings.length === 0) {
    return {
      ...gate,
      state: 'unknown',
      reason: `The rules could not be asked about ${from.name}`,
    };
  }
  const violations = findings.filter(
    ({ outcome, environments }) =>
      outcome === 'fail' && environments.includes(from.name),
  );
  if (violations.length === 0) {
    return { ...gate, state: 'open', reason: 'None was found' };
  }
  const [{ rule, title, subject }] = violations;
  const others = violations.length - 1;
  return {
    ...gate,
    state: 'closed',
    reason: `${rule}: ${title} (${subject})${
      others > 0 ? `, and ${others} more` : ''
    }`,
  };
}
