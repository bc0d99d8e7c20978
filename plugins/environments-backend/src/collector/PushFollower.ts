import {
  ANNOTATION_LOCATION,
  ANNOTATION_SOURCE_LOCATION,
} from '@backstage/catalog-model';
import { EventsService } from '@backstage/plugin-events-node';
import { INTENT_ANNOTATION } from '@envmatrix/backstage-plugin-environments-common';
import { TrackedEntity } from '@envmatrix/backstage-plugin-environments-node';
import { z } from 'zod';

/** Events about pushes, as the events modules of the git hosts, or the events plugin by itself, publish them. */
const TOPICS = ['github.push', 'gitlab.push', 'gitea.push', 'gitea'];

/** Pushes within this are looked at once. */
const SETTLE_MS = 500;

const url = z.string().optional();

/** What a push says of its repository, on each host in its own words. */
const pushSchema = z.looseObject({
  repository: z
    .looseObject({ html_url: url, clone_url: url, homepage: url })
    .optional(),
  project: z.looseObject({ web_url: url, git_http_url: url }).optional(),
});

/**
 * Hears of pushes, and has the entities looked at whose deploy-config repository they are for. A push brings no facts, it is only a
 * reason to look now: who makes one up gains nothing.
 */
export class PushFollower {
  readonly #entities: () => readonly TrackedEntity[];
  readonly #look: (entityRef: string) => void;
  readonly #pending = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: {
    entities: () => readonly TrackedEntity[];
    look: (entityRef: string) => void;
  }) {
    this.#entities = options.entities;
    this.#look = options.look;
  }

  async subscribe(events: EventsService): Promise<void> {
    await events.subscribe({
      id: 'environments-pushes',
      topics: TOPICS,
      onEvent: async ({ eventPayload }) => this.pushed(eventPayload),
    });
  }

  /** Something that is no push, or is for a repository that nobody has, is passed by. */
  pushed(payload: unknown): void {
    const { repository, project } = pushSchema.safeParse(payload).data ?? {};
    const urls = [
      repository?.html_url,
      repository?.clone_url,
      repository?.homepage,
      project?.web_url,
      project?.git_http_url,
    ].flatMap(text => normalized(text) ?? []);
    for (const entity of this.#entities()) {
      if (isIn(entity, urls)) {
        this.#pending.add(entity.entityRef);
      }
    }
    if (this.#pending.size > 0) {
      this.#timer ??= setTimeout(() => this.#lookAtPending(), SETTLE_MS);
    }
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #lookAtPending(): void {
    this.#timer = undefined;
    const entityRefs = [...this.#pending];
    this.#pending.clear();
    entityRefs.forEach(this.#look);
  }
}

/** Whether the intent of an entity is, or would be, in one of these repositories. */
function isIn(
  { entity, intent }: TrackedEntity,
  urls: readonly string[],
): boolean {
  const { annotations = {} } = entity.metadata;
  const places = [
    intent?.repositories.deployConfig,
    annotations[INTENT_ANNOTATION],
    annotations[ANNOTATION_SOURCE_LOCATION],
    annotations[ANNOTATION_LOCATION],
  ].flatMap(text => normalized(text) ?? []);
  return places.some(place =>
    urls.some(repository => `${place}/`.startsWith(`${repository}/`)),
  );
}

function normalized(text: string | undefined): string | undefined {
  const address = text?.replace(/^url:/, '');
  return address && /^https?:\/\//i.test(address)
    ? address
        .replace(/\/+$/, '')
        .replace(/\.git$/, '')
        .toLocaleLowerCase('en-US')
    : undefined;
}
