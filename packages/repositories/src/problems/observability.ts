import { Intent } from '@envmatrix/engine';
import { OBSERVABILITY_DEFAULTS, positionOf } from '../defaults';
import { RenderProblem } from './problem';

/** The least that production's metrics are kept. */
const PRODUCTION_DAYS = 30;

/** Metrics are kept longer, never shorter, towards production. */
export function observabilityProblems(intent: Intent): RenderProblem[] {
  const days = intent.environments.map(
    (environment, index) =>
      environment.observability?.retentionDays ??
      OBSERVABILITY_DEFAULTS[positionOf(environment, index)].retentionDays,
  );
  return intent.environments.flatMap(({ kind, name }, index) => {
    const field = `environments.${index}.observability.retentionDays`;
    const problems: RenderProblem[] = [];
    if (index > 0 && days[index] < days[index - 1]) {
      problems.push({
        field,
        message: `${days[index]} is less than the ${days[index - 1]} days of '${
          intent.environments[index - 1].name
        }'; keep the metrics of '${name}' at least as long`,
      });
    }
    if (kind === 'production' && days[index] < PRODUCTION_DAYS) {
      problems.push({
        field,
        message: `${days[index]} is too short to compare releases; production needs ${PRODUCTION_DAYS} days or more`,
      });
    }
    return problems;
  });
}
