import { classifyPair, toDifference } from '../differences/classify';
import { Difference } from '../differences/types';
import { Intent } from '../intent';
import { isWorkload, templatePath } from '../model/workloads';
import { buildContext } from '../rules/buildContext';
import { RULES } from '../rules/registry';
import { evaluate, failuresOf, verifyContext } from '../rules/verify';
import { Finding } from '../rules/types';
import { borrowersOf } from '../rules/view';
import { immutableChanges, missingKeys } from './obstacles';
import { Obstacle } from './types';

/**
 * What a promotion changes in the rendered manifests of its target.
 *
 * @public
 */
export interface PromotionAssessment {
  /** From the target before to the target after. */
  readonly changes: readonly Difference[];
  /** Workloads whose pods are replaced: `apps/Deployment checkout`. */
  readonly restarts: readonly string[];
  /** Fields that cannot be changed, and keys that the target lacks. */
  readonly obstacles: readonly Obstacle[];
  /** Rules about the target that begin to fail, no longer fail, and go on failing. */
  readonly findings: {
    readonly starts: readonly Finding[];
    readonly stops: readonly Finding[];
    readonly stays: readonly Finding[];
  };
}

/**
 * Compares an environment before and after a promotion, with the other environments beside it.
 *
 * @param options - `manifests` are the rendered manifests of every environment that is known, `after` those of `to` as the
 * promotion would make them.
 * @throws {@link ManifestError} for manifests that cannot be read.
 * @public
 */
export function assessPromotion(options: {
  intent: Intent;
  from: string;
  to: string;
  now: string;
  manifests: Readonly<Record<string, string>>;
  after: string;
}): PromotionAssessment {
  const { intent, to, now, manifests } = options;
  const contextWith = (texts: Readonly<Record<string, string>>) =>
    buildContext({
      intent,
      now,
      manifests: Object.fromEntries(
        Object.entries(texts).map(([name, text]) => [
          name,
          [{ name: `apps/${intent.metadata.name}/overlays/${name}`, text }],
        ]),
      ),
    });
  const before = contextWith(manifests);
  const after = contextWith({ ...manifests, [to]: options.after });
  const [old, renewed] = [before, after].map(context =>
    context.environments.find(({ name }) => name === to),
  );
  const classified =
    old && renewed
      ? classifyPair(
          after,
          { from: old, to: renewed, strict: true },
          failuresOf(evaluate(after, RULES)),
        )
      : [];
  const restarts = classified
    .map(({ change }) => change)
    .filter(({ kind, path }) => {
      const template = templatePath(kind);
      return (
        isWorkload(kind) &&
        template !== undefined &&
        path.length > 0 &&
        template.every((part, index) => path[index] === part)
      );
    })
    .flatMap(({ subject }) => {
      // Pods of a Rollout are made anew by what lends its template.
      const lender = renewed?.objects.get(subject);
      const borrowers = renewed && lender ? borrowersOf(renewed, lender) : [];
      return borrowers.length > 0
        ? borrowers.map(borrower => borrower.subject)
        : [subject];
    });
  return {
    changes: classified.map(entry => {
      const difference = toDifference(entry);
      // Reasons speak of two environments; here it is one, before and after.
      return difference.class === 'lag'
        ? difference
        : { ...difference, reason: 'The promotion changes it' };
    }),
    restarts: [...new Set(restarts)],
    obstacles: [
      ...immutableChanges(classified),
      ...(renewed ? missingKeys(renewed) : []),
    ],
    findings: compareFindings(
      problemsOf(verifyContext(before, RULES).findings, to),
      problemsOf(verifyContext(after, RULES).findings, to),
    ),
  };
}

function problemsOf(
  findings: readonly Finding[],
  environment: string,
): Map<string, Finding> {
  return new Map(
    findings
      .filter(
        ({ outcome, environments }) =>
          (outcome === 'fail' || outcome === 'warn') &&
          environments.includes(environment),
      )
      .map(finding => [
        [finding.rule, finding.outcome, finding.subject, finding.pointer].join(
          '\n',
        ),
        finding,
      ]),
  );
}

function compareFindings(
  before: ReadonlyMap<string, Finding>,
  after: ReadonlyMap<string, Finding>,
): PromotionAssessment['findings'] {
  return {
    starts: [...after].filter(([key]) => !before.has(key)).map(([, f]) => f),
    stops: [...before].filter(([key]) => !after.has(key)).map(([, f]) => f),
    stays: [...after].filter(([key]) => before.has(key)).map(([, f]) => f),
  };
}
