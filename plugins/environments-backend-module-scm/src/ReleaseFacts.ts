import { CommitFact, ComparisonFact } from '@envmatrix/engine';
import {
  FactKinds,
  SourceContext,
  TrackedEntity,
  TrackedRelease,
} from '@envmatrix/backstage-plugin-environments-node';
import { ScmHosts } from '@envmatrix/scm';
import {
  Comparisons,
  comparisonName,
  Pair,
  withoutCommits,
} from './Comparisons';
import { DeployConfigReader } from './DeployConfigReader';
import { DeployConfigLocation } from './deployConfigLocation';
import { findTrailer, OverlayHistory, VersionsAt } from './findTrailer';
import { jsonFact } from './jsonFact';
import { SourceCommits } from './SourceCommits';

/** A release of an entity whose environments may not be known yet. */
type Release = Omit<TrackedRelease, 'environment'> & {
  readonly environment?: string;
};

type Known = TrackedEntity & {
  readonly intent: NonNullable<TrackedEntity['intent']>;
};

interface Options {
  readonly entity: Known;
  readonly location: DeployConfigLocation;
  readonly histories: readonly OverlayHistory[];
}

interface Stored {
  readonly text: string;
  readonly comparisons: ReadonlyMap<string, ComparisonFact>;
}

/**
 * Which commits the releases of entities are, and how they stand to each other.
 */
export class ReleaseFacts {
  readonly #reader: DeployConfigReader;
  readonly #comparisons: Comparisons;
  readonly #commits: SourceCommits;
  readonly #versionsAt: VersionsAt = new Map();
  /** What was stored last, per entity. */
  readonly #stored = new Map<string, Stored>();

  constructor(options: { hosts: ScmHosts; reader: DeployConfigReader }) {
    this.#reader = options.reader;
    this.#comparisons = new Comparisons({ hosts: options.hosts });
    this.#commits = new SourceCommits({ hosts: options.hosts });
  }

  /** What was stored may not be there any more. */
  clear(): void {
    this.#stored.clear();
  }

  /** What git did not have may be there by now. */
  forgetMissed(): void {
    this.#commits.forgetMissed();
  }

  /** Writes down what there is to say of the releases of an entity, where it is news. */
  async write(context: SourceContext, options: Options): Promise<void> {
    const { entity } = options;
    const releases = releasesOf(entity);
    if (releases.length === 0) {
      return;
    }
    const { sink, signal, recall } = context;
    const { entityRef, intent } = entity;
    const commits = await this.#commitsOf(options, signal);
    const comparisons = await Promise.all(
      pairsOf(entity, releases, commits).map(pair =>
        this.#comparisons.compare(pair, { entityRef, intent, recall, signal }),
      ),
    );
    const before = this.#stored.get(entityRef);
    const text = JSON.stringify([commits, comparisons]);
    if (before?.text === text) {
      return;
    }
    await sink.replace(
      { kind: FactKinds.commit, scope: entityRef },
      commits.map(commit =>
        jsonFact(FactKinds.commit, entityRef, commit.version, commit),
      ),
    );
    const running = new Map(
      comparisons.map(comparison => [comparisonName(comparison), comparison]),
    );
    const gone = [...(before?.comparisons ?? [])].filter(
      ([name]) => !running.has(name),
    );
    // Two commits stand to each other as they do for ever; two tags do not.
    await sink.upsert(
      [
        ...gone
          .filter(([, { fromSha }]) => fromSha !== undefined)
          .map(([name, kept]) => [name, withoutCommits(kept)] as const),
        ...running,
      ].map(([name, comparison]) =>
        jsonFact(FactKinds.comparison, entityRef, name, comparison),
      ),
    );
    await sink.remove(
      [
        ...gone.filter(([, { fromSha }]) => fromSha === undefined),
        // What was said of two versions before their commits were known.
        ...comparisons.map(({ from, to }) => [`${from}...${to}`] as const),
      ]
        .filter(([name]) => !running.has(name))
        .map(([name]) => ({
          kind: FactKinds.comparison,
          scope: entityRef,
          name,
        })),
    );
    this.#stored.set(entityRef, { text, comparisons: running });
  }

  /** Of every version and every commit that is named, each once. */
  async #commitsOf(
    { entity, histories, location }: Options,
    signal: AbortSignal,
  ): Promise<CommitFact[]> {
    const { intent } = entity;
    const releases = releasesOf(entity);
    const commits = new Map<string, CommitFact>();
    for (const { version, digest } of releases) {
      if (!commits.has(version)) {
        const runsIn = new Set(
          releases
            .filter(release => release.version === version)
            .map(({ environment }) => environment),
        );
        const trailer = await findTrailer({
          intent,
          version,
          histories: [
            ...histories.filter(({ environment }) => runsIn.has(environment)),
            ...histories.filter(({ environment }) => !runsIn.has(environment)),
          ],
          host: this.#reader.host(location),
          location,
          versionsAt: this.#versionsAt,
          signal,
        });
        commits.set(
          version,
          await this.#commits.ofVersion({
            intent,
            version,
            digest,
            trailer,
            signal,
          }),
        );
      }
    }
    for (const { revision, commit } of releases) {
      const isKnown = [...commits.values()].some(({ sha }) => sha === commit);
      for (const name of [revision, isKnown ? undefined : commit]) {
        if (name !== undefined && !commits.has(name)) {
          commits.set(
            name,
            await this.#commits.named({ intent, name, signal }),
          );
        }
      }
    }
    return [...commits.values()];
  }
}

/** What runs of an entity; of one whose environments are not known, by version alone. */
export function releasesOf({
  releases,
  versions,
}: TrackedEntity): readonly Release[] {
  return releases ?? versions.map(version => ({ version }));
}

/** Every release with the one that it is promoted from; neighbours, where nobody says which. */
function pairsOf(
  { intent }: Known,
  releases: readonly Release[],
  commits: readonly CommitFact[],
): Pair[] {
  const commitOf = ({ version, commit }: Release): CommitFact => {
    const known =
      commits.find(entry => entry.sha !== undefined && entry.sha === commit) ??
      commits.find(entry => entry.version === (commit ?? version)) ??
      commits.find(entry => entry.version === version);
    return { ...known, version };
  };
  const pairs = releases.flatMap((release, index) => {
    const environment = intent.environments.find(
      ({ name }) => name === release.environment,
    );
    const from = environment
      ? releases.find(
          candidate => candidate.environment === environment.delivery.from,
        )
      : releases[index - 1];
    return from ? [{ from: commitOf(from), to: commitOf(release) }] : [];
  });
  // Environments that run the same are compared once.
  return [
    ...new Map(
      pairs
        .filter(
          ({ from, to }) => from.version !== to.version || from.sha !== to.sha,
        )
        .map(pair => [JSON.stringify(pair), pair]),
    ).values(),
  ];
}
