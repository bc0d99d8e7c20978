import { Gate } from '../types';
import { GateContext } from './GateContext';

/**
 * Whether somebody agreed who may. A pull request is approved where it is, and the git host keeps it from being merged before; a change that is made at
 * once waits here.
 */
export function approvalGate(
  by: readonly string[],
  { way, approvedBy = [] }: Pick<GateContext, 'way' | 'approvedBy'>,
): Gate {
  const names = by.map(ref => ref.slice(ref.lastIndexOf('/') + 1)).join(' or ');
  const gate = { id: 'approval', title: `Approval by ${names}` };
  switch (way) {
    case 'pull-request':
    case 'workflow':
      return {
        ...gate,
        state: 'waiting',
        reason:
          way === 'pull-request'
            ? 'Given on the pull request; the git host asks for it before the merge'
            : 'Given to the workflow, where it waits',
      };
    case 'sync':
      return {
        ...gate,
        state: 'open',
        reason: 'Nothing changes in git: what is there has been let through',
      };
    case 'commit':
      return approvedBy.length > 0
        ? {
            ...gate,
            state: 'open',
            reason: `Given by ${approvedBy.join(', ')}`,
          }
        : {
            ...gate,
            state: 'waiting',
            reason: `Somebody else of ${names} agrees before anything happens`,
          };
    default:
      throw new Error(`Unknown way ${way satisfies never}`);
  }
}
