import { nodeAt, shownValue, summaryOf } from '../model/canonical';
import { replaceOwnTokens } from '../model/tokens';
import { toPointer } from '../model/json';
import { claimMatcher, ClaimMatcher, placeOf } from '../rules/places';
import { GUARDS } from '../rules/inventory';
import { imageOf } from '../rules/releases';
import { RULES } from '../rules/registry';
import {
  Claim,
  Judgement,
  Pair,
  PlacedChange,
  Rule,
  RuleContext,
  Verdict,
} from '../rules/rule';
import { Change, compareModels } from './changes';
import { Exception, findException } from './exceptions';
import { Difference } from './types';

/** A rule with something that it found wrong. */
export interface RuleVerdict {
  readonly rule: Rule;
  readonly verdict: Verdict;
}

/** A change with what the rules say of it. */
export interface ClassifiedChange {
  readonly change: Change;
  readonly pair: Pair;
  readonly pointer: string;
  readonly rule: Rule;
  readonly judgement: Omit<Judgement, 'class'> & {
    readonly class: Judgement['class'] | 'unclassified';
  };
  /** The environments of the pair that stand out; both where neither does. */
  readonly outliers: readonly string[];
  /** The finding is another rule's verdict on one of the environments. */
  readonly explained: boolean;
  readonly allowedBy?: Exception;
  readonly expired?: Exception;
}

interface CompiledClaim {
  readonly rule: Rule;
  readonly claim: Claim;
  readonly matches: ClaimMatcher;
}

const order = (claim: Claim) => {
  if (claim.fallback) {
    return 2;
  }
  return claim.kinds ? 0 : 1;
};

const CLAIMS: readonly CompiledClaim[] = RULES.flatMap(rule =>
  (rule.claims ?? []).map(claim => ({
    rule,
    claim,
    matches: claimMatcher(claim),
  })),
).sort((a, b) => order(a.claim) - order(b.claim));

const RESIDUAL = 'K8S-28';

/** Everything in which a pair differs, each with its class. */
export function classifyPair(
  context: RuleContext,
  pair: Pair,
  failures: readonly RuleVerdict[],
): ClassifiedChange[] {
  const explaining = failures.filter(({ verdict }) => verdict.explains);
  const bySubject = new Map<string, RuleVerdict[]>();
  for (const failure of failures) {
    const { subject } = failure.verdict;
    const known = bySubject.get(subject);
    if (known) {
      known.push(failure);
    } else {
      bySubject.set(subject, [failure]);
    }
  }
  return compareModels(pair.from, pair.to).map(change =>
    classify(context, pair, placeOf(change), [
      ...(bySubject.get(change.subject) ?? []),
      ...explaining,
    ]),
  );
}

function classify(
  context: RuleContext,
  pair: Pair,
  change: PlacedChange,
  failures: readonly RuleVerdict[],
): ClassifiedChange {
  const pointer = toPointer(change.path);
  const cause = failures.find(({ verdict }) =>
    isCauseOf(verdict, change, pair),
  );
  const { rule, judgement } = cause
    ? {
        rule: cause.rule,
        judgement: {
          class: 'violation' as const,
          reason: cause.verdict.reason ?? cause.rule.title,
        },
      }
    : judge(context, pair, change);
  const { outliers, tie } = outliersOf(context, pair, change, rule);
  const base = {
    change,
    pair,
    pointer,
    rule,
    judgement,
    outliers,
    explained: cause !== undefined,
  };
  if (judgement.class === 'expected' || judgement.class === 'lag') {
    return base;
  }
  const match = findException(
    context.intent,
    {
      rule: rule.id,
      subject: change.subject,
      pointer,
      environments: tie ? [pair.from.name, pair.to.name] : outliers,
    },
    context.now,
  );
  switch (match.status) {
    case 'allowed':
      return { ...base, allowedBy: match.exception };
    case 'expired':
      return { ...base, expired: match.exception };
    default:
      return base;
  }
}

function isCauseOf(verdict: Verdict, change: Change, pair: Pair): boolean {
  const { environments } = verdict;
  const isInPair = [pair.from.name, pair.to.name].map(name =>
    environments.includes(name),
  );
  // What two environments have in common by mistake is no cause of how a third differs from one of them.
  const concerned =
    environments.length > 1 ? isInPair.every(Boolean) : isInPair.some(Boolean);
  if (!concerned) {
    return false;
  }
  if (verdict.explains?.(change)) {
    return true;
  }
  const { path, causes } = verdict;
  return (
    path !== undefined &&
    (causes === undefined || causes(change)) &&
    verdict.subject === change.subject &&
    change.path.length > 0 &&
    !isWholeContainer(change.path.slice(0, path.length), path) &&
    change.path
      .slice(0, path.length)
      .every((part, index) => part === path[index])
  );
}

/** What is wrong inside a container is no cause of that the container is there at all, or of its place. */
function isWholeContainer(
  change: readonly string[],
  verdict: readonly string[],
): boolean {
  return (
    change.length < verdict.length &&
    change.slice(-2).some(part => /^(initC|c)ontainers$/.test(part))
  );
}

function judge(
  context: RuleContext,
  pair: Pair,
  change: PlacedChange,
): Pick<ClassifiedChange, 'rule' | 'judgement'> {
  for (const { rule, claim, matches } of CLAIMS) {
    const judgement = matches(change)
      ? claim.judge(change, pair, context)
      : undefined;
    if (judgement) {
      return { rule, judgement };
    }
  }
  const rule = RULES.find(({ id }) => id === RESIDUAL);
  if (!rule) {
    throw new Error(`The catalogue lacks ${RESIDUAL}`);
  }
  return {
    rule,
    judgement: {
      class: 'unclassified',
      reason: 'No rule and no entry of parity.allow speaks of it',
    },
  };
}

/**
 * Who stands out: what differs from what most environments have. Where there is no majority, or values may grow from one
 * environment to the next, the later of the pair.
 */
function outliersOf(
  context: RuleContext,
  pair: Pair,
  change: Change,
  rule: Rule,
): { outliers: string[]; tie: boolean } {
  const later = { outliers: [pair.to.name], tie: true };
  if (rule.kind === 'ordered') {
    return later;
  }
  const isPresence = !change.before || !change.after;
  if (isPresence && change.path.length === 0 && GUARDS.has(change.kind)) {
    // That dev has none says nothing of the others, as it needs none.
    return later;
  }
  const isImage =
    imageOf(change.before)?.repository !== imageOf(change.after)?.repository &&
    change.path.at(-1) === 'image';
  const texts = new Map(
    context.environments.map(environment => {
      const object = environment.objects.get(change.subject);
      const node = object && nodeAt(object.node, change.path);
      if (!node || isPresence) {
        return [environment.name, node && 'present'] as const;
      }
      // Those that name themselves agree, and so do those that run releases of one image.
      const text = isImage
        ? imageOf(node)?.repository
        : replaceOwnTokens(summaryOf(node), environment.tokens);
      return [environment.name, text] as const;
    }),
  );
  const counts = new Map<string | undefined, number>();
  for (const text of texts.values()) {
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  const majority = [...counts].find(([, count]) => count * 2 > texts.size);
  if (!majority) {
    return later;
  }
  const outliers = [pair.from.name, pair.to.name].filter(
    name => texts.has(name) && texts.get(name) !== majority[0],
  );
  return outliers.length > 0 ? { outliers, tie: false } : later;
}

/** As the API, the command line and the scaffolder action give it. */
export function toDifference(classified: ClassifiedChange): Difference {
  const { change, pair, pointer, rule, judgement, allowedBy, expired } =
    classified;
  return {
    kind: 'environment',
    from: pair.from.name,
    to: pair.to.name,
    subject: change.subject,
    pointer,
    before: change.before && shownValue(change.before),
    after: change.after && shownValue(change.after),
    class: allowedBy ? 'expected' : classOf(judgement.class),
    rule: rule.id,
    reason: allowedBy
      ? allowedBy.reason
      : withExpiry(judgement.reason, expired),
  };
}

function classOf(value: ClassifiedChange['judgement']['class']) {
  return value === 'warn' ? 'expected' : value;
}

export function withExpiry(reason: string, expired?: Exception): string {
  return expired
    ? `${reason}. The exception for it expired on ${expired.expires}: ${expired.reason}`
    : reason;
}
