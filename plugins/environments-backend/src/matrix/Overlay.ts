import { JsonValue } from '@backstage/types';
import { Fact } from '@envmatrix/backstage-plugin-environments-node';
import { SourceState } from '@envmatrix/engine';
import { FactQuery, FactReader, StoredFact } from '../store/FactStore';
import { idOf, StateReader } from '../store/SourceStates';

/** A source as one person sees it. */
export interface SeenSource {
  readonly state: SourceState;
  readonly facts: readonly Fact[];
}

/**
 * What one person sees of some sources, laid over what is stored: of these sources nothing that is stored is left. It lives in memory, as long as
 * the answer to that person takes.
 */
export class Overlay {
  readonly #seen: ReadonlyMap<string, SeenSource>;

  constructor(seen: readonly SeenSource[]) {
    this.#seen = new Map(seen.map(entry => [idOf(entry.state), entry]));
  }

  over(stored: FactReader): FactReader {
    return {
      find: async <T = JsonValue>(query: FactQuery) => {
        const { source } = query;
        const own = [...this.#seen]
          .filter(([id]) => source === undefined || source === id)
          .flatMap(([id, { facts }]) =>
            facts
              .map(fact => ({ ...fact, source: id }))
              .filter(fact => isAskedFor(fact, query))
              .map(
                (fact): StoredFact<T> => ({
                  ...fact,
                  value: JSON.parse(JSON.stringify(fact.value)),
                }),
              ),
          );
        const others =
          source !== undefined && this.#seen.has(source)
            ? []
            : await stored.find<T>(query);
        return [...others.filter(fact => !this.#seen.has(fact.source)), ...own];
      },
    };
  }

  overStates(stored: StateReader): StateReader {
    return { get: id => this.#seen.get(id)?.state ?? stored.get(id) };
  }
}

function isAskedFor(
  fact: Fact & { source: string },
  query: FactQuery,
): boolean {
  const { kind, scopes, names, label, matches } = query;
  const labels = fact.labels ?? {};
  return (
    fact.kind === kind &&
    (scopes?.includes(fact.scope) ?? true) &&
    (names?.includes(fact.name) ?? true) &&
    (label === undefined || labels[label[0]] === label[1]) &&
    (matches?.({ ...fact, labels }) ?? true)
  );
}
