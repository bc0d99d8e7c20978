import type { KubeObject } from '../../core';
import type { Condition } from '../objects';
import { fieldsOf, objectsOf, timestamp } from '../values';

export function conditionOf(
  conditions: readonly Condition[],
  type: string,
): Condition | undefined {
  return conditions.find(condition => condition.type === type);
}

export function withoutCondition(
  conditions: readonly Condition[],
  type: string,
): Condition[] {
  return conditions.filter(condition => condition.type !== type);
}

/**
 * Sets a condition as the controllers of Kubernetes do: nothing changes while status and reason stay, the time of transition
 * stays while the status does, and what is set goes to the end.
 */
export function withCondition(
  conditions: readonly Condition[],
  condition: Condition,
): Condition[] {
  const current = conditionOf(conditions, condition.type);
  if (
    current &&
    current.status === condition.status &&
    current.reason === condition.reason
  ) {
    return [...conditions];
  }
  const lastTransitionTime =
    current?.status === condition.status
      ? current.lastTransitionTime
      : condition.lastTransitionTime;
  return [
    ...withoutCondition(conditions, condition.type),
    { ...condition, lastTransitionTime },
  ];
}

/** What is said of an object now. */
export type Statement = Pick<
  Condition,
  'type' | 'status' | 'reason' | 'message'
> & { readonly observedGeneration?: number };

/** Statements as conditions: the time of transition of each stays while its status does. */
export function conditionsNow(
  before: unknown,
  statements: readonly Statement[],
  now: number,
): Condition[] {
  const known = objectsOf(before);
  return statements.map(statement => {
    const { lastTransitionTime: since } =
      known.find(
        ({ type, status }) =>
          type === statement.type && status === statement.status,
      ) ?? {};
    return {
      ...statement,
      lastTransitionTime: typeof since === 'string' ? since : timestamp(now),
    };
  });
}

/** Whether an object says of itself that it is ready, as those of operators do. */
export function saysReady(object: KubeObject | undefined): boolean {
  return objectsOf(fieldsOf(object?.status).conditions).some(
    ({ type, status }) => type === 'Ready' && status === 'True',
  );
}
