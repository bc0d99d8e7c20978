import { RULES } from './registry';
import { RuleKind, RuleSource } from './rule';

/**
 * A rule in words.
 *
 * @public
 */
export interface RuleDescription {
  /** `K8S-04` */
  readonly id: string;
  readonly title: string;
  readonly kind: RuleKind;
  /** Step of the guide that it holds. */
  readonly guideStep?: number;
  /** Where the facts come from. */
  readonly sources: readonly RuleSource[];
  /** What holds. */
  readonly semantics: string;
  /** What to do where it does not. */
  readonly remedy: string;
}

/**
 * Every rule that the engine knows, in the order of the catalogue.
 *
 * @public
 */
export const ruleCatalogue: readonly RuleDescription[] = RULES.map(
  ({ id, title, kind, guideStep, sources, semantics, remedy }) => ({
    id,
    title,
    kind,
    ...(guideStep === undefined ? {} : { guideStep }),
    sources,
    semantics,
    remedy,
  }),
);
