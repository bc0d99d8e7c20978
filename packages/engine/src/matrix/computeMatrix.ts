import { rowOf } from './cells';
import { environmentState } from './environmentState';
import { MatrixInput } from './input';
import { promotionHint } from './promotionHint';
import { GROUPS, rowsOf } from './rows';
import { scoreOf } from './score';
import { summaryOf } from './summary';
import { EnvironmentColumn, Matrix } from './types';

/**
 * Works out the environment matrix of one entity from what was observed and what the rules say of it. Pure: it asks nobody, and takes the time as input.
 *
 * @public
 */
export function computeMatrix(input: MatrixInput): Matrix {
  const states = input.environments.map(environment =>
    environmentState(environment, input),
  );
  const judgements = {
    findings: input.findings,
    differences: input.differences,
  };
  const environments = states.map((state, index): EnvironmentColumn => {
    const { definition, targets } = state.input;
    const next = states.find(
      candidate => candidate.input.definition.delivery.from === state.name,
    );
    return {
      name: state.name,
      title: definition.title ?? state.name,
      order: index,
      kind: definition.kind,
      ...(targets[0]
        ? { cluster: targets[0].cluster, namespace: targets[0].namespace }
        : {}),
      ...(targets.length > 1
        ? {
            targets: targets.map(({ cluster, namespace, region }) => ({
              cluster,
              namespace,
              ...(region ? { region } : {}),
            })),
          }
        : {}),
      summary: summaryOf(state, judgements),
      ...(next ? { promotion: promotionHint(state, next) } : {}),
    };
  });
  const rows = rowsOf(input.service, states);
  const groups = GROUPS.map(({ id, title }) => ({
    id,
    title,
    rows: rows
      .filter(row => row.group === id)
      .map(row => rowOf(row, states, judgements))
      // A row of which nobody says anything is no row; one that somebody cannot tell is.
      .filter(row =>
        Object.values(row.cells).some(
          cell =>
            cell.value !== undefined || cell.observation.status !== 'absent',
        ),
      ),
  })).filter(group => group.rows.length > 0);
  return {
    entityRef: input.entityRef,
    computedAt: input.now,
    environments,
    groups,
    sources: input.sources,
    score: scoreOf(input.findings),
    ...(input.updates ? { updates: input.updates } : {}),
  };
}
