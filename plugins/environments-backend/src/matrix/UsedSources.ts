import { SourceState } from '@envmatrix/engine';
import { SourceStates } from '../store/SourceStates';

/** The sources that a matrix depends on, each once. */
export class UsedSources {
  readonly #states: SourceStates;
  readonly #used = new Map<string, SourceState>();

  constructor(states: SourceStates) {
    this.#states = states;
  }

  of(kind: 'kubernetes' | 'argocd', name: string): SourceState {
    const what =
      kind === 'kubernetes'
        ? `cluster '${name}' in the Kubernetes configuration`
        : `Argo CD instance '${name}' in 'argocd.appLocatorMethods'`;
    return this.#note(
      this.#states.get(`${kind}/${name}`) ?? {
        kind,
        name,
        status: 'not-configured',
        reason: `There is no ${what} of the portal`,
      },
    );
  }

  /** The git host that has said something, else the one where the repository is. */
  scm(source: string | undefined, repository: string | undefined) {
    const host = repository && new URL(repository).host;
    const state = this.#states.get(source ?? `scm/${host}`);
    return state && this.#note(state);
  }

  all(): SourceState[] {
    return [...this.#used.values()];
  }

  #note(state: SourceState): SourceState {
    this.#used.set(`${state.kind}/${state.name}`, state);
    return state;
  }
}
