import { setTimeout as sleep } from 'timers/promises';
import { BackstageCredentials } from '@backstage/backend-plugin-api';
import { isError } from '@backstage/errors';
import { CatalogService } from '@backstage/plugin-catalog-node';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import { examples } from './catalogWait.examples';

/** Seconds that a catalog needs for a new location are few; a large one under load needs more of them. */
const SECONDS = { usual: 60, most: 600 };

/** How often it is asked. */
const INTERVAL_MS = 1_000;

/**
 * Creates the `environments:catalog:wait` action: after a registration, waits until the catalog knows the entities, so that a page that is opened at
 * once is there. Asks with the rights of the person who runs the template. When the time is over the task goes on, and says so.
 *
 * @public
 */
export function createCatalogWaitAction(options: {
  catalog: CatalogService;
  /** Milliseconds between two questions; a second by default. */
  intervalMs?: number;
}) {
  const { catalog, intervalMs = INTERVAL_MS } = options;
  return createTemplateAction({
    id: 'environments:catalog:wait',
    description:
      'Waits until the catalog has read the entities that a step before it registered. It never fails the task: when the time is over, it says what is still to come.',
    examples,
    supportsDryRun: true,
    schema: {
      input: {
        entityRefs: z =>
          z
            .array(z.string())
            .describe('The entities, as component:default/checkout'),
        seconds: z =>
          z
            .number()
            .positive()
            .max(SECONDS.most)
            .optional()
            .describe(
              `How long to wait at most; ${SECONDS.usual} seconds by default`,
            ),
      },
      output: {
        missing: z =>
          z
            .array(z.string())
            .describe('The entities that the catalog does not know yet'),
        message: z =>
          z
            .string()
            .describe('What is still to come, in Markdown; empty if nothing'),
      },
    },
    async handler(ctx) {
      const { entityRefs, seconds = SECONDS.usual } = ctx.input;
      if (ctx.isDryRun) {
        ctx.logger.info(`Dry run: would wait for ${entityRefs.join(', ')}`);
        ctx.output('missing', []);
        ctx.output('message', '');
        return;
      }
      const startedAt = performance.now();
      const passed = () => (performance.now() - startedAt) / 1000;
      let answer = await ask(catalog, entityRefs, ctx);
      while (answer.missing.length > 0 && passed() < seconds) {
        await sleep(intervalMs, undefined, { signal: ctx.signal });
        answer = await ask(catalog, answer.missing, ctx);
      }
      const { missing, problem } = answer;
      if (missing.length === 0) {
        ctx.logger.info(
          `The catalog knows ${entityRefs.join(', ')} after ${Math.round(
            passed(),
          )} s`,
        );
      } else {
        ctx.logger.warn(
          `The catalog does not know ${missing.join(
            ', ',
          )} after ${seconds} s, and the task goes on${
            problem === undefined ? '' : `: ${problem}`
          }`,
        );
      }
      ctx.output('missing', missing);
      ctx.output(
        'message',
        missing.length === 0 ? '' : messageOf(missing, seconds, problem),
      );
    },
  });
}

interface Answer {
  readonly missing: string[];
  /** Why nothing is known, where the catalog did not answer. */
  readonly problem?: string;
}

/** Trouble of the catalog is no reason to fail a task whose repositories are there: it may be over with the next question. */
async function ask(
  catalog: CatalogService,
  entityRefs: readonly string[],
  context: {
    getInitiatorCredentials(): Promise<BackstageCredentials>;
  },
): Promise<Answer> {
  try {
    const { items } = await catalog.getEntitiesByRefs(
      { entityRefs: [...entityRefs], fields: ['kind', 'metadata.name'] },
      { credentials: await context.getInitiatorCredentials() },
    );
    return { missing: entityRefs.filter((_, index) => !items[index]) };
  } catch (error) {
    return {
      missing: [...entityRefs],
      problem: isError(error) ? error.message : String(error),
    };
  }
}

function messageOf(
  missing: readonly string[],
  seconds: number,
  problem: string | undefined,
): string {
  return `The catalog does not know ${missing
    .map(ref => `\`${ref}\``)
    .join(
      ', ',
    )} yet, after ${seconds} seconds: their pages say *Entity not found* until it does. It reads new locations in its own time, so look again in a minute. If they do not come, look at the location among those that are registered, and whether you may see them.${
    problem === undefined ? '' : ` It answered: ${problem}`
  }`;
}
