import {
  ClassifiedChange,
  classifyPair,
  RuleVerdict,
  toDifference,
} from '../differences/classify';
import { Difference, DifferenceClass } from '../differences/types';
import { covers } from '../differences/exceptions';
import { Intent } from '../intent';
import { toPointer } from '../model/json';
import { TerraformFile } from '../terraform';
import { buildContext } from './buildContext';
import { residual } from './configuration';
import {
  changeFindings,
  passFindings,
  residualPasses,
  verdictFinding,
} from './findings';
import { RULES } from './registry';
import { Rule, RuleContext, Verdict } from './rule';
import { Finding, FindingOutcome } from './types';

/**
 * What the rules are held to.
 *
 * @public
 */
export interface VerifyOptions {
  readonly intent: Intent;
  /** Rendered manifests of every environment, by its name. */
  readonly manifests: Readonly<
    Record<string, readonly { readonly name: string; readonly text: string }[]>
  >;
  /** ISO 8601; decides which exceptions have expired. */
  readonly now: string;
  /** Identifiers of the only rules to apply; all by default. */
  readonly rules?: readonly string[];
  /** The files of the `argocd` folder; without them the rules about Argo CD are `unknown`. */
  readonly argocd?: readonly { readonly name: string; readonly text: string }[];
  /** The files of the deploy-config repository as they stand there; without them rules about workflows and kustomizations are `unknown`. */
  readonly repository?: readonly {
    readonly name: string;
    readonly text: string;
  }[];
  /** The files of the infrastructure repository; without them the rules about Terraform are `unknown`. */
  readonly infrastructure?: readonly TerraformFile[];
  /** What `terraform show -json` printed of the plan of each root, by its name. */
  readonly plans?: Readonly<Record<string, unknown>>;
  /** Exceptions of the whole organisation, beside those of the intent. They may match nothing. */
  readonly organisation?: Intent['parity']['allow'];
  /** Folders of overlays that belong to no declared environment. */
  readonly undeclared?: readonly string[];
}

/**
 * Findings of every outcome, and the differences between neighbours in promotion order.
 *
 * @public
 */
export interface VerifyResult {
  readonly findings: readonly Finding[];
  readonly differences: readonly Difference[];
  readonly summary: {
    readonly outcomes: Readonly<Record<FindingOutcome, number>>;
    readonly classes: Readonly<Record<DifferenceClass, number>>;
  };
}

/**
 * Holds environments to their intent and to each other.
 *
 * @throws {@link ManifestError} for manifests that cannot be read, {@link PlanError} for plans.
 * @public
 */
export function verify(options: VerifyOptions): VerifyResult {
  const context = buildContext(options);
  const rules = options.rules
    ? RULES.filter(({ id }) => options.rules?.includes(id))
    : RULES;
  return verifyContext(context, rules);
}

/** The verdicts of one set of rules on what was read. */
export function verifyContext(
  context: RuleContext,
  rules: readonly Rule[],
): VerifyResult {
  const verdicts = evaluate(context, RULES);
  const changes = classifyAll(context, verdicts);
  const findings = rules.flatMap(rule => {
    const applicability = rule.appliesTo(context);
    const own = [
      ...verdicts
        .filter(entry => entry.rule === rule)
        .map(entry => verdictFinding(context, entry)),
      ...changeFindings(
        context,
        rule,
        changes.filter(entry => entry.rule === rule),
      ),
      ...(rule === residual ? residualPasses(context, rule, changes) : []),
    ];
    if (applicability.applies) {
      return [...own, ...passFindings(context, rule, own)];
    }
    const verdict: Verdict = {
      outcome: applicability.outcome,
      environments: context.intent.environments.map(({ name }) => name),
      subject: context.service,
      values: {},
      locations: {},
      reason: applicability.reason,
      ...(applicability.missing ? { missing: applicability.missing } : {}),
    };
    return [...own, verdictFinding(context, { rule, verdict })];
  });
  if (rules === RULES) {
    findings.push(...unusedExceptions(context, verdicts, changes));
  }
  const differences = changes
    .filter(({ rule }) => rules.includes(rule))
    .map(toDifference);
  return { findings, differences, summary: summarise(findings, differences) };
}

/** Exceptions that cover nothing: what they were for is gone, or they are written wrong. */
function unusedExceptions(
  context: RuleContext,
  verdicts: readonly RuleVerdict[],
  changes: readonly ClassifiedChange[],
): Finding[] {
  // What was not looked at may be what they are for.
  if (context.missing.length > 0) {
    return [];
  }
  const excepted = [
    ...verdicts
      .filter(
        ({ verdict: { outcome } }) => outcome === 'fail' || outcome === 'warn',
      )
      .map(({ rule, verdict }) => ({
        rule: rule.id,
        subject: verdict.subject,
        pointer: verdict.path && toPointer(verdict.path),
        environments: verdict.environments,
      })),
    ...changes
      .filter(
        ({ judgement }) =>
          judgement.class !== 'expected' && judgement.class !== 'lag',
      )
      .map(({ rule, change, pointer, outliers }) => ({
        rule: rule.id,
        subject: change.subject,
        pointer,
        environments: outliers,
      })),
  ];
  const isLookedAt = (id: string | undefined) =>
    id === undefined ||
    RULES.some(rule => rule.id === id && rule.appliesTo(context).applies);
  return context.ownExceptions.flatMap((entry, index) =>
    changes.some(({ allowedBy }) => allowedBy === entry) ||
    excepted.some(what => covers(entry, what)) ||
    !isLookedAt(entry.rule)
      ? []
      : [
          {
            rule: residual.id,
            outcome: 'warn',
            title: residual.title,
            ...(residual.guideStep === undefined
              ? {}
              : { guideStep: residual.guideStep }),
            environments: [
              ...(entry.environments ??
                context.intent.environments.map(({ name }) => name)),
            ],
            subject: 'environments.yaml',
            pointer: `/parity/allow/${index}`,
            values: {},
            locations: {},
            reason: `The exception matches nothing: ${entry.reason}`,
            remedy:
              'Take it out of parity.allow, or put right the rule, subject and pointer that it names.',
          },
        ],
  );
}

/** What the rules say of environments by themselves. */
export function evaluate(
  context: RuleContext,
  rules: readonly Rule[],
): RuleVerdict[] {
  return rules.flatMap(rule =>
    rule.evaluate && rule.appliesTo(context).applies
      ? rule.evaluate(context).map(verdict => ({ rule, verdict }))
      : [],
  );
}

export function failuresOf(verdicts: readonly RuleVerdict[]): RuleVerdict[] {
  return verdicts.filter(({ verdict }) => verdict.outcome === 'fail');
}

function classifyAll(
  context: RuleContext,
  verdicts: readonly RuleVerdict[],
): ClassifiedChange[] {
  const failures = failuresOf(verdicts);
  return context.pairs.flatMap(pair => classifyPair(context, pair, failures));
}

function summarise(
  findings: readonly Finding[],
  differences: readonly Difference[],
): VerifyResult['summary'] {
  const outcomes: Record<FindingOutcome, number> = {
    pass: 0,
    fail: 0,
    warn: 0,
    unknown: 0,
    'not-deployed': 0,
    'not-applicable': 0,
    waived: 0,
  };
  const classes: Record<DifferenceClass, number> = {
    expected: 0,
    lag: 0,
    violation: 0,
    unclassified: 0,
  };
  for (const finding of findings) {
    outcomes[finding.outcome] += 1;
  }
  for (const difference of differences) {
    classes[difference.class] += 1;
  }
  return { outcomes, classes };
}
