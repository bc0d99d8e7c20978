import { SourceState } from '@envmatrix/engine';
import { ConfiguredSources } from '../collector/ConfiguredSources';
import { StateReader } from '../store/SourceStates';

/** The sources that a matrix depends on, each once. */
export class UsedSources {
  readonly #states: StateReader;
  readonly #configured: ConfiguredSources;
  readonly #used = new Map<string, SourceState>();

  constructor(states: StateReader, configured: ConfiguredSources) {
    this.#states = states;
    this.#configured = configured;
  }

  of(kind: 'kubernetes' | 'argocd', name: string): SourceState {
    return this.#note(
      this.#configured.describe(
        this.#states.get(`${kind}/${name}`) ?? {
          kind,
          name,
          ...this.#configured.observationOf(kind, name),
        },
      ),
    );
  }

  /** The git host that has said something, else the one where the repository is. */
  scm(source: string | undefined, repository: string | undefined) {
    const host = repository && new URL(repository).host;
    const state = this.#states.get(source ?? `scm/${host}`);
    return state && this.#note(state);
  }

  /** The registry of an image, where the portal may ask it. */
  registry(image: string): void {
    const state = this.#states.get(`registry/${image.split('/')[0]}`);
    if (state) {
      this.#note(state);
    }
  }

  all(): SourceState[] {
    return [...this.#used.values()];
  }

  #note(state: SourceState): SourceState {
    this.#used.set(`${state.kind}/${state.name}`, state);
    return state;
  }
}
