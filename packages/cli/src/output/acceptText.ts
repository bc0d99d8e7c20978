import { exceptionFor, exceptionYaml, VerifyResult } from '@envmatrix/engine';

/** Entries for `parity.allow`, to be copied into environments.yaml once somebody has thought about each. */
export function acceptText(
  { findings, differences }: VerifyResult,
  reason: string,
  now: Date,
): string {
  const options = { reason, now: now.toISOString() };
  return [
    ...findings.filter(({ outcome }) => outcome === 'fail'),
    ...differences.filter(entry => entry.class === 'unclassified'),
  ]
    .map(entry => exceptionYaml(exceptionFor(entry, options)))
    .join('');
}
