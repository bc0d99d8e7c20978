import { stringify } from 'yaml';
import { Finding } from '../rules/types';
import { Exception } from './exceptions';
import { Difference } from './types';

/** How long an exception holds that says nothing else. */
const DEFAULT_DAYS = 90;

/**
 * The entry of `parity.allow` that makes an exception of a difference or a finding, and of nothing else.
 *
 * @param options - `reason` is why it may be; `now` is ISO 8601, and `days` how long it may be, 90 by default.
 * @public
 */
export function exceptionFor(
  what: Difference | Finding,
  options: { reason: string; now: string; days?: number },
): Exception {
  const { reason, now, days = DEFAULT_DAYS } = options;
  const until = new Date(Date.parse(now) + days * 24 * 3_600_000);
  return {
    ...(what.rule === undefined ? {} : { rule: what.rule }),
    subject: what.subject,
    ...(what.pointer ? { pointer: what.pointer } : {}),
    environments: 'environments' in what ? [...what.environments] : [what.to],
    reason,
    expires: until.toISOString().slice(0, 10),
  };
}

/**
 * The same as a line of `environments.yaml`, below `parity.allow`.
 *
 * @public
 */
export function exceptionYaml(exception: Exception): string {
  return stringify([exception], { lineWidth: 0 });
}
