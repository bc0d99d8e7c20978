import { CommitFact, ComparisonFact, Intent } from '@envmatrix/engine';
import {
  FactKinds,
  Recall,
} from '@envmatrix/backstage-plugin-environments-node';
import { ScmHosts } from '@envmatrix/scm';
import { z } from 'zod';
import { Missed } from './Missed';

/** The pages that a person sees list no more; the count is exact. */
const MAX_COMMITS = 250;

/** What is kept of a comparison for ever. */
const keptSchema = z.object({
  from: z.string(),
  to: z.string(),
  fromSha: z.string(),
  toSha: z.string(),
  status: z.enum(['identical', 'behind', 'ahead', 'diverged']),
  behindBy: z.number(),
  aheadBy: z.number(),
  since: z.string().optional(),
});

/** Releases of two environments, the earlier one first. */
export interface Pair {
  readonly from: CommitFact;
  readonly to: CommitFact;
}

/**
 * How commits of source repositories stand to each other: asked for once per pair of commits, and known for ever, also after a restart.
 */
export class Comparisons {
  readonly #hosts: ScmHosts;
  readonly #known = new Map<string, ComparisonFact>();
  readonly #missed = new Missed<ComparisonFact>();

  constructor(options: { hosts: ScmHosts }) {
    this.#hosts = options.hosts;
  }

  async compare(
    pair: Pair,
    options: {
      entityRef: string;
      intent: Intent;
      recall?: Recall;
      signal: AbortSignal;
    },
  ): Promise<ComparisonFact> {
    const { from, to } = pair;
    const versions = { from: from.version, to: to.version };
    const { source } = options.intent.repositories;
    if (
      from.sha === undefined ||
      to.sha === undefined ||
      source === undefined
    ) {
      return {
        ...versions,
        status: 'unknown',
        reason: from.unknown ?? to.unknown,
      };
    }
    const shas = { fromSha: from.sha, toSha: to.sha };
    if (from.sha === to.sha) {
      return {
        ...versions,
        ...shas,
        status: 'identical',
        behindBy: 0,
        aheadBy: 0,
      };
    }
    const key = `${source} ${from.sha}...${to.sha}`;
    const known =
      this.#known.get(key) ??
      this.#missed.get(key) ??
      (await recalled(shas, options)) ??
      (await this.#ask({ ...shas, ...versions }, source, options.signal));
    if (known.status === 'unknown') {
      this.#missed.put(key, known);
    } else {
      this.#known.set(key, known);
    }
    return { ...known, ...versions };
  }

  async #ask(
    pair: { from: string; to: string; fromSha: string; toSha: string },
    source: string,
    signal: AbortSignal,
  ): Promise<ComparisonFact> {
    const { host, repository } = this.#hosts.byUrl(source);
    const compared = await host
      .compare({ repository, base: pair.toSha, head: pair.fromSha, signal })
      .catch(gone);
    if (typeof compared === 'string') {
      return { ...pair, status: 'unknown', reason: compared };
    }
    const { aheadBy: behindBy, behindBy: aheadBy, commits } = compared;
    // Newest first: the last one has waited longest.
    const since = behindBy > 0 ? commits.at(-1)?.at : undefined;
    return {
      ...pair,
      status: statusOf(behindBy, aheadBy),
      behindBy,
      aheadBy,
      ...(since === undefined ? {} : { since }),
      commits: commits
        .slice(0, MAX_COMMITS)
        .map(({ sha, subject, author, at, link }) => ({
          sha,
          subject,
          author,
          at,
          link,
        })),
    };
  }
}

/** How facts name a comparison: by commits where they are known, as tags may be moved. */
export function comparisonName(comparison: ComparisonFact): string {
  const { from, to, fromSha = from, toSha = to } = comparison;
  return `${fromSha}...${toSha}`;
}

/** What is kept of a comparison once its releases do not run any more. */
export function withoutCommits({
  commits: _,
  ...rest
}: ComparisonFact): ComparisonFact {
  return rest;
}

async function recalled(
  shas: { fromSha: string; toSha: string },
  { entityRef, recall }: { entityRef: string; recall?: Recall },
): Promise<ComparisonFact | undefined> {
  const [fact] =
    (await recall?.({
      kind: FactKinds.comparison,
      scope: entityRef,
      names: [`${shas.fromSha}...${shas.toSha}`],
    })) ?? [];
  return keptSchema.safeParse(fact?.value).data;
}

/** Why there is nothing to compare: history may have been rewritten since. */
function gone(error: unknown): string {
  if (error instanceof Error && error.name === 'NotFoundError') {
    return error.message;
  }
  throw error;
}

function statusOf(behindBy: number, aheadBy: number): ComparisonFact['status'] {
  if (behindBy > 0) {
    return aheadBy > 0 ? 'diverged' : 'behind';
  }
  return aheadBy > 0 ? 'ahead' : 'identical';
}
