import { IntentGate } from '../../intent/schema/intent';
import { Gate } from '../types';
import { approvalGate } from './approvalGate';
import { freezeGate } from './freezeGate';
import { GateContext } from './GateContext';
import { healthGate } from './healthGate';
import { parityGate } from './parityGate';
import { soakGate } from './soakGate';
import { syncWindowGate } from './syncWindowGate';

/**
 * The conditions on a promotion, in the order in which the intent declares them. Health is always one, and the first: a release goes on from where it
 * runs well.
 *
 * @public
 */
export function judgeGates(
  declared: readonly IntentGate[],
  context: GateContext,
): Gate[] {
  return [
    healthGate(context),
    ...declared.flatMap(gate => judge(gate, context) ?? []),
  ];
}

/**
 * The gate that keeps a promotion from beginning now, if any does. One that waits for an approval lets it be asked for.
 *
 * @public
 */
export function shutGate(gates: readonly Gate[]): Gate | undefined {
  return gates.find(
    ({ id, state }) =>
      state !== 'open' && !(id === 'approval' && state === 'waiting'),
  );
}

/**
 * The gate that a change which is on its way already still has to pass when it is merged or synced: time has gone by.
 *
 * @public
 */
export function shutLater(gates: readonly Gate[]): Gate | undefined {
  return gates.find(
    ({ id, state }) =>
      (id === 'freeze' || id === 'syncWindow') && state === 'closed',
  );
}

function judge(gate: IntentGate, context: GateContext): Gate | undefined {
  if ('health' in gate) {
    return undefined; // it is asked in any case
  }
  if ('soak' in gate) {
    return soakGate(gate.soak, context);
  }
  if ('approval' in gate) {
    return approvalGate(gate.approval.by, context);
  }
  if ('freeze' in gate) {
    return freezeGate(gate.freeze, context);
  }
  if ('parity' in gate) {
    return parityGate(context);
  }
  return syncWindowGate(context);
}
