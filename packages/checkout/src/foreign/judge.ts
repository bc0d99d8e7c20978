import { Finding, verify } from '@envmatrix/engine';
import { parseInfrastructure } from '../loadInfrastructure';
import { Files, intent } from './lifelike';

export const NOW = '2026-11-20T12:00:00Z';

/** What the rules about infrastructure find in a repository. */
export async function judged(
  files: Files,
  plans: Readonly<Record<string, unknown>> = {},
): Promise<Finding[]> {
  const infrastructure = await parseInfrastructure(
    Object.entries(files).map(([path, content]) => ({ path, content })),
  );
  return verify({
    intent,
    manifests: {},
    now: NOW,
    infrastructure,
    plans,
  }).findings.filter(({ rule }) => rule.startsWith('TF-'));
}

/** Outcome, rule, environments and place of what is wrong, or of what is not known. */
export function told(
  findings: readonly Finding[],
  outcomes: readonly string[] = ['fail', 'warn'],
): string[] {
  return findings
    .filter(({ outcome }) => outcomes.includes(outcome))
    .map(({ outcome, rule, environments, locations }) =>
      `${outcome} ${rule} [${environments.join()}] ${
        locations[environments[0]] ?? ''
      }`.trim(),
    );
}
