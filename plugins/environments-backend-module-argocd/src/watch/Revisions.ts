import {
  argoRevisionFactName,
  Fact,
  FactKinds,
  SourceContext,
  TrackedEntity,
  TrackedRevision,
} from '@envmatrix/backstage-plugin-environments-node';
import { ApplicationFact, ArgoRevisionFact } from '@envmatrix/engine';
import pLimit from 'p-limit';
import { z } from 'zod';
import { ArgoCdClient } from '../client/ArgoCdClient';
import { ArgoCdStatusError, toError } from '../client/errors';

/** Each makes the instance's repository server look into git. */
const GETS_AT_ONCE = 2;

/** First and longest wait until a commit that was not explained is asked for again: its repository may have been away. */
const AGAIN_MS = { first: 600_000, most: 6 * 3_600_000 };

const MAX_SUBJECT = 200;
const MAX_TAGS = 10;

const metadataSchema = z.looseObject({
  author: z.string().optional(),
  date: z.string().optional(),
  message: z.string().optional(),
  tags: z.array(z.string()).nullish(),
});

/**
 * Who made the commits that applications were deployed from, for those that no git host tells about: one request per repository and commit, whose
 * answer is kept for ever.
 */
export class Revisions {
  readonly #client: ArgoCdClient;
  readonly #context: SourceContext;
  readonly #instance: string;
  readonly #now: () => Date;
  readonly #application: (key: {
    namespace: string;
    name: string;
  }) => ApplicationFact | undefined;
  readonly #gets = pLimit(GETS_AT_ONCE);
  /** Explained, or being asked for. */
  readonly #known = new Set<string>();
  readonly #missed = new Map<
    string,
    { readonly at: number; readonly waitMs: number }
  >();

  constructor(options: {
    client: ArgoCdClient;
    context: SourceContext;
    instance: string;
    now: () => Date;
    /** What is known of an application. */
    application: (key: {
      namespace: string;
      name: string;
    }) => ApplicationFact | undefined;
  }) {
    this.#client = options.client;
    this.#context = options.context;
    this.#instance = options.instance;
    this.#now = options.now;
    this.#application = options.application;
  }

  /** Asks for what these entities are deployed from, as far as it is not known. Never fails: what cannot be explained stays unexplained. */
  async explain(entities: readonly TrackedEntity[]): Promise<void> {
    const unknown = new Map<string, TrackedRevision>();
    for (const { revisions = [] } of entities) {
      for (const revision of revisions) {
        const name = argoRevisionFactName(revision);
        if (
          revision.instance === this.#instance &&
          !this.#known.has(name) &&
          !this.#isMissed(name)
        ) {
          unknown.set(name, revision);
        }
      }
    }
    if (unknown.size === 0) {
      return;
    }
    // Whoever asks meanwhile need not ask too.
    [...unknown.keys()].forEach(name => this.#known.add(name));
    const stored = await this.#recall([...unknown.keys()]);
    await Promise.all(
      [...unknown]
        .filter(([name]) => !stored.has(name))
        .map(([name, revision]) =>
          this.#gets(() => this.#explain(name, revision)),
        ),
    );
  }

  async #explain(name: string, revision: TrackedRevision): Promise<void> {
    const { signal, sink, logger } = this.#context;
    if (signal.aborted) {
      return;
    }
    try {
      await sink.upsert([factOf(name, await this.#read(revision))]);
      this.#missed.delete(name);
    } catch (error) {
      this.#known.delete(name);
      if (signal.aborted) {
        return;
      }
      const before = this.#missed.get(name);
      this.#missed.set(name, {
        at: this.#now().getTime(),
        waitMs: before
          ? Math.min(before.waitMs * 2, AGAIN_MS.most)
          : AGAIN_MS.first,
      });
      // Of a commit that is not there, the answer is what a git command printed: nothing of it is repeated.
      logger.debug(
        `Argo CD ${
          this.#instance
        } does not say who made ${revision.revision.slice(0, 7)}: ${
          error instanceof ArgoCdStatusError
            ? `HTTP ${error.status}`
            : toError(error).name
        }`,
      );
    }
  }

  async #read(revision: TrackedRevision): Promise<ArgoRevisionFact> {
    const { namespace, name } = revision.application;
    const application = this.#application(revision.application);
    const sources = application?.sources ?? [];
    const sourceIndex = sources.findIndex(
      ({ repoURL, path }) => path && repoURL === revision.repoURL,
    );
    const { author, date, message, tags } = await this.#client.get(
      metadataSchema,
      [
        'api',
        'v1',
        'applications',
        name,
        'revisions',
        revision.revision,
        'metadata',
      ],
      {
        query: {
          appNamespace: namespace,
          ...(application ? { project: application.project } : {}),
          ...(sources.length > 1 && sourceIndex >= 0
            ? { sourceIndex: String(sourceIndex) }
            : {}),
        },
        signal: this.#context.signal,
      },
    );
    const person = author?.replace(/\s*<[^>]*>\s*$/, '').trim();
    const at = Date.parse(date ?? '');
    const subject = message?.trim().split('\n')[0].slice(0, MAX_SUBJECT);
    return {
      instance: this.#instance,
      repoURL: revision.repoURL,
      revision: revision.revision,
      ...(person ? { author: person } : {}),
      ...(Number.isNaN(at) ? {} : { at: new Date(at).toISOString() }),
      ...(subject ? { subject } : {}),
      ...(tags?.length ? { tags: tags.slice(0, MAX_TAGS) } : {}),
    };
  }

  /** What an earlier run was told. */
  async #recall(names: readonly string[]): Promise<ReadonlySet<string>> {
    const { recall, signal, logger } = this.#context;
    try {
      const facts = await recall?.({ kind: FactKinds.argoRevision, names });
      return new Set((facts ?? []).map(({ name }) => name));
    } catch (error) {
      if (!signal.aborted) {
        logger.debug(`Nothing was recalled: ${toError(error).message}`);
      }
      return new Set();
    }
  }

  #isMissed(name: string): boolean {
    const missed = this.#missed.get(name);
    return (
      missed !== undefined && this.#now().getTime() < missed.at + missed.waitMs
    );
  }
}

function factOf(name: string, revision: ArgoRevisionFact): Fact {
  return {
    kind: FactKinds.argoRevision,
    scope: '',
    name,
    value: JSON.parse(JSON.stringify(revision)),
    observedAt: new Date().toISOString(),
  };
}
