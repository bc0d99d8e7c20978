import { Finding, PromotionPlan } from '@envmatrix/engine';
import { differencesText } from './differencesText';
import { bold, dim, green, red } from './style';

/** What a promotion changes, for a person to read before anything is done. */
export function planText(plan: PromotionPlan): string {
  const { from, to, release, files, restarts, findings, gates } = plan;
  const lines = [
    bold(`Promote ${from} → ${to}`),
    '',
    `  release   ${release.from ?? '(none)'} → ${release.to}`,
    `  way       ${plan.way}`,
    `  restarts  ${restarts.join(', ') || 'nothing'}`,
    ...gates.map(gate => `  gate      ${gate.title}: ${gate.state}`),
    '',
    ...(files.length > 0
      ? files.flatMap(({ path, before, after }) => [
          `  ${path}`,
          ...changedLines(before ?? '', after ?? ''),
        ])
      : ['  Git says so already; a sync is all that is left to do.']),
    '',
    ...(plan.obstacles ?? []).map(
      ({ subject, reason, remedy }) =>
        `  ${red('would fail')}  ${subject}  ${reason}. ${dim(`→ ${remedy}`)}`,
    ),
    ...told('begins to fail', findings.starts, red),
    ...told('no longer fails', findings.stops, green),
    ...told('goes on failing', findings.stays, dim),
  ];
  return `${lines.join('\n')}\n${differencesText(
    plan.changes,
    'What changes in the manifests',
  )}`;
}

function told(
  what: string,
  findings: readonly Finding[],
  paint: (text: string) => string,
): string[] {
  return findings.map(
    ({ rule, subject, reason }) =>
      `  ${paint(what)}  ${rule}  ${subject}  ${reason ?? ''}`,
  );
}

/** A promotion changes a line or two in place, so the lines correspond. */
function changedLines(before: string, after: string): string[] {
  const old = new Set(before.split('\n'));
  const renewed = new Set(after.split('\n'));
  return [
    ...[...old]
      .filter(line => !renewed.has(line))
      .map(line => `    ${red(`- ${line.trim()}`)}`),
    ...[...renewed]
      .filter(line => !old.has(line))
      .map(line => `    ${green(`+ ${line.trim()}`)}`),
  ];
}
