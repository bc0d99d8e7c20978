import { Finding, VerifyResult } from '@envmatrix/engine';
import { bold, counts, dim, green, OUTCOME_PAINT, red, shown } from './style';

const TOLD = ['fail', 'warn', 'unknown', 'waived'] as const;

const OUTCOME_WORDS = {
  pass: 'hold',
  fail: 'fail',
  warn: 'warn',
  unknown: 'unknown',
  waived: 'waived',
  'not-applicable': 'do not apply',
  'not-deployed': 'not deployed',
};

/** What is wrong, where, and what to do; then the numbers. */
export function verifyText(service: string, result: VerifyResult): string {
  const { findings, differences, summary } = result;
  const lines = [bold(service)];
  for (const outcome of TOLD) {
    for (const finding of findings.filter(
      entry => entry.outcome === outcome && entry.missing === undefined,
    )) {
      lines.push('', ...findingLines(finding));
    }
  }
  lines.push(...missingLines(findings));
  const unclassified = differences.filter(
    difference => difference.class === 'unclassified',
  );
  if (unclassified.length > 0) {
    lines.push('', `  ${red('DIFFERENCES WITHOUT A REASON')}`);
    for (const { from, to, subject, pointer, before, after } of unclassified) {
      lines.push(
        `    ${subject}  ${pointer}`,
        `      ${from}  ${shown(before)}`,
        `      ${to}  ${shown(after)}`,
      );
    }
    lines.push(
      `    ${dim(
        '→ Remove them, or add them to parity.allow in environments.yaml with the reason.',
      )}`,
    );
  }
  const verdict =
    summary.outcomes.fail > 0 || unclassified.length > 0
      ? red('Something is wrong.')
      : green('Nothing fails, and every difference has a reason.');
  return [
    ...lines,
    '',
    verdict,
    `checks       ${counts(summary.outcomes, OUTCOME_WORDS)}`,
    `differences  ${counts(summary.classes) || 'none'}`,
    dim('environments rules K8S-04 explains a rule'),
    '',
  ].join('\n');
}

/** What is not looked at for want of a source: a line for each reason, not one for each rule. */
function missingLines(findings: readonly Finding[]): string[] {
  const rules = new Map<string, string[]>();
  for (const { missing, reason, rule } of findings) {
    if (missing !== undefined && reason !== undefined) {
      rules.set(reason, [...(rules.get(reason) ?? []), rule]);
    }
  }
  return [...rules].flatMap(([reason, ids]) => [
    '',
    `  ${OUTCOME_PAINT.unknown('UNKNOWN ')} ${
      ids.length === 1 ? ids[0] : `${ids.length} rules`
    }  ${reason}.`,
    ...(ids.length === 1 ? [] : [`    ${dim(ids.join(' '))}`]),
  ]);
}

function findingLines(finding: Finding): string[] {
  const { outcome, rule, title, subject, pointer, reason, remedy } = finding;
  const names = Object.keys({ ...finding.values, ...finding.locations });
  const width = Math.max(0, ...names.map(name => name.length));
  const values = names
    .filter(name => finding.pointer !== undefined || isConcerned(finding, name))
    .map(name =>
      [
        `      ${name.padEnd(width)} `,
        Object.hasOwn(finding.values, name)
          ? `${shown(finding.values[name])} `
          : '',
        dim(finding.locations[name] ?? ''),
      ].join(' '),
    );
  return [
    `  ${OUTCOME_PAINT[outcome](outcome.toUpperCase().padEnd(8))} ${bold(
      rule,
    )}  ${title}  ${dim(finding.environments.join(', '))}`,
    `    ${[subject, pointer].filter(Boolean).join('  ')}`,
    ...values.map(line => line.trimEnd()),
    ...(reason ? [`    ${reason}.`.replace(/\.\.$/, '.')] : []),
    ...(finding.waivedUntil
      ? [`    ${dim(`Waived until ${finding.waivedUntil}.`)}`]
      : []),
    ...(remedy ? [`    ${dim(`→ ${remedy}`)}`] : []),
  ];
}

function isConcerned({ environments }: Finding, name: string): boolean {
  return environments.includes(name);
}
