import { Observation } from '@envmatrix/engine';
import {
  Fact,
  FactKey,
  ObservationSink,
} from '@envmatrix/backstage-plugin-environments-node';

/** Keeps in memory what a source puts into it. */
export class MemorySink implements ObservationSink {
  readonly facts = new Map<string, Fact>();
  readonly states: Observation[] = [];
  readonly calls: string[] = [];
  /** The next call fails with it. */
  fault: Error | undefined;

  async replace(
    selection: { kind: string; scope?: string; namePrefix?: string },
    facts: readonly Fact[],
  ): Promise<void> {
    this.#called(`replace ${selection.namePrefix ?? selection.kind}`);
    for (const [key, fact] of this.facts) {
      if (
        fact.kind === selection.kind &&
        fact.name.startsWith(selection.namePrefix ?? '')
      ) {
        this.facts.delete(key);
      }
    }
    facts.forEach(fact => this.facts.set(keyOf(fact), fact));
  }

  async upsert(facts: readonly Fact[]): Promise<void> {
    this.#called(`upsert ${facts.map(({ name }) => name).join(' ')}`);
    facts.forEach(fact => this.facts.set(keyOf(fact), fact));
  }

  async remove(keys: readonly FactKey[]): Promise<void> {
    this.#called(`remove ${keys.map(({ name }) => name).join(' ')}`);
    keys.forEach(key => this.facts.delete(keyOf(key)));
  }

  async state(observation: Observation): Promise<void> {
    const last = this.states.at(-1);
    if (JSON.stringify(last) !== JSON.stringify(observation)) {
      this.states.push(observation);
    }
  }

  get status(): Observation['status'] | undefined {
    return this.states.at(-1)?.status;
  }

  names(prefix: string): string[] {
    return [...this.facts.values()]
      .map(({ name }) => name)
      .filter(name => name.startsWith(prefix))
      .sort();
  }

  fact(kind: string, scope: string, name: string): Fact | undefined {
    return this.facts.get(keyOf({ kind, scope, name }));
  }

  #called(call: string): void {
    this.calls.push(call);
    const { fault } = this;
    this.fault = undefined;
    if (fault) {
      throw fault;
    }
  }
}

function keyOf({ kind, scope, name }: FactKey): string {
  return JSON.stringify([kind, scope, name]);
}
