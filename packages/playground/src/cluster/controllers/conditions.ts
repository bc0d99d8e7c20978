import type { Condition } from '../objects';

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
