import { rowOf } from './cells';
import { MatrixInput } from './input';
import { hindmost } from './hindmost';
import { mergeSummaries } from './mergeSummaries';
import { placesOf } from './places';
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
  const places = input.environments.map(environment =>
    placesOf(environment, input),
  );
  const judgements = {
    findings: input.findings,
    differences: input.differences,
  };
  const environments = places.map((own, index): EnvironmentColumn => {
    const { definition, targets } = own.input;
    const { name } = definition;
    const next = places.find(
      candidate => candidate.input.definition.delivery.from === name,
    );
    const [first, ...others] = own.all.map(({ label, state }) => ({
      label,
      summary: summaryOf(state, judgements),
    }));
    return {
      name,
      title: definition.title ?? name,
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
      summary: mergeSummaries([first, ...others]),
      ...(next
        ? { promotion: promotionHint(hindmost(own), hindmost(next)) }
        : {}),
    };
  });
  const rows = rowsOf(
    input.service,
    places.flatMap(({ all }) => all.map(({ state }) => state)),
  );
  const groups = GROUPS.map(({ id, title }) => ({
    id,
    title,
    rows: rows
      .filter(row => row.group === id)
      .map(row => rowOf(row, places, judgements))
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
