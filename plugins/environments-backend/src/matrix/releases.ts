import {
  FactKinds,
  imageFactName,
  TrackedRelease,
} from '@envmatrix/backstage-plugin-environments-node';
import {
  CommitFact,
  ComparisonFact,
  decideCommit,
  EnvironmentInput,
  ImageFact,
  Intent,
  runningRelease,
  RunningRelease,
} from '@envmatrix/engine';
import { FactReader, StoredFact } from '../store/FactStore';
import { LatestTransitions } from '../store/TransitionStore';

/** What runs in an environment, and which commit that is. */
interface KnownRelease {
  readonly running: RunningRelease;
  /** The commit that the image or its pods name. */
  readonly named?: string;
  readonly commit?: CommitFact;
}

interface Options {
  readonly entityRef: string;
  readonly intent: Intent;
  readonly names: { readonly service: string; readonly selector: string };
  readonly facts: FactReader;
  readonly transitions: LatestTransitions;
  /** Called with the repository of an image that a registry was asked about. */
  readonly onRegistry: (image: string) => void;
}

/**
 * Releases are known only once the workloads are read; images, commits, comparisons and arrivals go by them.
 */
export async function withReleases(
  environments: readonly EnvironmentInput[],
  options: Options,
): Promise<{
  readonly environments: readonly EnvironmentInput[];
  readonly releases: readonly TrackedRelease[];
}> {
  const releases = await readReleases(environments, options);
  const comparisons = await readComparisons(environments, releases, options);
  return {
    environments: environments.map(environment => {
      const { name, delivery } = environment.definition;
      const release = releases.get(name);
      const earlier =
        delivery.from === undefined ? undefined : releases.get(delivery.from);
      const comparison = compare(earlier, release, comparisons);
      const arrived = arrivalOf(environment, release, options.transitions);
      return {
        ...environment,
        ...(release?.commit ? { commit: release.commit } : {}),
        ...(comparison ? { comparison } : {}),
        ...(arrived ? { arrived } : {}),
      };
    }),
    releases: [...releases].map(([environment, release]) =>
      trackedRelease(environment, release),
    ),
  };
}

async function readReleases(
  environments: readonly EnvironmentInput[],
  options: Options,
): Promise<ReadonlyMap<string, KnownRelease>> {
  const { entityRef, facts, intent, names } = options;
  const running = environments.flatMap(environment => {
    const release = runningRelease(environment, names);
    return release ? [[environment.definition.name, release] as const] : [];
  });
  const scopes = [entityRef];
  const [commits, images] = await Promise.all([
    facts.find<CommitFact>({ kind: FactKinds.commit, scopes }),
    facts.find<ImageFact>({
      kind: FactKinds.image,
      scopes,
      names: running.flatMap(([, release]) => imageName(release) ?? []),
    }),
  ]);
  return new Map(
    running.map(([name, release]) => {
      const image = images.find(fact => fact.name === imageName(release));
      if (release.image && release.digest && !release.revision) {
        options.onRegistry(release.image);
      }
      const named = namedRevision(release, image);
      const commit = decideCommit({
        version: release.version,
        named,
        resolved: commits.find(({ value }) => value.version === named?.sha)
          ?.value,
        told: toldCommit(release.version, commits),
        repository: intent.repositories.source,
        unreadable: image?.value.unknown,
      });
      return [
        name,
        {
          running: release,
          ...(named ? { named: named.sha } : {}),
          ...(commit ? { commit } : {}),
        },
      ];
    }),
  );
}

/** What the pods say counts before what the image says: it is nearer to what was deployed, and needs no registry. */
function namedRevision(
  { revision, digest }: RunningRelease,
  image: StoredFact<ImageFact> | undefined,
): Parameters<typeof decideCommit>[0]['named'] {
  if (revision || image?.value.revision === undefined) {
    return revision;
  }
  const { revision: sha, source } = image.value;
  return {
    sha,
    ...(source ? { source } : {}),
    origin: {
      kind: 'label',
      source: image.source,
      text: `OCI label of ${digest?.slice(0, 'sha256:'.length + 8)}…`,
    },
  };
}

/** A source that was written to tell commits knows better than what git makes of a tag. */
function toldCommit(
  version: string,
  commits: readonly StoredFact<CommitFact>[],
): CommitFact | undefined {
  const told = commits
    .map(({ value }) => value)
    .filter(value => value.version === version);
  return (
    told.find(({ sha, origin }) => sha !== undefined && !origin) ??
    told.find(({ sha }) => sha !== undefined) ??
    told[0]
  );
}

async function readComparisons(
  environments: readonly EnvironmentInput[],
  releases: ReadonlyMap<string, KnownRelease>,
  { entityRef, facts }: Options,
): Promise<readonly ComparisonFact[]> {
  // Those of earlier releases are kept for ever, and there are many.
  const names = environments.flatMap(({ definition: { name, delivery } }) => {
    const [from, to] = [releases.get(delivery.from ?? ''), releases.get(name)];
    return from && to
      ? [
          `${from.commit?.sha}...${to.commit?.sha}`,
          `${from.running.version}...${to.running.version}`,
        ]
      : [];
  });
  const found = await facts.find<ComparisonFact>({
    kind: FactKinds.comparison,
    scopes: [entityRef],
    names,
  });
  return found.map(({ value }) => value);
}

/** By commits, where both are known: a tag may have been moved since. */
function compare(
  from: KnownRelease | undefined,
  to: KnownRelease | undefined,
  comparisons: readonly ComparisonFact[],
): ComparisonFact | undefined {
  if (!from || !to) {
    return undefined;
  }
  const pair = { from: from.running.version, to: to.running.version };
  const identical = {
    ...pair,
    status: 'identical',
    behindBy: 0,
    aheadBy: 0,
  } as const;
  const byVersion = comparisons.find(
    entry =>
      entry.fromSha === undefined &&
      entry.from === pair.from &&
      entry.to === pair.to,
  );
  const [fromSha, toSha] = [from.commit?.sha, to.commit?.sha];
  if (fromSha !== undefined && toSha !== undefined) {
    return fromSha === toSha
      ? identical
      : comparisons.find(
          entry => entry.fromSha === fromSha && entry.toSha === toSha,
        ) ?? byVersion;
  }
  if (pair.from !== pair.to) {
    return byVersion;
  }
  const [left, right] = [from.running.digest, to.running.digest];
  return left !== undefined && right !== undefined && left !== right
    ? {
        ...pair,
        status: 'unknown',
        reason: `Both run ${pair.to}, and not the same image: its tag was moved, or it was built more than once`,
      }
    : identical;
}

function arrivalOf(
  environment: EnvironmentInput,
  release: KnownRelease | undefined,
  transitions: LatestTransitions,
): EnvironmentInput['arrived'] {
  const { name } = environment.definition;
  const version = release?.running.version;
  const arrival = transitions.get(`${name} version`);
  if (!arrival || arrival.to !== version) {
    return undefined;
  }
  // Argo CD knows who synced, git knows who decided.
  const change = environment.desired?.value;
  const by =
    (change?.version === version ? change?.lastChange?.author : undefined) ??
    arrival.by;
  return { at: arrival.at, ...(by ? { by } : {}) };
}

function trackedRelease(
  environment: string,
  { running, named, commit }: KnownRelease,
): TrackedRelease {
  const { version, image, digest } = running;
  return {
    environment,
    version,
    ...(image === undefined ? {} : { image }),
    ...(digest === undefined ? {} : { digest }),
    ...(named === undefined ? {} : { revision: named }),
    ...(commit?.sha === undefined ? {} : { commit: commit.sha }),
  };
}

function imageName({ image, digest }: RunningRelease): string | undefined {
  return image && digest
    ? imageFactName({ repository: image, digest })
    : undefined;
}
