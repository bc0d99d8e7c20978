import { setTimeout as sleep } from 'timers/promises';
import { LoggerService } from '@backstage/backend-plugin-api';
import { Observation } from '@envmatrix/engine';
import {
  EnvironmentSource,
  FactKinds,
  SourceContext,
  TrackedEntity,
} from '@envmatrix/backstage-plugin-environments-node';
import { ScmHosts } from '@envmatrix/scm';
import pLimit from 'p-limit';
import { DeployConfigReader } from './DeployConfigReader';
import {
  DeployConfigLocation,
  deployConfigLocation,
} from './deployConfigLocation';
import { argoCdFilesFact, desiredFacts, readIntent } from './entityFacts';
import { jsonFact } from './jsonFact';
import { OverlayHistory } from './findTrailer';
import { ReleaseFacts, releasesOf } from './ReleaseFacts';

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
  readonly #releases: ReleaseFacts;
  /** Commits that last touched the overlays, per entity. */
  readonly #histories = new Map<string, readonly OverlayHistory[]>();
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
    this.#releases = new ReleaseFacts(options);
  }

  async run(context: SourceContext): Promise<void> {
    this.#revisions.clear();
    this.#releases.clear();
    this.#hosts.byHost(this.name).onRequest = () => context.meter?.request();
    const known = new Map<string, string>();
    const unsubscribe = context.interest.subscribe(entities => {
      // New entities and new releases are looked at now, the others when their turn comes.
      const changed = entities.filter(
        entity => known.get(entity.entityRef) !== runningIn(entity),
      );
      const isFirst = this.#context !== context;
      known.clear();
      entities.forEach(entity =>
        known.set(entity.entityRef, runningIn(entity)),
      );
      if (!isFirst) {
        this.#lookSoon(context, changed);
      }
    });
    this.#context = context;
    try {
      while (!context.signal.aborted) {
        await this.#lookAtAll(context);
        await sleep(this.#intervalMs, undefined, {
          signal: context.signal,
        }).catch(() => undefined);
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
    // Also what a look that is under way is about to miss.
    const forget = () => this.#releases.forgetMissed();
    await Promise.all(
      context.interest
        .entities()
        .filter(entity => wanted.has(entity.entityRef))
        .map(entity => this.#look(context, entity, forget)),
    );
  }

  #lookSoon(context: SourceContext, entities: readonly TrackedEntity[]): void {
    for (const entity of entities) {
      this.#look(context, entity).catch(error => {
        if (!context.signal.aborted) {
          // It is looked at again when its turn comes.
          context.logger.warn(
            `${entity.entityRef} was not looked at: ${error}`,
          );
        }
      });
    }
  }

  async #lookAtAll(context: SourceContext): Promise<void> {
    await Promise.all(
      context.interest.entities().map(entity => this.#look(context, entity)),
    );
  }

  /** @param begin - what is done when its turn has come */
  async #look(
    context: SourceContext,
    entity: TrackedEntity,
    begin: () => void = () => {},
  ): Promise<void> {
    const before = this.#looks.get(entity.entityRef) ?? Promise.resolve();
    const look = before.then(() =>
      this.#limit(async () => {
        begin();
        await this.#lookNow(context, entity.entityRef);
      }),
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
    if (this.#revisions.get(entityRef) !== revision) {
      const files = await this.#reader.read(location, revision);
      const read = readIntent(files, location);
      if ('problem' in read) {
        // The last intent that was right stays; what is wrong is said where people look.
        await sink.upsert([
          jsonFact(FactKinds.intent, entityRef, 'problem', {
            problem: read.problem,
            revision,
          }),
        ]);
        this.#revisions.set(entityRef, revision);
        return;
      }
      intent = read.intent;
      await sink.replace({ kind: FactKinds.intent, scope: entityRef }, [
        jsonFact(FactKinds.intent, entityRef, '', read.intent),
      ]);
      await sink.upsert([
        jsonFact(
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
          jsonFact(FactKinds.desired, entityRef, entry.environment, entry.fact),
        ),
      );
      this.#histories.set(
        entityRef,
        desired.map(({ history }) => history),
      );
      this.#revisions.set(entityRef, revision);
    }
    const current =
      context.interest
        .entities()
        .find(candidate => candidate.entityRef === entityRef) ?? entity;
    if (intent) {
      await this.#releases.write(context, {
        entity: { ...current, intent },
        histories: this.#histories.get(entityRef) ?? [],
        location,
      });
    }
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
      jsonFact(FactKinds.intent, entity.entityRef, 'problem', {
        problem: message,
      }),
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

function runningIn(entity: TrackedEntity): string {
  return JSON.stringify(releasesOf(entity));
}
