import { IntentEnvironment } from '@envmatrix/engine';

/** Entity references of those who may approve a promotion into an environment, each once; empty where none is asked. */
export function approversOf({ delivery }: IntentEnvironment): string[] {
  const approvers = (delivery.gates ?? []).flatMap(gate =>
    'approval' in gate ? gate.approval.by : [],
  );
  return [...new Set(approvers)];
}
