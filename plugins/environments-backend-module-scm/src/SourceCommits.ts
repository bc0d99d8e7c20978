import { CommitFact, Intent } from '@envmatrix/engine';
import { ScmHosts } from '@envmatrix/scm';
import { commitFact, namedCommitFact } from './commitFact';
import { ReleaseTrailer } from './findTrailer';
import { Missed } from './Missed';

/**
 * Commits of source repositories, each asked for once. A version is remembered together with the image that runs under its name: a tag that was
 * moved is another image, and is looked up anew.
 */
export class SourceCommits {
  readonly #hosts: ScmHosts;
  readonly #known = new Map<string, CommitFact>();
  readonly #missed = new Missed<CommitFact>();

  constructor(options: { hosts: ScmHosts }) {
    this.#hosts = options.hosts;
  }

  async ofVersion(options: {
    intent: Intent;
    version: string;
    digest?: string;
    trailer?: ReleaseTrailer;
    signal: AbortSignal;
  }): Promise<CommitFact> {
    const { intent, version, digest, trailer, signal } = options;
    const key = [version, digest, trailer?.sha, trailer?.commit];
    return await this.#remembered(intent, key, () =>
      commitFact({ hosts: this.#hosts, intent, version, trailer, signal }),
    );
  }

  async named(options: {
    intent: Intent;
    name: string;
    signal: AbortSignal;
  }): Promise<CommitFact> {
    const { intent, name, signal } = options;
    return await this.#remembered(intent, ['named', name], () =>
      namedCommitFact({ hosts: this.#hosts, intent, name, signal }),
    );
  }

  /** What was not there may be by now. */
  forgetMissed(): void {
    this.#missed.clear();
  }

  async #remembered(
    intent: Intent,
    parts: readonly (string | undefined)[],
    ask: () => Promise<CommitFact>,
  ): Promise<CommitFact> {
    const key = JSON.stringify([intent.repositories.source, ...parts]);
    const known = this.#known.get(key) ?? this.#missed.get(key);
    if (known) {
      return known;
    }
    const fact = await ask();
    if (fact.sha === undefined) {
      this.#missed.put(key, fact);
    } else {
      this.#known.set(key, fact);
      this.#missed.delete(key);
    }
    return fact;
  }
}
