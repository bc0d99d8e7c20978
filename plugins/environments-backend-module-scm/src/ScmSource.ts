import { setTimeout as sleep } from 'timers/promises';
import { LoggerService } from '@backstage/backend-plugin-api';
import { CommitFact, ComparisonFact, Observation } from '@envmatrix/engine';
import {
  EnvironmentSource,
  Fact,
  FactKinds,
  SourceContext,
  TrackedEntity,
} from '@envmatrix/backstage-plugin-environments-node';
import { ScmHosts } from '@envmatrix/scm';
import { JsonValue } from '@backstage/types';
import pLimit from 'p-limit';
import { DeployConfigReader } from './DeployConfigReader';
import {
  DeployConfigLocation,
  deployConfigLocation,
} from './deployConfigLocation';
import {
  argoCdFilesFact,
  commitFact,
  comparisonFact,
  desiredFacts,
  readIntent,
} from './entityFacts';

/** Requests to one git host at a time. */
const CONCURRENCY = 4;

/**
 * One git host: reads the intent and the desired state of the entities whose deploy-config repository is there, again
 * whenever the repository's head moves, and counts commits between the versions that run.
 */
export class ScmSource implements EnvironmentSource {
  readonly kind = 'scm';
  readonly name: string;
  readonly #hosts: ScmHosts;
  readonly #reader: DeployConfigReader;
  readonly #intervalMs: number;
  readonly #limit = pLimit(CONCURRENCY);
  /** Revision that was stored last, per entity. */
  readonly #revisions = new Map<string, string>();
  /** Compared commits never change. */
  readonly #comparisons = new Map<string, ComparisonFact>();
  readonly #commits = new Map<string, CommitFact>();
  /** What was stored last of commits and comparisons, per entity. */
  readonly #storedVersions = new Map<string, string>();
  /** One look at an entity at a time; a look asked for meanwhile follows it. */
  readonly #looks = new Map<string, Promise<void>>();
  #context: SourceContext | undefined;

  constructor(options: {
    host: string;
    hosts: ScmHosts;
    reader: DeployConfigReader;
    intervalMs: number;
  }) {
    this.name = options.host;
    this.#hosts = options.hosts;
    this.#reader = options.reader;
    this.#intervalMs = options.intervalMs;
  }

  async run(context: SourceContext): Promise<void> {
    this.#context = context;
    this.#revisions.clear();
    this.#storedVersions.clear();
    let rest = new AbortController();
    const known = new Map<string, string>();
    const unsubscribe = context.interest.subscribe(entities => {
      // New entities and new versions are looked at now, the others when their turn comes.
      const changed = entities.some(
        entity => known.get(entity.entityRef) !== entity.versions.join(),
      );
      known.clear();
      entities.forEach(entity =>
        known.set(entity.entityRef, entity.versions.join()),
      );
      if (changed) {
        rest.abort();
      }
    });
    try {
      while (!context.signal.aborted) {
        rest = new AbortController();
        const ends = AbortSignal.any([context.signal, rest.signal]);
        await this.#lookAtAll(context);
        await sleep(this.#intervalMs, undefined, { signal: ends }).catch(
          () => undefined,
        );
      }
    } finally {
      unsubscribe();
      this.#context = undefined;
    }
  }

  async refresh(options: {
    entityRefs: readonly string[];
    signal: AbortSignal;
  }): Promise<void> {
    const context = this.#context;
    if (!context) {
      return;
    }
    const wanted = new Set(options.entityRefs);
    await Promise.all(
      context.interest
        .entities()
        .filter(entity => wanted.has(entity.entityRef))
        .map(entity => this.#look(context, entity)),
    );
  }

  async #lookAtAll(context: SourceContext): Promise<void> {
    await Promise.all(
      context.interest.entities().map(entity => this.#look(context, entity)),
    );
  }

  async #look(context: SourceContext, entity: TrackedEntity): Promise<void> {
    const before = this.#looks.get(entity.entityRef) ?? Promise.resolve();
    const look = before.then(() =>
      this.#limit(() => this.#lookNow(context, entity.entityRef)),
    );
    this.#looks.set(entity.entityRef, look);
    await look;
    if (this.#looks.get(entity.entityRef) === look) {
      this.#looks.delete(entity.entityRef);
    }
  }

  async #lookNow(context: SourceContext, entityRef: string): Promise<void> {
    const entity = context.interest
      .entities()
      .find(candidate => candidate.entityRef === entityRef);
    const location = entity && locationOf(entity, context.logger);
    if (
      !entity ||
      !location ||
      location.repository.host !== this.name ||
      context.signal.aborted
    ) {
      return;
    }
    try {
      await this.#readDesired(context, entity, location);
      await context.sink.state({ status: 'observed' });
    } catch (error) {
      if (!context.signal.aborted) {
        await this.#report(context, entity, error);
      }
    }
  }

  async #readDesired(
    context: SourceContext,
    entity: TrackedEntity,
    location: DeployConfigLocation,
  ): Promise<void> {
    const { sink, signal } = context;
    const { entityRef } = entity;
    const revision = await this.#reader.head(location, signal);
    let { intent } = entity;
    let versions = entity.versions;
    if (this.#revisions.get(entityRef) !== revision) {
      const files = await this.#reader.read(location, revision);
      const read = readIntent(files, location);
      if ('problem' in read) {
        // The last intent that was right stays; what is wrong is said where people look.
        await sink.upsert([
          fact(FactKinds.intent, entityRef, 'problem', {
            problem: read.problem,
            revision,
          }),
        ]);
        this.#revisions.set(entityRef, revision);
        return;
      }
      intent = read.intent;
      await sink.replace({ kind: FactKinds.intent, scope: entityRef }, [
        fact(FactKinds.intent, entityRef, '', read.intent),
      ]);
      await sink.upsert([
        fact(
          FactKinds.argocdFiles,
          entityRef,
          '',
          argoCdFilesFact({ ...files, revision }),
        ),
      ]);
      const desired = await desiredFacts({
        intent,
        files,
        location,
        host: this.#reader.host(location),
        signal,
      });
      await sink.replace(
        { kind: FactKinds.desired, scope: entityRef },
        desired.map(entry =>
          fact(FactKinds.desired, entityRef, entry.environment, entry.fact),
        ),
      );
      const running = context.interest
        .entities()
        .find(candidate => candidate.entityRef === entityRef);
      versions = running?.versions ?? versions;
      this.#revisions.set(entityRef, revision);
    }
    if (intent && versions.length > 0) {
      await this.#compareVersions(context, { ...entity, intent, versions });
    }
  }

  async #compareVersions(
    context: SourceContext,
    entity: TrackedEntity & { intent: NonNullable<TrackedEntity['intent']> },
  ): Promise<void> {
    const { sink, signal } = context;
    const { entityRef, intent, versions } = entity;
    const scope = `${intent.repositories.source}`;
    const commits: CommitFact[] = [];
    for (const version of versions) {
      const key = `${scope} ${version}`;
      const known =
        this.#commits.get(key) ??
        (await commitFact({ hosts: this.#hosts, intent, version, signal }));
      if (known.sha !== undefined) {
        this.#commits.set(key, known);
      }
      commits.push(known);
    }
    const comparisons: ComparisonFact[] = [];
    for (let index = 1; index < commits.length; index++) {
      const [from, to] = [commits[index - 1], commits[index]];
      const key = `${scope} ${from.sha}...${to.sha}`;
      const known =
        this.#comparisons.get(key) ??
        (await comparisonFact({
          hosts: this.#hosts,
          intent,
          from,
          to,
          signal,
        }));
      if (known.status !== 'unknown') {
        this.#comparisons.set(key, known);
      }
      comparisons.push({ ...known, from: from.version, to: to.version });
    }
    const stored = JSON.stringify([commits, comparisons]);
    if (this.#storedVersions.get(entityRef) === stored) {
      return;
    }
    await sink.replace(
      { kind: FactKinds.commit, scope: entityRef },
      unique(
        commits.map(commit =>
          fact(FactKinds.commit, entityRef, commit.version, commit),
        ),
      ),
    );
    await sink.replace(
      { kind: FactKinds.comparison, scope: entityRef },
      unique(
        comparisons.map(comparison =>
          fact(
            FactKinds.comparison,
            entityRef,
            `${comparison.from}...${comparison.to}`,
            comparison,
          ),
        ),
      ),
    );
    this.#storedVersions.set(entityRef, stored);
  }

  async #report(
    context: SourceContext,
    entity: TrackedEntity,
    error: unknown,
  ): Promise<void> {
    const message = error instanceof Error ? error.message : String(error);
    const trouble = hostTrouble(error, message);
    if (trouble) {
      await context.sink.state(trouble);
      return;
    }
    context.logger.warn(
      `Desired state of ${entity.entityRef} was not read: ${message}`,
    );
    await context.sink.upsert([
      fact(FactKinds.intent, entity.entityRef, 'problem', { problem: message }),
    ]);
  }
}

/** The state of the host as a whole, where the error tells of it and not of one repository. */
function hostTrouble(error: unknown, message: string): Observation | undefined {
  switch (error instanceof Error ? error.name : '') {
    case 'ServiceUnavailableError':
      return {
        status: /did not answer within/.test(message)
          ? 'timeout'
          : 'unreachable',
        reason: message,
      };
    case 'AuthenticationError':
      return { status: 'forbidden', reason: message };
    default:
      return undefined;
  }
}

function locationOf(
  entity: TrackedEntity,
  logger: LoggerService,
): DeployConfigLocation | undefined {
  try {
    return deployConfigLocation(entity.entity);
  } catch (error) {
    logger.debug(
      `${entity.entityRef}: ${error instanceof Error ? error.message : error}`,
    );
    return undefined;
  }
}

function fact(kind: string, scope: string, name: string, value: unknown): Fact {
  const json: JsonValue = JSON.parse(JSON.stringify(value));
  return {
    kind,
    scope,
    name,
    value: json,
    observedAt: new Date().toISOString(),
  };
}

/** Two environments may run the same version, and a pair may come twice. */
function unique(facts: readonly Fact[]): Fact[] {
  return [...new Map(facts.map(entry => [entry.name, entry])).values()];
}
