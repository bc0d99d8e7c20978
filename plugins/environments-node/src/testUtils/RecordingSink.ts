import { Observation } from '@envmatrix/engine';
import { Fact, FactKey, ObservationSink, Recall } from '../sources';

/**
 * Keeps in memory what a source puts into it, and every state that it reported.
 *
 * @public
 */
export class RecordingSink implements ObservationSink {
  /** States as they followed each other, without repetition. */
  readonly states: Observation[] = [];
  /** How many facts each call brought: `upsert 3`, `remove 1`, `replace application 8`. */
  readonly calls: string[] = [];
  readonly #facts = new Map<string, Fact>();
  #fault: Error | undefined;

  /** The next call fails with this, as it does while the database is away. */
  failOnce(error: Error): void {
    this.#fault = error;
  }

  /** The state that was reported last. */
  get status(): Observation['status'] | undefined {
    return this.states.at(-1)?.status;
  }

  get reason(): string | undefined {
    return this.states.at(-1)?.reason;
  }

  all(kind: string): Fact[] {
    return [...this.#facts.values()].filter(fact => fact.kind === kind);
  }

  get(kind: string, scope: string, name: string): Fact | undefined {
    return this.#facts.get(keyOf({ kind, scope, name }));
  }

  /** As the store answers a source that asks for what it said. */
  async recall(query: Parameters<Recall>[0]): Promise<Fact[]> {
    const { kind, scope, names } = query;
    return this.all(kind).filter(
      fact =>
        (scope === undefined || fact.scope === scope) &&
        (names === undefined || names.includes(fact.name)),
    );
  }

  async replace(
    selection: { kind: string; scope?: string; namePrefix?: string },
    facts: readonly Fact[],
  ): Promise<void> {
    this.#called(`replace ${selection.kind} ${facts.length}`);
    const { kind, scope, namePrefix = '' } = selection;
    for (const [key, fact] of this.#facts) {
      if (
        fact.kind === kind &&
        (scope === undefined || fact.scope === scope) &&
        fact.name.startsWith(namePrefix)
      ) {
        this.#facts.delete(key);
      }
    }
    facts.forEach(fact => this.#facts.set(keyOf(fact), fact));
  }

  async upsert(facts: readonly Fact[]): Promise<void> {
    this.#called(`upsert ${facts.length}`);
    facts.forEach(fact => this.#facts.set(keyOf(fact), fact));
  }

  async remove(keys: readonly FactKey[]): Promise<void> {
    this.#called(`remove ${keys.length}`);
    keys.forEach(key => this.#facts.delete(keyOf(key)));
  }

  async state(observation: Observation): Promise<void> {
    const last = this.states.at(-1);
    if (
      last?.status !== observation.status ||
      last.reason !== observation.reason
    ) {
      this.states.push(observation);
    }
  }

  #called(call: string): void {
    const fault = this.#fault;
    this.#fault = undefined;
    if (fault) {
      throw fault;
    }
    this.calls.push(call);
  }
}

function keyOf({ kind, scope, name }: FactKey): string {
  return JSON.stringify([kind, scope, name]);
}
