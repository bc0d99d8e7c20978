import { Change } from '../differences/changes';
import { Intent } from '../intent';
import { EnvironmentModel } from '../model/environmentModel';
import { ManifestObject } from '../model/parseManifests';
import { TerraformModel } from '../terraform/types';
import { FindingOutcome } from './types';

/**
 * What the parts that environments play are called in the rules: `prod` is every environment of kind production,
 * `staging` the one that it is promoted from, `dev` each of the others.
 */
export type Role = 'dev' | 'staging' | 'prod';

/** An environment whose manifests are known. */
export interface EnvironmentView extends EnvironmentModel {
  readonly name: string;
  readonly role: Role;
}

/** Two environments that are compared, the earlier one in promotion order first. */
export interface Pair {
  readonly from: EnvironmentView;
  readonly to: EnvironmentView;
  /** Neither has the part of dev, so that rules which hold staging to production apply. */
  readonly strict: boolean;
}

/** Everything that rules may look at. */
export interface RuleContext {
  /** With the exceptions of the organisation beside its own. */
  readonly intent: Intent;
  /** The exceptions that the intent itself makes. */
  readonly ownExceptions: Intent['parity']['allow'];
  readonly service: string;
  /** ISO 8601 */
  readonly now: string;
  /** In promotion order, those whose manifests are known. */
  readonly environments: readonly EnvironmentView[];
  /** Declared environments whose manifests are not known. */
  readonly missing: readonly string[];
  /** What was found for environments that the intent does not declare: folders, or names. */
  readonly undeclared: readonly string[];
  readonly pairs: readonly Pair[];
  /** The objects of the `argocd` folder; undefined where it was not given. */
  readonly argocd?: readonly ManifestObject[];
  /** The files of the deploy-config repository as they stand there; undefined where they were not given. */
  readonly repository?: readonly {
    readonly name: string;
    readonly text: string;
  }[];
  /** Terraform roots and plans; undefined where neither was given. */
  readonly terraform?: TerraformModel;
}

/** What a rule says of one subject, in one or several environments. */
export interface Verdict {
  readonly outcome: Exclude<FindingOutcome, 'waived'>;
  readonly environments: readonly string[];
  readonly subject: string;
  /** Unescaped segments of the pointer. */
  readonly path?: readonly string[];
  readonly reason?: string;
  readonly remedy?: string;
  /** Per environment, where the values are not the ones at the path. */
  readonly values?: Readonly<Record<string, unknown>>;
  /** Per environment, where the locations are not those of the path. */
  readonly locations?: Readonly<Record<string, string>>;
  /** Differences that have the same cause, beside the one at the path. */
  readonly explains?: (change: Change) => boolean;
  /** Narrows what differs at the path to what has the same cause; all of it by default. */
  readonly causes?: (change: Change) => boolean;
  /** The source that was not given, where that is why nothing is known. */
  readonly missing?: RuleSource;
}

/** How a rule judges a difference that it speaks of. A warning is a difference that may be, and had better not. */
export interface Judgement {
  readonly class: 'expected' | 'lag' | 'violation' | 'warn';
  readonly reason: string;
  readonly remedy?: string;
}

/** The differences that a rule speaks of. The first claim that gives a judgement decides. */
export interface Claim {
  /**
   * Places, below which everything is meant: `/pod/containers|initContainers/*`. `pod` stands for the pod spec
   * of every kind of workload, `pod-metadata` for the metadata of its template; a trailing `$` means that place alone, and
   * `/$` the object as a whole.
   */
  readonly at: readonly string[];
  /** `apps/Deployment`; absent for all kinds. Claims on kinds come before those on all. */
  readonly kinds?: readonly string[];
  /** Comes after the claims of all other rules. */
  readonly fallback?: boolean;
  readonly judge: (
    change: PlacedChange,
    pair: Pair,
    context: RuleContext,
  ) => Judgement | undefined;
}

/** A change with its place, as claims name it. */
export interface PlacedChange extends Change {
  readonly place: readonly string[];
}

/**
 * Where the facts that a rule decides on come from.
 *
 * @public
 */
export type RuleSource =
  | 'intent'
  | 'manifests'
  | 'argocd'
  | 'cluster'
  | 'registry'
  | 'terraform'
  | 'plan'
  | 'repository'
  | 'git-host'
  | 'vault'
  | 'prometheus'
  | 'grafana';

/**
 * How a rule relates its values.
 *
 * @public
 */
export type RuleKind =
  | 'must match'
  | 'must differ'
  | 'ordered'
  | 'absolute'
  | 'sources agree'
  | 'advisory';

export type Applicability =
  | { readonly applies: true }
  | {
      readonly applies: false;
      readonly outcome: 'not-applicable' | 'unknown';
      readonly reason: string;
      /** The source that was not given. */
      readonly missing?: RuleSource;
    };

/**
 * One rule of the catalogue.
 */
export interface Rule {
  /** `K8S-04` */
  readonly id: string;
  readonly kind: RuleKind;
  readonly title: string;
  /** Step of the guide that it holds. */
  readonly guideStep?: number;
  readonly sources: readonly RuleSource[];
  /** What holds, in words. */
  readonly semantics: string;
  /** What to do where it does not. */
  readonly remedy: string;
  readonly appliesTo: (context: RuleContext) => Applicability;
  /** Verdicts on environments by themselves; passes are added where a rule with claims finds nothing. */
  readonly evaluate?: (context: RuleContext) => readonly Verdict[];
  readonly claims?: readonly Claim[];
  /** The subjects that a rule with claims passes on when nothing is wrong with them. */
  readonly subjects?: (context: RuleContext) => readonly string[];
}

export const always = (): Applicability => ({ applies: true });

export function notApplicable(reason: string): Applicability {
  return { applies: false, outcome: 'not-applicable', reason };
}

/** @param missing - the source that was not given at all, where that is why. */
export function unknown(reason: string, missing?: RuleSource): Applicability {
  return {
    applies: false,
    outcome: 'unknown',
    reason,
    ...(missing ? { missing } : {}),
  };
}
