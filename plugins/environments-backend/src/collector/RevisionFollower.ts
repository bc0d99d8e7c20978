import { EnvironmentInput } from '@envmatrix/engine';

/** A revision that the git host does not show yet is asked for again no sooner than this. */
const AGAIN_MS = 10_000;

/** Bounds what is remembered. */
const REMEMBER_MAX = 10_000;

/**
 * Argo CD hears of a commit before the portal's next look at git: a revision that it names and that was not read yet is a reason to look now.
 */
export class RevisionFollower {
  readonly #asked = new Map<string, number>();

  constructor(
    private readonly options: {
      lookAtGit: (entityRef: string) => void;
      now?: () => number;
    },
  ) {}

  follow(entityRef: string, environments: readonly EnvironmentInput[]): void {
    const { lookAtGit, now = Date.now } = this.options;
    const unread = environments.flatMap(({ application, desired }) => {
      const revision = application?.value.sync.revision;
      return revision !== undefined &&
        desired !== undefined &&
        desired.value.revision !== revision
        ? [`${entityRef} ${revision}`]
        : [];
    });
    const due = unread.filter(
      key => now() - (this.#asked.get(key) ?? -Infinity) >= AGAIN_MS,
    );
    if (due.length === 0) {
      return;
    }
    if (this.#asked.size > REMEMBER_MAX) {
      this.#asked.clear();
    }
    due.forEach(key => this.#asked.set(key, now()));
    lookAtGit(entityRef);
  }
}
