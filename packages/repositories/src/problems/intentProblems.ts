import { Intent } from '@envmatrix/engine';
import { capacityProblems } from './capacity';
import { clusterProblems } from './clusters';
import { deliveryProblems } from './delivery';
import { exposureProblems } from './exposure';
import { observabilityProblems } from './observability';
import { RenderProblem } from './problem';
import { secretProblems } from './secrets';
import { topologyProblems } from './topology';

/**
 * Everything that keeps an intent from being made into repositories: what, where, and what to do. An intent that was written for
 * repositories from elsewhere may have such problems and still be read.
 *
 * @public
 */
export function intentProblems(intent: Intent): RenderProblem[] {
  return [
    topologyProblems,
    clusterProblems,
    deliveryProblems,
    capacityProblems,
    exposureProblems,
    secretProblems,
    observabilityProblems,
  ].flatMap(problems => problems(intent));
}
