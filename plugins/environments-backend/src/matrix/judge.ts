import { Difference, Finding, Intent, verify } from '@envmatrix/engine';
import { LoggerService } from '@backstage/backend-plugin-api';
import { Assembled } from './assembleInput';

/** What the rules say of the environments that git declares. */
export interface Judgement {
  readonly findings: readonly Finding[];
  readonly differences: readonly Difference[];
}

const NOTHING: Judgement = { findings: [], differences: [] };

/**
 * Asks the rules, once per state of git: the same desired state gives the same judgement.
 */
export class Judge {
  readonly #logger: LoggerService;
  readonly #known = new Map<string, { key: string; judgement: Judgement }>();

  constructor(options: { logger: LoggerService }) {
    this.#logger = options.logger;
  }

  judge(input: Assembled): Judgement {
    const manifests = manifestsOf(input);
    if (!manifests) {
      return NOTHING;
    }
    const day = input.now.slice(0, 10); // exceptions expire by the day
    const key = `${day} ${JSON.stringify(input.intent)} ${input.environments
      .map(({ desired }) => desired?.value.revision)
      .join()}`;
    const known = this.#known.get(input.entityRef);
    if (known?.key === key) {
      return known.judgement;
    }
    const judgement = this.#ask(
      input.entityRef,
      input.intent,
      manifests,
      input.now,
    );
    this.#known.set(input.entityRef, { key, judgement });
    return judgement;
  }

  #ask(
    entityRef: string,
    intent: Intent,
    manifests: Record<string, { name: string; text: string }[]>,
    now: string,
  ): Judgement {
    try {
      const { findings, differences } = verify({ intent, manifests, now });
      return { findings, differences };
    } catch (error) {
      this.#logger.warn(
        `The manifests of ${entityRef} cannot be judged: ${
          error instanceof Error ? error.message : error
        }`,
      );
      return NOTHING;
    }
  }
}

/** Rendered manifests of every environment; undefined while one is missing, as half a comparison is none. */
export function manifestsOf(
  input: Assembled,
): Record<string, { name: string; text: string }[]> | undefined {
  const manifests: Record<string, { name: string; text: string }[]> = {};
  for (const { definition, desired } of input.environments) {
    if (desired?.value.manifests === undefined) {
      return undefined;
    }
    manifests[definition.name] = [
      { name: desired.value.path, text: desired.value.manifests },
    ];
  }
  return manifests;
}
