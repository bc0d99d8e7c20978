import {
  ARGOCD_APP_NAME_ANNOTATION,
  ARGOCD_APP_SELECTOR_ANNOTATION,
} from '@envmatrix/backstage-plugin-environments-common';
import {
  ownsApplication,
  TrackedEntity,
} from '@envmatrix/backstage-plugin-environments-node';
import { ApplicationFact } from '@envmatrix/engine';

type Identity = Pick<
  ApplicationFact,
  'instance' | 'name' | 'namespace' | 'labels'
>;

/**
 * Which applications belong to entities of the catalog. With thousands of both, asking every entity about every application
 * takes seconds; most selectors want one label to be equal to something, and are found by it.
 */
export class OwnedApplications {
  readonly #byClue = new Map<string, TrackedEntity[]>();
  readonly #others: TrackedEntity[] = [];

  constructor(entities: readonly TrackedEntity[]) {
    for (const entity of entities) {
      const annotations = entity.entity.metadata.annotations ?? {};
      const selector = annotations[ARGOCD_APP_SELECTOR_ANNOTATION];
      const name = annotations[ARGOCD_APP_NAME_ANNOTATION];
      const clue = selector === undefined ? name : requiredLabel(selector);
      if (clue !== undefined) {
        this.#byClue.set(clue, [...(this.#byClue.get(clue) ?? []), entity]);
      } else if (selector !== undefined) {
        this.#others.push(entity);
      }
    }
  }

  has(application: Identity): boolean {
    const clues = [
      application.name,
      ...Object.entries(application.labels).map(
        ([key, value]) => `${key}=${value}`,
      ),
    ];
    const candidates = clues.flatMap(clue => this.#byClue.get(clue) ?? []);
    return [...candidates, ...this.#others].some(({ entity }) =>
      ownsApplication(entity, application),
    );
  }
}

/** `key=value`, where the selector can mean nothing without it. */
function requiredLabel(selector: string): string | undefined {
  const equality = /^\s*([^!=,\s()]+)\s*==?\s*([^=,\s()]+)\s*(?:,|$)/.exec(
    selector,
  );
  return equality ? `${equality[1]}=${equality[2]}` : undefined;
}
