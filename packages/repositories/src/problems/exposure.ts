import { Intent } from '@envmatrix/engine';
import { RenderProblem } from './problem';

/** Host names: one for each environment, where the service is exposed at all. */
export function exposureProblems(intent: Intent): RenderProblem[] {
  const { exposure } = intent.service;
  const problems: RenderProblem[] = [];
  const owners = new Map<string, string>();
  intent.environments.forEach(({ host, name, kind, certificate }, index) => {
    const field = `environments.${index}.host`;
    if (exposure === 'none') {
      if (host !== undefined) {
        problems.push({
          field,
          message: `is set, and service.exposure is 'none'; choose gateway or ingress, or leave it out`,
        });
      }
      return;
    }
    if (host === undefined) {
      problems.push({
        field,
        message: `is missing: the host name that '${name}' answers to, as service.exposure is '${exposure}'`,
      });
      return;
    }
    const other = owners.get(host);
    if (other !== undefined) {
      problems.push({
        field,
        message: `'${host}' is the host of '${other}' already; give '${name}' one of its own`,
      });
    }
    owners.set(host, name);
    if (kind === 'production' && host.startsWith('*.')) {
      problems.push({
        field,
        message: `'${host}' is a wildcard, which in production would answer for hosts of others; name the host`,
      });
    }
    if (kind === 'production' && (certificate ?? 'acme') !== 'acme') {
      problems.push({
        field: `environments.${index}.certificate`,
        message: `'${certificate}' is not trusted by browsers; production needs 'acme'`,
      });
    }
  });
  return problems;
}
