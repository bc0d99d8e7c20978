import { ApplicationFact } from '@envmatrix/engine';

/** That it was reconciled is told of every application every few minutes, and is written down less often. */
const RECONCILED_MS = 15 * 60_000;

interface Entry {
  readonly application: ApplicationFact;
  /** When it was seen as a whole: a wide list leaves out history, conditions and more. */
  readonly seenWholeAt?: number;
}

/**
 * What is known of the applications of an instance, put together from lists, the stream and single reads, which overtake each other.
 */
export class ApplicationTable {
  readonly #entries = new Map<string, Entry>();
  /** What the stream told since the list that is under way was asked for. */
  #touched: Set<string> | undefined;

  all(): ApplicationFact[] {
    return [...this.#entries.values()].map(({ application }) => application);
  }

  get(key: string): ApplicationFact | undefined {
    return this.#entries.get(key)?.application;
  }

  /** A list is asked for now. */
  beginList(): void {
    this.#touched = new Set();
  }

  /** The wide list: returns the keys of what is new to the table, or differs from what it knew. */
  endList(listed: readonly ApplicationFact[]): string[] {
    const touched = this.#touched ?? new Set();
    this.#touched = undefined;
    const news: string[] = [];
    const gone = new Set(this.#entries.keys());
    for (const application of listed) {
      const key = keyOf(application);
      gone.delete(key);
      const entry = this.#entries.get(key);
      if (touched.has(key) || (entry && agrees(entry, application))) {
        // The stream's word came later, or says the same and more; and what it deleted meanwhile is gone.
        continue;
      }
      this.#entries.set(key, { application: filledIn(application, entry) });
      news.push(key);
    }
    for (const key of gone) {
      if (!touched.has(key)) {
        this.#entries.delete(key);
        news.push(key);
      }
    }
    return news;
  }

  /** Keys of what was not seen as a whole since then. */
  partial(
    since: number,
    wanted: (application: ApplicationFact) => boolean,
  ): string[] {
    return [...this.#entries]
      .filter(
        ([, { application, seenWholeAt }]) =>
          (seenWholeAt === undefined || seenWholeAt < since) &&
          wanted(application),
      )
      .map(([key]) => key);
  }

  /** A whole application, from the stream or a get; returns whether it is worth writing down. */
  put(application: ApplicationFact, now: number): boolean {
    const key = keyOf(application);
    const before = this.#entries.get(key);
    if (before?.seenWholeAt !== undefined && isOlder(application, before)) {
      return false;
    }
    this.#touched?.add(key);
    const isNews = !before || isWorthWriting(before.application, application);
    this.#entries.set(key, {
      // What is not written down must not count as written.
      application: isNews ? application : before.application,
      seenWholeAt: now,
    });
    return isNews;
  }

  /** It is listed and cannot be read: there is no more to see than that, until it changes. */
  giveUp(key: string, now: number): void {
    const entry = this.#entries.get(key);
    if (entry) {
      this.#entries.set(key, { ...entry, seenWholeAt: now });
    }
  }

  remove(key: string): boolean {
    this.#touched?.add(key);
    return this.#entries.delete(key);
  }
}

export function keyOf({
  namespace,
  name,
}: {
  namespace: string;
  name: string;
}): string {
  return `${namespace}/${name}`;
}

function isOlder(after: ApplicationFact, { application }: Entry): boolean {
  return (
    Number(after.resourceVersion ?? Infinity) <
    Number(application.resourceVersion ?? 0)
  );
}

function isWorthWriting(
  before: ApplicationFact,
  after: ApplicationFact,
): boolean {
  return (
    timeless(before) !== timeless(after) ||
    Date.parse(after.reconciledAt ?? '') -
      Date.parse(before.reconciledAt ?? '') >=
      RECONCILED_MS
  );
}

function timeless(application: ApplicationFact): string {
  return JSON.stringify({
    ...application,
    reconciledAt: undefined,
    resourceVersion: undefined,
  });
}

/** Whether a list says nothing else, as far as it says anything. */
function agrees({ application }: Entry, listed: ApplicationFact): boolean {
  return (
    JSON.stringify(listedPart(application)) ===
      JSON.stringify(listedPart(listed)) &&
    (listed.sync.revision === undefined ||
      listed.sync.revision === application.sync.revision)
  );
}

function listedPart(application: ApplicationFact): unknown[] {
  const { project, labels, destination, sources, automated } = application;
  return [
    project,
    Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)),
    [destination.server, destination.namespace],
    sources,
    automated,
    application.sync.status,
    application.health.status,
    application.operation?.phase,
    application.operation?.startedAt,
  ];
}

/** What a list leaves out is as it was, until the application is seen as a whole. */
function filledIn(
  listed: ApplicationFact,
  entry: Entry | undefined,
): ApplicationFact {
  const before = entry?.application;
  return before
    ? {
        ...listed,
        history: before.history,
        conditions: before.conditions,
        unhealthyResources: before.unhealthyResources,
        ...(listed.sync.status === 'OutOfSync'
          ? {
              outOfSyncResources: before.outOfSyncResources,
              outOfSyncCount: before.outOfSyncCount,
            }
          : {}),
        images: before.images,
        managedBy: before.managedBy,
        reconciledAt: before.reconciledAt,
        resourceVersion: before.resourceVersion,
      }
    : listed;
}
