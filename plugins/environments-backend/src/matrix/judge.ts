import { createHash } from 'crypto';
import { LoggerService } from '@backstage/backend-plugin-api';
import { Difference, Finding, Intent, verify } from '@envmatrix/engine';
import { Assembled } from './assembleInput';
import { Packed } from './Packed';

/** What the rules say of the environments that git declares. */
export interface Judgement {
  readonly findings: readonly Finding[];
  readonly differences: readonly Difference[];
}

export const NO_JUDGEMENT: Judgement = { findings: [], differences: [] };

/**
 * Asks the rules, once per state of git: the same desired state gives the same judgement.
 */
export class Judge {
  readonly #logger: LoggerService;
  readonly #exceptions: Intent['parity']['allow'];
  readonly #known = new Map<
    string,
    { key: string; judgement: Packed<Judgement> }
  >();

  constructor(options: {
    logger: LoggerService;
    /** Exceptions of the whole organisation. */
    exceptions?: Intent['parity']['allow'];
  }) {
    this.#logger = options.logger;
    this.#exceptions = options.exceptions ?? [];
  }

  judge(input: Assembled): Judgement {
    const manifests = manifestsOf(input);
    if (!manifests) {
      return NO_JUDGEMENT;
    }
    const { entityRef, intent, now, argocdFiles } = input;
    const key = hashOf([
      now.slice(0, 10), // exceptions expire by the day
      intent,
      input.environments.map(({ desired }) => desired?.value.revision),
      argocdFiles?.revision,
    ]);
    const known = this.#known.get(entityRef);
    if (known?.key === key) {
      return known.judgement.unpack();
    }
    let judgement = NO_JUDGEMENT;
    try {
      const { findings, differences } = verify({
        intent,
        manifests,
        now,
        organisation: this.#exceptions,
        ...(argocdFiles ? { argocd: argocdFiles.files } : {}),
        ...(argocdFiles?.repository
          ? { repository: argocdFiles.repository }
          : {}),
      });
      judgement = { findings, differences };
    } catch (error) {
      this.#logger.warn(
        `The manifests of ${entityRef} cannot be judged: ${
          error instanceof Error ? error.message : error
        }`,
      );
    }
    this.#known.set(entityRef, { key, judgement: new Packed(judgement) });
    return judgement;
  }

  forget(entityRef: string): void {
    this.#known.delete(entityRef);
  }
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64');
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
