import {
  applicationClue,
  OwnableApplication,
  ownsApplication,
} from './ownership';
import { TrackedEntity } from './sources';

/**
 * Which entities an application belongs to. With thousands of both, asking every entity about every application takes many
 * seconds; most selectors want one label to be equal to something, and are found by it.
 *
 * @public
 */
export class ApplicationOwners {
  readonly #byClue = new Map<string, TrackedEntity[]>();
  /** Whose selector says nothing that an application could be looked up by. */
  readonly #others: TrackedEntity[] = [];

  constructor(entities: readonly TrackedEntity[]) {
    for (const entity of entities) {
      const clue = applicationClue(entity.entity);
      if (clue === 'none') {
        continue;
      }
      if (clue === 'unknown') {
        this.#others.push(entity);
        continue;
      }
      const key = 'name' in clue ? clue.name : labelKey(clue.label);
      const known = this.#byClue.get(key);
      if (known) {
        known.push(entity);
      } else {
        this.#byClue.set(key, [entity]);
      }
    }
  }

  has(application: OwnableApplication): boolean {
    return this.of(application).length > 0;
  }

  /** Each once. */
  of(application: OwnableApplication): TrackedEntity[] {
    const keys = new Set([
      application.name,
      ...Object.entries(application.labels).map(labelKey),
    ]);
    const candidates = [...keys].flatMap(key => this.#byClue.get(key) ?? []);
    return [...candidates, ...this.#others].filter(({ entity }) =>
      ownsApplication(entity, application),
    );
  }
}

/** Never the name of an application, which has no such sign. */
function labelKey([key, value]: readonly [string, string]): string {
  return `${key}=${value}`;
}
