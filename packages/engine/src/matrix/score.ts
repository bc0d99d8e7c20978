import { Finding } from '../rules/types';
import { Matrix, ScorePart } from './types';

/**
 * Parity as a number, with its arithmetic: of all rules that apply, the share that holds everywhere. What is not known does not
 * count as held; what nobody could know, as its source is not there, has no weight.
 */
export function scoreOf(findings: readonly Finding[]): Matrix['score'] {
  const byRule = new Map<string, Finding[]>();
  for (const finding of findings) {
    if (finding.outcome !== 'not-applicable') {
      byRule.set(finding.rule, [...(byRule.get(finding.rule) ?? []), finding]);
    }
  }
  const parts = [...byRule.entries()]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(
      ([rule, group]): ScorePart => ({
        rule,
        title: group[0].title,
        // A rule whose source this portal does not have says nothing of the service.
        weight: group.every(({ missing }) => missing !== undefined) ? 0 : 1,
        outcome: outcomeOf(group),
      }),
    );
  const total = parts.reduce((sum, { weight }) => sum + weight, 0);
  const held = parts.reduce(
    (sum, { weight, outcome }) => sum + (outcome === 'pass' ? weight : 0),
    0,
  );
  return {
    value: total === 0 ? undefined : Math.round((100 * held) / total),
    parts,
  };
}

function outcomeOf(findings: readonly Finding[]): ScorePart['outcome'] {
  if (findings.some(({ outcome }) => outcome === 'fail')) {
    return 'fail';
  }
  return findings.some(
    ({ outcome }) => outcome === 'unknown' || outcome === 'not-deployed',
  )
    ? 'unknown'
    : 'pass';
}
